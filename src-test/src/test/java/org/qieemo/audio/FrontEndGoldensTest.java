package org.qieemo.audio;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The features against the PyTorch reference's goldens, a second float64 computation. */
class FrontEndGoldensTest {
  private static final String RESOURCE = "/goldens/frontend/frontend.safetensors";
  private static final double BOUND = 1e-5;

  @Test
  void reference() {
    assumeTrue(getClass().getResource(RESOURCE) != null, "skipped: no test resource " + RESOURCE);
    Map<String, double[]> goldens = Goldens.safetensors(RESOURCE);
    float[] signal = Goldens.floats(goldens.get("signal"));
    check(goldens, "kaldi_fbank_snip", new KaldiFbank(16000, 80, true, 32768).extract(signal));
    check(goldens, "log_mel_constant", new LogMel(16000, 80, 1).extract(signal));
    LogMel reflect = new LogMel(16000, 80, 1, LogMel.Padding.REFLECT);
    check(goldens, "log_mel_reflect", reflect.extract(signal));
    float[] fbank = new KaldiFbank(16000, 80, false, 32768).extract(signal);
    check(goldens, "kaldi_fbank_nosnip", fbank);
    Cmvn.perFeature(fbank, 80);
    check(goldens, "per_feature", fbank);
  }

  private static void check(Map<String, double[]> goldens, String name, float[] actual) {
    double worst = Goldens.assertClose(name, goldens.get(name), actual, BOUND);
    System.out.printf("%s within %.2g%n", name, worst);
  }
}
