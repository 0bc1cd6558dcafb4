"""The corpora's folder conventions, on made-up folders of empty files."""
from pathlib import Path

import pytest

from qieemo_ref import corpora


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def found(name: str, folder: Path) -> list[tuple[str, str, str]]:
    return [(r.path.stem, r.label, r.speaker) for r in corpora.load(name, folder)]


def test_emodb(tmp_path: Path) -> None:
    touch(tmp_path, "wav/03a01Wa.wav", "wav/16b10Lb.flac", "wav/03a01Xa.wav", "phones/03a01Wa.lab", "wav/notes.wav")
    assert found("emodb", tmp_path) == [("03a01Wa", "anger", "03"), ("16b10Lb", "boredom", "16")]


def test_crema_d(tmp_path: Path) -> None:
    touch(tmp_path, "AudioWAV/1001_DFA_ANG_XX.wav", "AudioWAV/1091_IEO_SAD_HI.wav", "AudioWAV/1001_DFA_XXX_XX.wav")
    assert found("crema-d", tmp_path) == [("1001_DFA_ANG_XX", "anger", "1001"), ("1091_IEO_SAD_HI", "sadness", "1091")]


def test_ravdess_takes_speech_only(tmp_path: Path) -> None:
    touch(tmp_path, "Actor_01/03-01-05-01-01-01-01.wav", "Actor_24/03-01-02-02-01-01-24.wav",
          "Actor_01/03-02-05-01-01-01-01.wav", "Actor_01/01-01-05-01-01-01-01.wav")
    assert found("ravdess", tmp_path) == [("03-01-05-01-01-01-01", "anger", "01"),
                                          ("03-01-02-02-01-01-24", "calm", "24")]


def test_iemocap(tmp_path: Path) -> None:
    dialog = "Ses01F_impro01"
    lines = ["% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]", "",
             f"[6.2901 - 8.2357]\t{dialog}_F000\tneu\t[2.5000, 2.5000, 2.5000]", "C-E2:\tNeutral;\t()",
             f"[10.0100 - 11.3925]\t{dialog}_M001\texc\t[2.5000, 2.5000, 2.5000]",
             f"[14.8872 - 18.0175]\t{dialog}_F002\txxx\t[2.5000, 2.5000, 2.5000]",
             f"[19.2900 - 20.7875]\t{dialog}_M003\tang\t[2.5000, 2.5000, 2.5000]"]
    notes = tmp_path / "Session1" / "dialog" / "EmoEvaluation" / f"{dialog}.txt"
    notes.parent.mkdir(parents=True)
    notes.write_text("\n".join(lines) + "\n")
    touch(tmp_path, *(f"Session1/sentences/wav/{dialog}/{dialog}_{turn}.wav" for turn in ("F000", "M001", "F002")))
    assert found("iemocap", tmp_path) == [(f"{dialog}_F000", "neutral", "01F"), (f"{dialog}_M001", "happiness", "01M")]


def test_labels_keep_the_corpus_order(tmp_path: Path) -> None:
    touch(tmp_path, "03a01Na.wav", "03a01Wa.wav")
    assert corpora.labels_of("emodb", corpora.load("emodb", tmp_path)) == ["anger", "neutral"]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no ravdess recordings"):
        corpora.load("ravdess", tmp_path)
