package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.text.Json;
import org.qieemo.converter.text.Settings;
import org.qieemo.converter.text.Yaml;

/** JSON, YAML, and typed access to both. */
class TextTest {
  private static Object yaml(String text) throws ModelFormatException {
    return Yaml.parse(text.getBytes(StandardCharsets.UTF_8), "a.yaml");
  }

  private static Object json(String text) throws ModelFormatException {
    return Json.parse(text.getBytes(StandardCharsets.UTF_8), "a.json");
  }

  private static void yamlRefused(String text, String reason) {
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> yaml(text));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  @Test
  void yamlBlocks() throws ModelFormatException {
    Object read =
        yaml(
            """
            # a comment
            encoder: conformer   # another
            conf:
              size: 256
              rate: 1.0e-05
              short: 1e-5
              flag: true
              nothing: null
              empty:
              text: 'it''s # no comment'
              quoted: "tab\\tand \\u2581"
            list:
            - -1
            - [1, 2,
               [a, 'b, c']]
            - {x: 1, y: {z: "q"}}
            - name: first
              value: 2
            -
              - nested
              - deeper
            url: http://host:80/a
            folded: one
              two
              three
            joined: "a\\
              \\ b
              c"
            last: ~
            """);
    Map<?, ?> map = (Map<?, ?>) read;
    Map<?, ?> conf = (Map<?, ?>) map.get("conf");
    assertEquals("conformer", map.get("encoder"));
    assertEquals(256L, conf.get("size"));
    assertEquals(1e-5, conf.get("rate"));
    assertEquals("1e-5", conf.get("short"), "as PyYAML has it");
    assertEquals(1e-5, Settings.of("a", conf).number("short", 0));
    assertEquals(true, conf.get("flag"));
    assertTrue(conf.containsKey("nothing") && conf.get("nothing") == null);
    assertTrue(conf.containsKey("empty") && conf.get("empty") == null);
    assertEquals("it's # no comment", conf.get("text"));
    assertEquals("tab\tand \u2581", conf.get("quoted"));
    List<?> list = (List<?>) map.get("list");
    assertEquals(-1L, list.get(0));
    assertEquals(List.of(1L, 2L, List.of("a", "b, c")), list.get(1));
    assertEquals(Map.of("x", 1L, "y", Map.of("z", "q")), list.get(2));
    assertEquals(Map.of("name", "first", "value", 2L), list.get(3));
    assertEquals(List.of("nested", "deeper"), list.get(4));
    assertEquals("http://host:80/a", map.get("url"));
    assertEquals("one two three", map.get("folded"));
    assertEquals("a b c", map.get("joined"));
    assertTrue(map.containsKey("last"));
  }

