package org.qieemo.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.converter.text.Json;

/** JSON. */
class JsonFuzzTest {
  static Stream<byte[]> seeds() {
    return Stream.of(
            "{\"a\":[1,-2.5e3,true,false,null],\"b\":{\"c\":\"\\u00e9\\n\\\"\"}}",
            " [ [], {}, \"\", 0, 999999999999999999999 ] ",
            "{\"a\":1,\"a\":2}")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest
  void text(byte[] bytes) {
    Oracle.check(bytes.length, () -> Json.parse(bytes, "fuzz.json"));
  }
}
