package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report in a real browser; skipped where there is no Chromium. */
class ReportBrowserTest {
  private static final String HOSTILE = "<img src=x onerror=document.title='taken'>.wav";

  @TempDir static Path folder;
  private static Chromium browser;
  private static Path model;
  private static Path calls;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Optional<Path> program = Chromium.find();
    if (program.isEmpty()) {
      System.out.println("skipped: needs chromium on the PATH (apt-get install chromium)");
    }
    Assumptions.assumeTrue(program.isPresent(), "needs chromium");
    model = TinyModel.whole(folder.resolve("tiny.gguf"));
    calls = Files.createDirectory(folder.resolve("calls"));
    TestWav.tone(calls.resolve("b.wav"), 12.5);
    TestWav.tone(calls.resolve("a.wav"), 6);
    TestWav.tone(calls.resolve(HOSTILE), 8);
    browser = new Chromium(program.get(), folder.resolve("profile"));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private static void open(String file, String audio) throws InterruptedException {
    Path page = folder.resolve("page.html");
    Cli.Result result =
        Cli.run(
            "report", "--model", model, "--audio", audio, "--output", page, calls.resolve(file));
    assertEquals(0, result.code(), result.err());
    browser.open(page);
  }

  private static double position() throws InterruptedException {
    return Double.parseDouble(
        (String) browser.evaluate("document.getElementById('position').ariaValueNow"));
  }

  @Test
  void theCursorFollowsKeysAndPlayback() throws InterruptedException {
    open("b.wav", "embed");
    browser.waitFor("Math.abs(document.querySelector('audio').duration - 12.5) < 0.01");
    browser.evaluate("document.getElementById('position').focus()");
    browser.press("PageUp");
    browser.press("ArrowLeft");
    assertEquals(9, position());
    assertEquals("72%", browser.evaluate("document.getElementById('cursor').style.left"));
    assertEquals(
        9.0,
        ((Number) browser.evaluate("document.querySelector('audio').currentTime")).doubleValue());
    browser.press("Home");
    assertEquals(0, position());
    browser.evaluate("document.querySelector('.play').click()");
    browser.waitFor("Number(document.getElementById('position').ariaValueNow) > 0.2");
    browser.evaluate("document.querySelector('audio').pause()");
    assertEquals(1.0, number("document.querySelectorAll('tr.current').length"));
    assertEquals(List.of(), browser.complaints());
  }

  @Test
  void linkedAudioPlaysToo() throws InterruptedException {
    open("a.wav", "link");
    browser.waitFor("Math.abs(document.querySelector('audio').duration - 6) < 0.01");
    assertEquals(List.of(), browser.complaints());
  }

  @Test
  void aHostileNameIsNothingButText() throws InterruptedException {
    open(HOSTILE, "none");
    assertEquals(HOSTILE, browser.evaluate("document.querySelector('h1').textContent"));
    assertEquals(HOSTILE + " \u2013 Qieemo", browser.evaluate("document.title"));
    assertEquals(0.0, number("document.images.length"));
    assertEquals(List.of(), browser.complaints());
  }

  @Test
  void lightAndDarkDiffer() throws InterruptedException {
    open("a.wav", "none");
    browser.scheme("light");
    Object light = browser.evaluate("getComputedStyle(document.body).backgroundColor");
    browser.scheme("dark");
    assertNotEquals(light, browser.evaluate("getComputedStyle(document.body).backgroundColor"));
    browser.scheme("light");
  }

  @Test
  void everythingThatCanBeClickedHasAName() throws InterruptedException {
    open("a.wav", "embed");
    assertEquals(
        0.0,
        number(
            "[...document.querySelectorAll('button, a, [role=slider]')].filter(e =>"
                + " !(e.textContent.trim() || e.ariaLabel) || e.tabIndex < 0).length"));
  }

  @Test
  void curvesHideAndThePictureZooms() throws InterruptedException {
    open("b.wav", "none");
    browser.evaluate("document.querySelector('.legend button').click()");
    assertEquals(1.0, number("document.querySelectorAll('.curve.off').length"));
    double before = number("document.querySelector('.canvas').clientWidth");
    browser.evaluate("document.getElementById('in').click()");
    assertEquals(2 * before, number("document.querySelector('.canvas').clientWidth"), 2);
  }

  @Test
  void aLinkOpensAtAMoment() throws InterruptedException {
    open("b.wav", "none");
    browser.evaluate("location.hash = '#t=7.5'");
    browser.evaluate("location.reload()");
    browser.waitFor("document.getElementById('position')?.ariaValueNow === '7.5'");
  }

  @Test
  void theIndexSorts() throws InterruptedException {
    Path output = folder.resolve("index of calls");
    Cli.Result result =
        Cli.run("report", "--model", model, "--audio=none", "--output", output, calls);
    assertEquals(0, result.code(), result.err());
    browser.open(output.resolve("index.html"));
    String lengths = "[...document.querySelectorAll('tbody tr')].map(r => r.cells[1].textContent)";
    String click = "document.querySelectorAll('th button')[1].click()";
    browser.evaluate(click);
    assertEquals("0:06,0:08,0:13", browser.evaluate(lengths + ".join()"));
    browser.evaluate(click);
    assertEquals("0:13,0:08,0:06", browser.evaluate(lengths + ".join()"));
    assertEquals("descending", browser.evaluate("document.querySelectorAll('th')[1].ariaSort"));
    assertTrue(
        (Boolean) browser.evaluate("document.querySelector('tfoot').textContent.includes('0:27')"));
    assertEquals(List.of(), browser.complaints());
  }

  private static double number(String expression) throws InterruptedException {
    return ((Number) browser.evaluate(expression)).doubleValue();
  }
}
