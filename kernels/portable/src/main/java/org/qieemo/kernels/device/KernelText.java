package org.qieemo.kernels.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.qieemo.kernels.Activation;

/**
 * The whole text of one op's kernels: definitions, the headers, the op's own file. It needs no
 * include path, and two devices that get equal texts may share what they compiled.
 *
 * @param name what it is called in messages: the op and its variant
 * @param text what the compiler gets, as OpenCL C or as CUDA
 */
public record KernelText(String name, String text) {
  private static final String[] HEADERS = {"portability.h", "activation.h"};

  /**
   * Puts a text together.
   *
   * @param op name of the op's file without {@code .cl}
   * @param header a header of the op's kind, such as {@code tile.h}; null for none
   * @param variant in the name, empty for none
   * @param definitions macros in front
   */
  static KernelText of(String op, String header, String variant, Map<String, String> definitions) {
    String body = (header == null ? "" : resource(header)) + resource(op + ".cl");
    return ofBody(variant.isEmpty() ? op : op + " " + variant, definitions, body);
  }

  /**
   * A text of a device's own, behind the headers that all have in common.
   *
   * @param definitions macros in front
   */
  public static KernelText ofBody(String name, Map<String, String> definitions, String body) {
    Map<String, String> all = new TreeMap<>(definitions);
    for (Activation activation : Activation.values()) {
      all.put("ACTIVATION_" + activation.name(), String.valueOf(activation.ordinal()));
    }
    StringBuilder text = new StringBuilder();
    all.forEach((k, v) -> text.append("#define ").append(k).append(' ').append(v).append('\n'));
    for (String common : HEADERS) {
      text.append(resource(common));
    }
    return new KernelText(name, text.append(body).toString());
  }

  private static String resource(String file) {
    try (InputStream in = KernelText.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the kernel text " + file + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
