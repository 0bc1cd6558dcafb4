package org.qieemo.converter.family;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.qieemo.FormatException;
import org.qieemo.ModelFormatException;

/** Reads lists of tokens. Stateless. */
final class TokenFile {
  private TokenFile() {}

  /** Lines of "token id", in any order, as many as there are classes. */
  static List<String> withIds(byte[] bytes, String source, int classes)
      throws ModelFormatException {
    String[] tokens = new String[classes];
    List<String> lines = lines(bytes, source);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).stripTrailing();
      int space = Math.max(line.lastIndexOf(' '), line.lastIndexOf('\t'));
      String id = line.substring(space + 1);
      if (space < 1 || !id.matches("[0-9]{1,7}")) {
        throw error(source, "line " + (i + 1) + ": expected 'token id'");
      }
      int index = Integer.parseInt(id);
      if (index >= classes || tokens[index] != null) {
        throw error(
            source,
            "line "
                + (i + 1)
                + ": id "
                + id
                + " occurs twice or is not below "
                + classes
                + ", the rows of the CTC head");
      }
      tokens[index] = line.substring(0, space);
    }
    int missing = Arrays.asList(tokens).indexOf(null);
    if (missing >= 0) {
      throw error(source, "no token for id " + missing + "; the CTC head has " + classes + " rows");
    }
    return Arrays.asList(tokens);
  }

  /** One token per line. */
  static List<String> lines(byte[] bytes, String source) throws ModelFormatException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw error(source, "not valid UTF-8");
    }
    List<String> lines = new ArrayList<>();
    for (String line : text.split("\r?\n")) {
      if (!line.isEmpty()) {
        lines.add(line);
      }
    }
    return lines;
  }

  static ModelFormatException error(String source, String reason) {
    return new ModelFormatException(source, FormatException.NO_OFFSET, reason);
  }
}
