package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** {@code qieemo doctor}, end to end. */
class DoctorTest {
  @Test
  void saysWhatIsThereAndThatTheCpuWorks() {
    Cli.Result result = Cli.run("doctor");
    assertEquals(0, result.code(), result.out() + result.err());
    assertEquals("", result.err());
    for (String topic :
        new String[] {
          "java: " + System.getProperty("java.version"),
          "os: ",
          "processors: ",
          "memory: ",
          "vector API: resolved", // the tests run with --add-modules
          "back end cpu: usable, ",
          "cpu kernels: ",
          "embedded model: ",
          "result: ready"
        }) {
      assertTrue(result.outLines().stream().anyMatch(l -> l.startsWith(topic)), topic);
    }
  }
}
