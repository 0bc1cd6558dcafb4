package org.qieemo.converter.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.ModelFormatException;

/**
 * A strict reader of the part of YAML that model configurations use: block maps and lists, flow
 * maps and lists, plain and quoted scalars (also over several lines), comments. Anchors, aliases,
 * tags, block scalars, complex keys and several documents are refused. Values are as in {@link
 * Json}; keys are strings.
 */
public final class Yaml {
  private static final int MAX_BYTES = 1 << 23;
  private static final int MAX_DEPTH = 32;

  private final String source;
  private final List<YamlLine> lines;
  private int at;

  private Yaml(String source, List<YamlLine> lines) {
    this.source = source;
    this.lines = lines;
  }

  /**
   * Reads a document.
   *
   * @param source the file's name, for messages
   * @throws ModelFormatException if it is not YAML, or uses what this reader refuses; names the
   *     line
   */
  public static Object parse(byte[] bytes, String source) throws ModelFormatException {
    if (bytes.length > MAX_BYTES) {
      throw new ModelFormatException(source, 0, "a configuration of more than 8 MiB");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(source, 0, "not valid UTF-8");
    }
    Yaml yaml = new Yaml(source, YamlLine.split(text, source));
    if (yaml.lines.isEmpty()) {
      return null;
    }
    Object value = yaml.block(yaml.lines.get(0).indent(), 0);
    if (yaml.at < yaml.lines.size()) {
      throw yaml.error("unexpected indentation");
    }
    return value;
  }

  private YamlLine line() {
    return lines.get(at);
  }

  private boolean atIndent(int indent) {
    return at < lines.size() && line().indent() == indent;
  }

  /** The block whose first line is the current one. */
  private Object block(int indent, int depth) throws ModelFormatException {
    if (depth > MAX_DEPTH) {
      throw error("nested more than " + MAX_DEPTH + " deep");
    }
    if (line().isItem()) {
      return list(indent, depth);
    }
    if (line().keyEnd() >= 0) {
      return map(indent, depth);
    }
    String text = line().text();
    at++;
    return scalar(text, indent - 1, depth);
  }

  private List<Object> list(int indent, int depth) throws ModelFormatException {
    List<Object> list = new ArrayList<>();
    while (atIndent(indent) && line().isItem()) {
      YamlLine rest = line().afterDash();
      if (rest.text().isEmpty()) {
        at++;
        list.add(nested(indent, depth, false));
      } else {
        lines.set(at, rest);
        list.add(rest.isBlockStart() ? block(rest.indent(), depth + 1) : inline(indent, depth));
      }
    }
    return list;
  }

  /** A scalar or flow value behind a dash. */
  private Object inline(int indent, int depth) throws ModelFormatException {
    String text = line().text();
    at++;
    return scalar(text, indent, depth);
  }

  private Map<String, Object> map(int indent, int depth) throws ModelFormatException {
    Map<String, Object> map = new LinkedHashMap<>();
    while (atIndent(indent)) {
      int end = line().keyEnd();
      if (end < 0 || line().isItem()) {
        throw error("expected 'key: value'");
      }
      String key = YamlScalar.key(line().text().substring(0, end).strip(), this::error);
      if (map.containsKey(key)) {
        throw error("key '" + key + "' occurs twice");
      }
      String text = line().text().substring(end + 1).strip();
      at++;
      map.put(key, text.isEmpty() ? nested(indent, depth, true) : scalar(text, indent, depth));
    }
    return map;
  }

  /** The block below a key or dash without a value; a list may stand under its key unindented. */
  private Object nested(int indent, int depth, boolean underKey) throws ModelFormatException {
    if (at < lines.size() && line().indent() > indent) {
      return block(line().indent(), depth + 1);
    }
    return underKey && atIndent(indent) && line().isItem() ? list(indent, depth + 1) : null;
  }

  /** A value that starts on the line before the current one and may go on in deeper lines. */
  private Object scalar(String first, int indent, int depth) throws ModelFormatException {
    char start = first.charAt(0);
    StringBuilder text = new StringBuilder(first);
    if ("[{\"'".indexOf(start) >= 0) {
      YamlBalance balance = new YamlBalance();
      balance.feed(first);
      while (balance.isOpen()) {
        if (at >= lines.size()) {
          throw error("a quote or bracket is never closed");
        }
        if (balance.isQuoted() && line().number() != lines.get(at - 1).number() + 1) {
          throw error("a blank line or comment inside a quoted text: unsupported");
        }
        if (balance.takeEscape()) { // a backslash at the end of a line joins it to the next
          text.setLength(text.length() - 1);
        } else {
          balance.feed(" ");
          text.append(' ');
        }
        balance.feed(line().text());
        text.append(line().text());
        at++;
      }
    } else {
      while (at < lines.size() && line().indent() > indent) {
        if (line().keyEnd() >= 0) {
          throw error("a key inside a plain text: put the text above in quotes");
        }
        text.append(' ').append(line().text());
        at++;
      }
    }
    at--;
    Object value = YamlFlow.parse(text.toString(), MAX_DEPTH - depth, this::error);
    at++;
    return value;
  }

  private ModelFormatException error(String reason) {
    int index = Math.min(at, lines.size() - 1);
    return new ModelFormatException(
        source, -1, "line " + lines.get(index).number() + ": " + reason);
  }
}
