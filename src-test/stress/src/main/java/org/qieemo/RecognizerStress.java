package org.qieemo;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A whole recognizer: two threads classify, and each closes it behind that. It is opened by who
 * comes first and forgotten by who leaves last, so that those of few states take memory at once.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "both heard the same as one alone")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the first was refused")
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the second was refused")
@Outcome(expect = Expect.FORBIDDEN, desc = "another result, or both refused")
@State
public class RecognizerStress {
  private static final Audio VOICE = voice();
  private static final String ALONE = alone();

  private EmotionRecognizer recognizer; // guarded by this
  private int left = 2; // guarded by this

  private static Audio voice() {
    float[] samples = new float[8000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) Math.sin(i * 0.05) * (i % 1000) / 2000;
    }
    return new Audio(samples, 16_000);
  }

  private static EmotionRecognizer open() {
    try {
      return EmotionRecognizer.embedded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String alone() {
    try (EmotionRecognizer one = open()) {
      return one.classify(VOICE).scores().toString();
    }
  }

  private synchronized EmotionRecognizer enter() {
    recognizer = recognizer == null ? open() : recognizer;
    return recognizer;
  }

  private synchronized void leave() {
    recognizer = --left == 0 ? null : recognizer;
  }

  private int classifyAndClose() {
    EmotionRecognizer shared = enter();
    try {
      return shared.classify(VOICE).scores().toString().equals(ALONE) ? 1 : 2;
    } catch (IllegalStateException e) {
      return 0;
    } finally {
      shared.close();
      leave();
    }
  }

  @Actor
  public void one(II_Result r) {
    r.r1 = classifyAndClose();
  }

  @Actor
  public void two(II_Result r) {
    r.r2 = classifyAndClose();
  }
}
