package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qieemo.EmotionRecognizer;
import org.qieemo.TimelineOptions;
import org.qieemo.TimelineOptions.Cut;
import org.qieemo.Word;

/** Hears recordings and writes their pages. */
final class ReportMaker {
  private final EmotionRecognizer recognizer;
  private final TimelineOptions options;
  private final List<String> labels;
  private final String model;
  private final String audio;

  /**
   * Ready to hear.
   *
   * @param options not merging
   * @param model what it is called
   * @param audio auto, embed, link or none
   */
  ReportMaker(EmotionRecognizer recognizer, TimelineOptions options, String model, String audio) {
    this.recognizer = recognizer;
    this.options = options;
    this.labels = recognizer.labels(options.decision());
    this.model = model;
    this.audio = audio;
  }

  List<String> labels() {
    return labels;
  }

  /** Hears a recording, read block by block. */
  ReportData hear(String file) throws IOException {
    Inputs.requireNoFolder(file);
    Path wav = Path.of(file);
    List<ReportStep> steps = new ArrayList<>();
    double seconds =
        recognizer.timeline(wav, options, segment -> steps.add(ReportStep.of(segment, labels)));
    List<Word> words = new ArrayList<>();
    if (recognizer.canTranscribe()) {
      recognizer.words(wav, words::add);
    }
    List<ReportStep> segments = options.cut() == Cut.SPEECH ? steps : ReportData.merge(steps);
    return new ReportData(file, seconds, labels, steps, segments, words, Waveform.of(wav));
  }

  /**
   * Writes a page.
   *
   * @param index link to the index page, null for none
   */
  void write(ReportData data, Path page, String index) throws IOException {
    String source = ReportAudio.source(audio, Path.of(data.file()), data.seconds(), page);
    String title = ReportPage.name(data.file()) + " – Qieemo";
    HtmlPage.write(page, title, "report.js", ReportPage.of(data, source, how(), index));
  }

  /** How it was heard, one line. */
  String how() {
    String cut =
        options.cut() == Cut.SPEECH
            ? "speech between pauses, at most " + Text.plain(options.windowSeconds()) + " s"
            : "windows of "
                + Text.plain(options.windowSeconds())
                + " s every "
                + Text.plain(options.hopSeconds())
                + " s";
    return Version.line() + " · " + model + " · " + cut;
  }
}