  @Test
  void yamlTokens() throws ModelFormatException {
    assertEquals(
        Arrays.asList("<blank>", "'", ":", "-", "#", "\u2581the", "a: b", "", "##s"),
        yaml("- <blank>\n- ''''\n- ':'\n- '-'\n- '#'\n- \u2581the\n- \"a: b\"\n- ''\n- '##s'\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "a: &x 1 ~ anchor",
        "a: *x ~ anchor",
        "a: !!python/object:os.system x ~ anchor",
        "a: > ~ unsupported",
        "a: |+ ~ unsupported",
        "? a: b ~ unsupported",
        "<<: 1 ~ merge",
        "a: [1, 2 ~ never closed",
        "a: 'x ~ never closed",
        "a: [1] x ~ behind a closed bracket",
        "a: \"x\" y ~ behind a closing quote",
        "a: {b: 1, b: 2} ~ occurs twice",
        "a: {b} ~ expected ':'",
        "a: \"\\q\" ~ unknown escape",
        "a: \"\\UFFFFFFFF\" ~ impossible escape",
        "%YAML 1.2 ~ directive",
      })
  void yamlRefusals(String text, String reason) {
    // as the only line of a map, so that the line number is known
    yamlRefused(text, reason);
    yamlRefused(text, "line 1");
  }

  @Test
  void yamlStructureRefusals() {
    yamlRefused("a: 1\na: 2\n", "line 2: key 'a' occurs twice");
    yamlRefused("a: 1\n---\nb: 2\n", "line 2: several documents");
    yamlRefused("a:\n\tb: 1\n", "line 2: a tab");
    yamlRefused("a:\n    b: 1\n  c: 2\n", "unexpected indentation");
    yamlRefused("a: 1\n- b\n", "line 2");
    yamlRefused("a: 'x\n\n  y'\n", "line 3: a blank line or comment inside a quoted text");
    yamlRefused("a: x\n  b: 1\n", "a key inside a plain text");
    yamlRefused("[".repeat(100_000), "never closed");
    yamlRefused("[".repeat(1000) + "]".repeat(1000), "nested too deeply");
    yamlRefused("- ".repeat(100_000) + "x", "nested more than");
    ModelFormatException e =
        assertThrows(
            ModelFormatException.class, () -> Yaml.parse(new byte[] {(byte) 0xff}, "a.yaml"));
    assertEquals("not valid UTF-8", e.reason());
  }

  @Test
  void yamlTakesLinearTime() {
    String flow = "a: [" + "xyz,\n  ".repeat(200_000) + "x]\n";
    String block = "a:\n" + "- xyz\n".repeat(200_000);
    String keys = "a".repeat(1_000_000) + ":b:c:d".repeat(100_000) + ": 1\n";
    assertTimeout(Duration.ofSeconds(10), () -> yaml(flow));
    assertTimeout(Duration.ofSeconds(10), () -> yaml(block));
    assertTimeout(Duration.ofSeconds(10), () -> yaml(keys));
  }

  @Test
  void jsonValues() throws ModelFormatException {
    assertEquals(
        Map.of("a", List.of(1L, -2.5, 1e3, true, "x\n\u00e9\u4e2d"), "b", Map.of(), "c", List.of()),
        json(" {\"a\":[1,-2.5,1e3,true,\"x\\n\\u00e9\u4e2d\"],\"b\":{},\"c\":[]}\n"));
    assertEquals(1e19, json("10000000000000000000"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a':1} | expected a key",
        "[1 2] | expected ']'",
        "[+1] | expected a value",
        "[.5] | expected a value",
        "[1.] | expected a value",
        "[1e] | expected a value",
        "[NaN] | expected a value",
        "[tru] | expected 'e'",
        "[\"\\x\"] | unknown escape",
        "[\"\\u12g4\"] | hexadecimal",
        "[\"a | ends too early",
        "\"a\tb\" | control character",
      })
  void jsonRefusals(String text, String reason) {
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> json(text));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertTrue(e.getMessage().contains("line 1"), e.getMessage());
  }

  @Test
  void settingsNameTheKey() throws ModelFormatException {
    Settings settings = Settings.of("a.yaml", yaml("conf:\n  size: x\n  kind: other\n"));
    ModelFormatException e =
        assertThrows(ModelFormatException.class, () -> settings.section("conf").integer("size", 1));
    assertEquals("a.yaml: conf.size: expected an integer, found 'x'", e.getMessage());
    e =
        assertThrows(
            ModelFormatException.class, () -> settings.section("conf").only("kind", "this"));
    assertEquals("a.yaml: conf.kind: 'other' is not supported, only [this]", e.getMessage());
    assertEquals(7, settings.section("absent").integer("size", 7));
  }

  @Test
  void randomTextsGiveValuesOrTypedExceptions() {
    String alphabet = "ab:- \n\n  []{},'\"#&*!|>%@?\\u0041x1.e~\t<\r";
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int left = random.nextInt(30); left >= 0; left--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      parsesOrRefuses(() -> yaml(text.toString()));
      parsesOrRefuses(() -> json(text.toString()));
    }
  }

  private static void parsesOrRefuses(Callable<Object> parse) {
    try {
      parse.call();
    } catch (ModelFormatException e) {
      assertTrue(e.getMessage().indexOf('\n') < 0, "one line");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
