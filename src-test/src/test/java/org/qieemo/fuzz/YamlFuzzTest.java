package org.qieemo.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.converter.text.Yaml;

/** The YAML of configurations. */
class YamlFuzzTest {
  static Stream<byte[]> seeds() {
    return Stream.of(
            "a: 1\nb:\n- x\n- [1, 2.5, {c: d}]\n- k: v\n  m: null\n",
            "# c\na: 'it''s'\nb: \"x\\n\\u0041\\\n  y\"\nc: true # d\nd: {e: [], f: ~}\n",
            "- - 1\n  - 2\n-\n  a: |\n",
            "list: [a,\n  b]\n? x\n: &y 1e-5\n--- !t\n")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest
  void text(byte[] bytes) {
    Oracle.check(bytes.length, () -> Yaml.parse(bytes, "fuzz.yaml"));
  }
}
