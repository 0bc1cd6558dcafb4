package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The report without mouse and without eyes: the keyboard's way, what a screen reader is told (the
 * accessibility tree of Chromium), contrast by WCAG 2.2. Skipped where there is no Chromium.
 */
class ReportAccessibilityTest {
  /** Relative luminance and contrast as WCAG defines them; the first opaque background behind. */
  private static final String CONTRAST =
      """
      const rgb = c => c.match(/[0-9.]+/g).map(Number);
      const linear = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
      const light = c => { const [r, g, b] = rgb(c).map(linear); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
      const behind = e => {
        for (; e; e = e.parentElement) {
          const c = getComputedStyle(e).backgroundColor;
          if (rgb(c).length === 3) return c;
        }
        return 'rgb(255, 255, 255)';
      };
      """;

  private static final int HEADER = 44;

  @TempDir static Path folder;
  private static Chromium browser;
  private static Path page;
  private static Path index;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Optional<Path> program = Chromium.find();
    if (program.isEmpty()) {
      System.out.println("skipped: needs chromium on the PATH (apt-get install chromium)");
    }
    Assumptions.assumeTrue(program.isPresent(), "needs chromium");
    Path model = TinyModel.whole(folder.resolve("tiny.gguf"));
    Path calls = Files.createDirectory(folder.resolve("calls"));
    TestWav.tone(calls.resolve("a.wav"), 6);
    byte[] wav = Files.readAllBytes(TestWav.tone(calls.resolve("b.wav"), 9.5));
    Arrays.fill(wav, HEADER + 3 * 32_000, HEADER + 5 * 32_000, (byte) 0); // a pause
    Files.write(calls.resolve("b.wav"), wav);
    Files.writeString(calls.resolve("c.flac"), "fLaC" + "x".repeat(60));
    Path pages = folder.resolve("pages");
    // short windows that are unsure now and then: several segments of several kinds
    Object[] words = {"--model", model, "--window=0.5", "--hop=0.5", "--unknown-below=0.5"};
    Cli.run("report", words[0], words[1], words[2], words[3], words[4], "--output", pages, calls);
    page = pages.resolve("pages/0002-b.wav.html");
    index = pages.resolve("index.html");
    assertTrue(Files.exists(page));
    browser = new Chromium(program.get(), folder.resolve("profile"));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private static String text(String expression) throws InterruptedException {
    return String.valueOf(browser.evaluate(expression));
  }

  @Test
  void everythingThatCanBeReachedIsSpoken() throws InterruptedException {
    for (Path each : List.of(page, index)) {
      browser.open(each);
      List<Chromium.Spoken> spoken = browser.spoken();
      Set<String> controls = Set.of("button", "link", "slider", "columnheader");
      List<Chromium.Spoken> found =
          spoken.stream().filter(s -> s.focusable() || controls.contains(s.role())).toList();
      assertTrue(found.size() >= 8, spoken.toString());
      for (Chromium.Spoken control : found) {
        assertFalse(control.name().isBlank(), control + " has no name");
      }
      assertTrue(spoken.stream().anyMatch(s -> s.role().equals("heading")), spoken.toString());
      assertTrue(spoken.stream().anyMatch(s -> s.role().equals("main")), spoken.toString());
      assertTrue(spoken.stream().anyMatch(s -> s.role().equals("table")), spoken.toString());
      assertEquals("en", text("document.documentElement.lang"));
    }
  }

  @Test
  void theSliderSaysTimeAndEmotion() throws InterruptedException {
    browser.open(page);
    browser.evaluate("document.getElementById('position').focus()");
    browser.press("PageDown");
    browser.press("ArrowRight");
    Chromium.Spoken slider =
        browser.spoken().stream()
            .filter(s -> s.name().startsWith("Position in the recording: arrows move"))
            .findFirst()
            .orElseThrow();
    assertEquals("slider", slider.role());
    assertEquals(1, Double.parseDouble(slider.value()), slider.toString());
    String spoken = text("document.getElementById('position').ariaValueText");
    assertTrue(spoken.matches("0:01\\.0, [a-z]+.*"), spoken);
  }

