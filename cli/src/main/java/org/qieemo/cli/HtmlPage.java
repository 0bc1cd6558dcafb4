package org.qieemo.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.qieemo.converter.output.AtomicFile;

/**
 * A page that needs nothing from outside: style and script stand in it, and its content security
 * policy allows these two, by their hashes, and nothing else but the audio.
 */
final class HtmlPage {
  private static final String STYLE = "report.css";
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="%s">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="referrer" content="no-referrer">
      <title>%s</title>
      <style>%s</style>
      </head>
      <body>
      """;
  private static final String FOOT =
      """

      <script>%s</script>
      </body>
      </html>
      """;

  private HtmlPage() {}

  /** What stands in a page. */
  interface Body {
    /** Writes it. */
    void writeTo(HtmlWriter html);
  }

  /**
   * Writes a page as it arises: it is never in memory as a whole, and under its name when it is
   * complete.
   *
   * @param file whose folder is made if need be
   * @param title plain text
   * @param script resource with its script
   */
  static void write(Path file, String title, String script, Body body) throws FileFailure {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      AtomicFile.write(
          file,
          out -> {
            Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
            write(text, title, script, body);
            text.flush();
          });
    } catch (UncheckedIOException e) {
      throw new FileFailure(file.toString(), e.getCause());
    } catch (IOException e) {
      throw new FileFailure(file.toString(), e);
    }
  }

  private static void write(Writer out, String title, String script, Body body) {
    String css = resource(STYLE);
    String js = resource(script);
    String policy =
        "default-src 'none'; base-uri 'none'; form-action 'none'; media-src 'self' data: file:;"
            + " style-src '%s'; script-src '%s'".formatted(hash(css), hash(js));
    HtmlWriter html = new HtmlWriter(out);
    html.raw(HEAD.formatted(policy, HtmlWriter.escape(title), css));
    body.writeTo(html);
    html.raw(FOOT.formatted(js)).end();
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = HtmlPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
