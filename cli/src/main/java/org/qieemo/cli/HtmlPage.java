package org.qieemo.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A page that needs nothing from outside: style and script stand in it, and its content security
 * policy allows these two, by their hashes, and nothing else but the audio.
 */
final class HtmlPage {
  private static final String FRAME =
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
      %s
      <script>%s</script>
      </body>
      </html>
      """;

  private HtmlPage() {}

  /**
   * The page.
   *
   * @param title plain text
   * @param style resource with its style sheet
   * @param script resource with its script
   * @param body markup
   */
  static String of(String title, String style, String script, HtmlWriter body) {
    String css = resource(style);
    String js = resource(script);
    String policy =
        "default-src 'none'; base-uri 'none'; form-action 'none'; media-src 'self' data: file:;"
            + " style-src '%s'; script-src '%s'".formatted(hash(css), hash(js));
    return FRAME.formatted(policy, HtmlWriter.escape(title), css, body, js);
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
