package org.qieemo.cli;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML, and SVG inside it, in which text and attributes cannot become markup whatever they
 * hold (file names are hostile).
 */
final class HtmlWriter {
  private final StringBuilder html = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

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
    html.append("</").append(open.pop()).append('>');
    return this;
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
    html.append(escape(text));
    return this;
  }

  /** A line break in the source. */
  HtmlWriter line() {
    html.append('\n');
    return this;
  }

  private void tag(String element, Object... attributes) {
    html.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      String value = escape(String.valueOf(attributes[i + 1]));
      html.append(' ').append(attributes[i]).append("=\"").append(value).append('"');
    }
    html.append('>');
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

  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("elements left open: " + open);
    }
    return html.toString();
  }
}
