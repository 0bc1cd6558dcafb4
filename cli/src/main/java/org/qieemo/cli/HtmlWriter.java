package org.qieemo.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML, and SVG inside it, in which text and attributes cannot become markup whatever they
 * hold (file names are hostile).
 */
final class HtmlWriter {
  private final Appendable html;
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Starts.
   *
   * @param html gets the markup as it arises; its {@link IOException}s come back unchecked
   */
  HtmlWriter(Appendable html) {
    this.html = html;
  }

  /**
   * Opens an element.
   *
   * @param attributes names and values in turn; the names are trusted
   */
  HtmlWriter open(String element, Object... attributes) {
    tag(element, attributes);
    open.push(element);
    return this;
  }

  /** Closes the element that was opened last. */
  HtmlWriter close() {
    return raw("</").raw(open.pop()).raw(">");
  }

  /** An element without content or end tag in HTML, such as {@code meta}. */
  HtmlWriter lone(String element, Object... attributes) {
    tag(element, attributes);
    return this;
  }

  /** An element with text. */
  HtmlWriter element(String element, String text, Object... attributes) {
    return open(element, attributes).text(text).close();
  }

  /** Text. */
  HtmlWriter text(String text) {
    return raw(escape(text));
  }

  /** A line break in the source. */
  HtmlWriter line() {
    return raw("\n");
  }

  private void tag(String element, Object... attributes) {
    raw("<").raw(element);
    for (int i = 0; i < attributes.length; i += 2) {
      String value = escape(String.valueOf(attributes[i + 1]));
      raw(" ").raw(String.valueOf(attributes[i])).raw("=\"").raw(value).raw("\"");
    }
    raw(">");
  }

  /** Markup that is trusted. */
  HtmlWriter raw(String markup) {
    try {
      html.append(markup);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Text as content or attribute value; control characters become visible. */
  static String escape(String text) {
    return Text.oneLine(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** Checks that every element has been closed. */
  void end() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("elements left open: " + open);
    }
  }
}
