package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
  private static String json(Object value) {
    return new JsonWriter().value(value).toString();
  }

  @Test
  void everyCharacterSurvives() {
    StringBuilder all = new StringBuilder("\ud83d\ude00"); // a pair
    for (int c = 0; c <= 0xffff; c += c < 0x300 ? 1 : 37) {
      all.append((char) c).append('.');
    }
    all.append("\ud800\ud800\udc00\udc00");
    assertEquals(all.toString(), StrictJson.parse(json(all.toString())));
  }

  @Test
  void whatUtf8OrALineCannotHoldIsEscaped() {
    assertEquals("\"\\ud800\"", json("\ud800"));
    assertEquals("\"a\\udc00b\"", json("a\udc00b"));
    assertEquals("\"\ud83d\ude00\"", json("\ud83d\ude00"));
    assertEquals("\"\\u000a\\u0000\\u007f\\u0085\\u2028\"", json("\n\0\u007f\u0085\u2028"));
    assertEquals("\"\\\"\\\\/\"", json("\"\\/"));
  }

  @Test
  void numbersRoundTripAndAreAlwaysFinite() {
    for (double d : new double[] {0, -0.0, 0.1, 1e-300, Double.MAX_VALUE, Math.PI, 1e21}) {
      assertEquals(d, StrictJson.parse(json(d)));
    }
    assertEquals("[null,null,null]", json(List.of(Double.NaN, Float.NEGATIVE_INFINITY, 1 / 0.0)));
    assertEquals("9223372036854775807", json(Long.MAX_VALUE));
  }

  @Test
  void structuresNest() {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("empty", List.of());
    inner.put("none", null);
    String text =
        new JsonWriter()
            .beginObject()
            .member("a", Arrays.asList(1, true, null, "x"))
            .member("b", inner)
            .name("c")
            .beginArray()
            .beginObject()
            .endObject()
            .beginObject()
            .member("d", Map.of())
            .endObject()
            .endArray()
            .endObject()
            .toString();
    assertEquals(
        "{\"a\":[1,true,null,\"x\"],\"b\":{\"empty\":[],\"none\":null},\"c\":[{},{\"d\":{}}]}",
        text);
    StrictJson.parse(text);
  }
}
