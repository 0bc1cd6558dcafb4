package org.qieemo.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;
import org.qieemo.Word;
import org.qieemo.support.Repository;

/** Words with times on the embedded model. */
class WordsTest {
  private static EmotionRecognizer recognizer;
  private static Audio voice;

  @BeforeAll
  static void load() throws IOException {
    recognizer = EmotionRecognizer.embedded();
    voice = Audio.read(file());
  }

  private static Path file() {
    return Repository.root().resolve("cli/samples/afraid.wav");
  }

  @AfterAll
  static void close() {
    recognizer.close();
  }

  private static String text(List<Word> words) {
    return words.stream().map(Word::text).collect(Collectors.joining(" "));
  }

  @Test
  void theyAreTheTranscript() throws IOException {
    List<Word> words = recognizer.words(voice);
    assertTrue(words.size() > 1, words.toString());
    assertEquals(recognizer.transcribe(voice).replaceAll(" +", " "), text(words));
    List<Word> ofFile = new ArrayList<>();
    assertEquals(voice.seconds(), recognizer.words(file(), ofFile::add), 1e-9);
    assertEquals(words, ofFile);
  }

  @Test
  void audioOfSeveralPiecesHasWordsToItsEnd() {
    int length = voice.samples().length;
    int gap = voice.sampleRate() / 2;
    int copies = 75 * voice.sampleRate() / (length + gap) + 1;
    float[] samples = new float[copies * (length + gap)];
    for (int i = 0; i < copies; i++) {
      System.arraycopy(voice.samples(), 0, samples, i * (length + gap), length);
    }
    Audio audio = new Audio(samples, voice.sampleRate());
    List<Word> words = recognizer.words(audio);
    int whole = recognizer.transcribe(audio).split(" +").length;
    assertTrue(Math.abs(words.size() - whole) <= whole / 4, whole + " " + words);
    double[] starts = words.stream().mapToDouble(Word::start).toArray();
    double[] sorted = starts.clone();
    Arrays.sort(sorted);
    assertEquals(Arrays.toString(sorted), Arrays.toString(starts), "in the order of time");
    double seconds = (double) samples.length / voice.sampleRate();
    assertTrue(starts[starts.length - 1] > seconds - voice.seconds() - 1, words.toString());
    assertTrue(words.get(words.size() - 1).end() <= seconds, words.toString());
  }
}
