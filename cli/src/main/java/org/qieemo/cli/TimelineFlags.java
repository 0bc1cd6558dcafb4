package org.qieemo.cli;

import java.util.List;
import org.qieemo.DecisionOptions;
import org.qieemo.TimelineOptions;
import org.qieemo.TimelineOptions.Cut;

/** The options that say how audio is cut in time. */
final class TimelineFlags {
  static final Option TIMELINE =
      Option.flag("--timeline", "segments with start and end, for audio of any length");
  static final Option SEGMENTS =
      Option.choice(
          "--segments",
          "what they are; speech: cut at pauses; default: windows",
          "windows",
          "speech");
  static final Option WINDOW =
      Option.decimal(
          "--window", "S", "seconds heard at once; speech: at most; default: 5", 0.2, 600);
  static final Option HOP =
      Option.decimal("--hop", "S", "seconds from one window to the next; default: 1", 0.01, 600);
  static final Option SILENCE =
      Option.decimal("--silence-below", "DB", "quieter is silence; default: -50", -200, 0);
  static final Option EVERY_HOP =
      Option.flag("--every-hop", "one segment per hop, also where the answer stays the same");
  static final Option WORDS = Option.flag("--words", "with the words that were said and when");

  /** Those that say where the cuts are. */
  static final List<Option> CUTTING = List.of(SEGMENTS, WINDOW, HOP, SILENCE);

  /** All of them. */
  static final List<Option> ALL =
      List.of(TIMELINE, SEGMENTS, WINDOW, HOP, SILENCE, EVERY_HOP, WORDS);

  private TimelineFlags() {}

  /** Refuses them where there is no timeline. */
  static void refuse(Arguments arguments) throws UsageException {
    for (Option option : ALL) {
      if (arguments.has(option.name())) {
        throw new UsageException("option " + option.name() + " needs --timeline");
      }
    }
  }

  /** What the command line says, changing what is given in {@code base}. */
  static TimelineOptions of(Arguments arguments, TimelineOptions base, DecisionOptions decision)
      throws UsageException {
    boolean speech = arguments.get(SEGMENTS.name(), "windows").equals("speech");
    double window = number(arguments, WINDOW, speech ? 15 : base.windowSeconds());
    double hop = number(arguments, HOP, Math.min(window, base.hopSeconds()));
    if (hop > window) {
      throw new UsageException("--hop must not be longer than --window");
    }
    return base.withDecision(decision)
        .withCut(speech ? Cut.SPEECH : Cut.WINDOWS)
        .withWindow(window, hop)
        .withSilenceDb(number(arguments, SILENCE, base.silenceDb()))
        .withMerge(base.merge() && !arguments.has(EVERY_HOP.name()));
  }

  private static double number(Arguments arguments, Option option, double absent) {
    String value = arguments.get(option.name(), null);
    return value == null ? absent : Double.parseDouble(value);
  }
}