  /** Tab passes everything in the order of the page; Enter and space work where they should. */
  @Test
  void theKeyboardReachesEverything() throws InterruptedException {
    browser.open(page);
    String able = "[...document.querySelectorAll('a[href], button, audio, [tabindex=\"0\"]')]";
    int count = ((Number) browser.evaluate(able + ".length")).intValue();
    browser.evaluate("window.able = " + able);
    List<Integer> way = new ArrayList<>();
    for (int i = 0; i < 4 * count && !way.contains(count - 1); i++) {
      browser.press("Tab");
      int at = ((Number) browser.evaluate("able.indexOf(document.activeElement)")).intValue();
      if (at >= 0 && (way.isEmpty() || way.get(way.size() - 1) != at)) {
        way.add(at); // the parts of the player are one
        focusIsSeen();
      }
    }
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(i);
    }
    assertEquals(all, way);
  }

  private static void focusIsSeen() throws InterruptedException {
    assertEquals(
        "true",
        text(
            "document.activeElement.matches('audio')"
                + " || getComputedStyle(document.activeElement).outlineStyle !== 'none'"));
  }

  @Test
  void enterAndSpacePressButtons() throws InterruptedException {
    browser.open(page);
    browser.waitFor("document.querySelector('audio').duration > 9");
    browser.evaluate("[...document.querySelectorAll('.play')].at(-1).focus()");
    String start = text("[...document.querySelectorAll('tbody tr')].at(-1).dataset.start");
    assertTrue(Double.parseDouble(start) > 0, start);
    browser.press("Enter");
    double at = Double.parseDouble(text("document.getElementById('position').ariaValueNow"));
    assertTrue(at >= Double.parseDouble(start) - 0.05, at + " after Enter on " + start);
    browser.evaluate("document.querySelector('audio').pause()");
    browser.evaluate("document.querySelector('.legend button').focus()");
    browser.press(" ");
    assertEquals("false", text("document.querySelector('.legend button').ariaPressed"));
  }

  /** Text 4.5 to 1, also where it is switched off. */
  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void textCanBeRead(String scheme) throws InterruptedException {
    for (Path each : List.of(page, index)) {
      browser.open(each);
      browser.scheme(scheme);
      browser.evaluate("document.querySelector('.legend button, th button').click()");
      String texts =
          "(() => {"
              + CONTRAST
              + "const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());"
              + "const all = [...document.querySelectorAll('main *')].filter(e => own(e)"
              + " && !e.closest('svg, [hidden]') && e.getClientRects().length);"
              + "window.checked = all.length;"
              + "return all.map(e => ({ e, r: ratio(getComputedStyle(e).color, behind(e)),"
              + " o: e.closest('[aria-pressed=false]') ? getComputedStyle(e.parentElement).opacity"
              + " * getComputedStyle(e).opacity : 1 }))"
              + ".filter(x => x.r < 4.5 || x.o < 1)"
              + ".map(x => x.e.outerHTML.slice(0, 90) + ' ' + x.r.toFixed(2)).join(); })()";
      assertEquals("", text(texts), scheme + " " + each.getFileName());
      assertTrue(((Number) browser.evaluate("window.checked")).intValue() > 15);
    }
  }

  /** Each colour of a label: its text 4.5 to 1, its curve and band 3 to 1 on the card. */
  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void everyColourCanBeSeen(String scheme) throws InterruptedException {
    browser.open(page);
    browser.scheme(scheme);
    String colours =
        "(() => {"
            + CONTRAST
            + "const card = behind(document.querySelector('section'));"
            + "const chip = document.querySelector('.chip');"
            + "return ['k0','k1','k2','k3','k4','k5','k6','k7','unknown','silence'].map(k => {"
            + " chip.className = 'chip ' + k; const s = getComputedStyle(chip);"
            + " const text = ratio(s.color, s.backgroundColor);"
            + " const graphic = k[0] === 'k' ? ratio(s.backgroundColor, card) : 3;"
            + " return text >= 4.5 && graphic >= 3 ? ''"
            + " : k + ' text ' + text.toFixed(2) + ' graphic ' + graphic.toFixed(2);"
            + "}).concat(['--accent', '--wave', '--ink'].map(v => {"
            + " chip.className = 'chip k0'; chip.style.backgroundColor = 'var(' + v + ')';"
            + " const r = ratio(getComputedStyle(chip).backgroundColor, card);"
            + " return r >= 3 ? '' : v + ' ' + r.toFixed(2); }))"
            + ".filter(x => x).join('; '); })()";
    assertEquals("", text(colours));
  }
}
