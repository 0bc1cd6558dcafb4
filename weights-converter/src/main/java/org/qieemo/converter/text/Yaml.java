package org.qieemo.converter.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.Place;

/**
 * A strict reader of the part of YAML that model configurations use: block maps and lists, flow
 * maps and lists, plain and quoted scalars (also over several lines), comments. Anchors, aliases,
 * tags, block scalars, complex keys and several documents are refused. Values are as in {@link
 * Json}; keys are strings. Memory is limited by the text, so is the number of values.
 */
public final class Yaml {
  private static final int MAX_BYTES = 1 << 23;
  private static final int MAX_DEPTH = 32;
  private static final int FEW = 2;

  private final byte[] text;
  private final String source;
  private final YamlLine line;
  private final TextBudget budget = new TextBudget();
  private final YamlBalance balance = new YamlBalance();
  private final Place here = this::error;
  private final YamlFlow flow = new YamlFlow(this::lastError, budget);
  private byte[] joined = new byte[0];
  private int joinedSize;
  private int lastNumber; // of the line that was read last

  private Yaml(byte[] text, String source) {
    this.text = text;
    this.source = source;
    this.line = new YamlLine(text, source);
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
    if (!Utf8.isValid(bytes)) {
      throw new ModelFormatException(source, 0, "not valid UTF-8");
    }
    Yaml yaml = new Yaml(bytes, source);
    if (!yaml.advance()) {
      return null;
    }
    Object value = yaml.block(yaml.line.indent(), 0);
    if (yaml.line.isThere()) {
      throw yaml.error("unexpected indentation");
    }
    return value;
  }

  /** To the next line; all that was read so far counts for the budget. */
  private boolean advance() throws ModelFormatException {
    lastNumber = line.number();
    boolean there = line.next();
    budget.grant(line.offset());
    return there;
  }

  private boolean atIndent(int indent) {
    return line.isThere() && line.indent() == indent;
  }

  /** The block whose first line is the current one. */
  private Object block(int indent, int depth) throws ModelFormatException {
    if (depth > MAX_DEPTH) {
      throw error("nested more than " + MAX_DEPTH + " deep");
    }
    if (line.isItem()) {
      return list(indent, depth);
    }
    return line.keyEnd() >= 0
        ? map(indent, depth)
        : scalar(line.start(), line.end(), indent - 1, depth);
  }

  private List<Object> list(int indent, int depth) throws ModelFormatException {
    budget.charge(TextBudget.LIST, here);
    List<Object> list = new ArrayList<>(FEW);
    while (atIndent(indent) && line.isItem()) {
      line.skipDash();
      budget.charge(TextBudget.ELEMENT, here);
      if (line.start() == line.end()) {
        advance();
        list.add(nested(indent, depth, false));
      } else if (line.isItem() || line.keyEnd() >= 0) {
        list.add(block(line.indent(), depth + 1));
      } else {
        list.add(scalar(line.start(), line.end(), indent, depth));
      }
    }
    return list;
  }

  private Map<String, Object> map(int indent, int depth) throws ModelFormatException {
    budget.charge(TextBudget.MAP, here);
    Map<String, Object> map = new LinkedHashMap<>(FEW);
    while (atIndent(indent)) {
      int end = line.keyEnd();
      if (end < 0 || line.isItem()) {
        throw error("expected 'key: value'");
      }
      budget.charge(TextBudget.ENTRY, here);
      int keyEnd = Utf8.stripped(text, line.start(), end);
      String key = YamlScalar.key(text, line.start(), keyEnd, here, budget);
      if (map.containsKey(key)) {
        throw error("key '" + key + "' occurs twice");
      }
      int from = Utf8.skipSpace(text, end + 1, line.end());
      if (from < line.end()) {
        map.put(key, scalar(from, line.end(), indent, depth));
      } else {
        advance();
        map.put(key, nested(indent, depth, true));
      }
    }
    return map;
  }

  /** The block below a key or dash without a value; a list may stand under its key unindented. */
  private Object nested(int indent, int depth, boolean underKey) throws ModelFormatException {
    if (line.isThere() && line.indent() > indent) {
      return block(line.indent(), depth + 1);
    }
    return underKey && atIndent(indent) && line.isItem() ? list(indent, depth + 1) : null;
  }

  /** A value in the current line, which may go on in deeper lines. */
  private Object scalar(int from, int to, int indent, int depth) throws ModelFormatException {
    advance();
    joinedSize = -1;
    if ("[{\"'".indexOf(text[from]) >= 0) {
      balance.start(text, from, to);
      while (balance.isOpen()) {
        join(from, to);
        if (!balance.takeEscape()) {
          balance.feed((byte) ' ');
          append(' ');
        } else { // a backslash at the end of a line joins it to the next
          joinedSize--;
        }
        balance.feed(text, line.start(), line.end());
        appendLine();
      }
    } else {
      while (line.isThere() && line.indent() > indent) {
        if (line.keyEnd() >= 0) {
          throw error("a key inside a plain text: put the text above in quotes");
        }
        join(from, to);
        append(' ');
        appendLine();
      }
    }
    boolean one = joinedSize < 0;
    return flow.parse(
        one ? text : joined, one ? from : 0, one ? to : joinedSize, MAX_DEPTH - depth);
  }

  /** Before a value goes on in the current line. */
  private void join(int from, int to) throws ModelFormatException {
    if (!line.isThere()) {
      throw error("a quote or bracket is never closed");
    }
    if (balance.isQuoted() && line.number() != lastNumber + 1) {
      throw error("a blank line or comment inside a quoted text: unsupported");
    }
    if (joinedSize < 0) {
      joinedSize = 0;
      append(from, to);
    }
  }

  private void appendLine() throws ModelFormatException {
    append(line.start(), line.end());
    advance();
  }

  private void append(int from, int to) {
    makeRoom(to - from);
    System.arraycopy(text, from, joined, joinedSize, to - from);
    joinedSize += to - from;
  }

  private void append(char ascii) {
    makeRoom(1);
    joined[joinedSize++] = (byte) ascii;
  }

  private void makeRoom(int bytes) {
    if (joinedSize + bytes > joined.length) {
      joined = Arrays.copyOf(joined, Math.max(joinedSize + bytes, 2 * joined.length));
    }
  }

  private ModelFormatException error(String reason) {
    return line.error(line.number(), reason);
  }

  private ModelFormatException lastError(String reason) {
    return line.error(lastNumber, reason);
  }
}
