package org.qieemo.cli;

import java.io.IOException;
import org.qieemo.DecisionOptions;
import org.qieemo.EmotionRecognizer;
import org.qieemo.EmotionStream;
import org.qieemo.InvalidAudioException;
import org.qieemo.TimelineOptions;
import org.qieemo.TimelineSegment;
import org.qieemo.audio.SampleSource;

/** {@code qieemo classify -}: audio from standard input, answers as it arrives. */
final class LiveRun {
  /** Reads this part of a second at once: what an answer may come late. */
  private static final int READS_PER_SECOND = 20;

  private LiveRun() {}

  /**
   * Reads to the end of standard input.
   *
   * @return the exit code
   */
  static int run(
      Arguments arguments, Console console, EmotionRecognizer recognizer, DecisionOptions decision)
      throws UsageException {
    if (arguments.has(TimelineFlags.WORDS.name())) {
      throw new UsageException("--words is for files, not for standard input");
    }
    TimelineOptions options = TimelineFlags.of(arguments, TimelineOptions.LIVE, decision);
    TimelinePrinter printer = TimelineRun.printer(arguments, console, recognizer, decision, false);
    printer.begin();
    printer.file(LiveInput.OPERAND);
    int code = Command.OK;
    try (SampleSource source = LiveInput.open(console.in(), arguments);
        EmotionStream stream = recognizer.stream(source.sampleRate(), options)) {
      listen(source, stream, printer);
      printer.endFile(stream.seconds());
    } catch (IOException | InvalidAudioException e) {
      printer.failure(Text.oneLine(Failures.reason(e)));
      console.trace(e);
      code = Command.FAILED;
    }
    printer.end();
    return code;
  }

  private static void listen(SampleSource source, EmotionStream stream, TimelinePrinter printer)
      throws IOException {
    float[] block = new float[Math.max(1, source.sampleRate() / READS_PER_SECOND)];
    for (int n = source.read(block, 0, block.length); n > 0; ) {
      for (TimelineSegment segment : stream.push(block, 0, n)) {
        printer.segment(segment);
      }
      n = source.read(block, 0, block.length);
    }
    stream.finish().forEach(printer::segment);
  }
}
