package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.converter.safetensors.SafetensorsReader;

/** Cases 37 to 43 of the hostile inputs: safetensors. */
class SafetensorsHostileTest {
  private static final String GOOD =
      "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

  private static byte[] file(String json, int payload) {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    return new Bytes().u64(header.length).raw(header).raw(new byte[payload]).toArray();
  }

  private static void refused(byte[] bytes, String reason) {
    Hostile.refused(SafetensorsReader::read, bytes, reason);
  }

  private static void refused(String json, int payload, String reason) {
    refused(file(json, payload), reason);
  }

  private static String entry(String dtype, String shape, String offsets) {
    return "{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
  }

  @Test
  void goodFile() throws IOException {
    assertEquals(
        1, SafetensorsReader.read(new ArraySource(file(GOOD + "   ", 8))).tensors().size());
    Hostile.truncatedEverywhere(SafetensorsReader::read, file(GOOD, 8));
    Hostile.flippedEverywhere(SafetensorsReader::read, file(GOOD, 8));
  }

  @Test
  void case37HeaderLength() {
    refused(new byte[0], "truncated");
    refused(new byte[7], "truncated");
    refused(new Bytes().u64(100).raw(new byte[50]).toArray(), "no safetensors file");
    refused(new Bytes().u64(100_000_001).toArray(), "100000001 bytes");
    refused(new Bytes().u64(-1).toArray(), "18446744073709551615 bytes");
    refused(new Bytes().u64(Long.MIN_VALUE).toArray(), "9223372036854775808 bytes");
    refused(new Bytes().u64(0).toArray(), "no safetensors file");
  }

  @Test
  void case38NotJson() {
    refused("[]", 0, "no JSON object");
    refused("{x}", 0, "expected a key in quotes");
    refused("{\"a\":}", 0, "expected a value");
    refused("{\"a\":01}", 0, "expected '}'");
    refused("{\"a\":1,}", 0, "expected a key in quotes");
    refused("{} x", 0, "expected the end");
    refused(new Bytes().u64(5).text("{\"\377\":").toArray(), "not valid UTF-8");
    refused("{\"a\":" + "[".repeat(1_000_000), 0, "nested more than");
    refused("{\"a\":".repeat(200_000), 0, "nested more than");
    refused("{\"a\":[" + "{},".repeat(300_000) + "1]}", 0, "more objects");
    refused("{\"a\":[" + "1,".repeat(300_000) + "1]}", 0, "is no object");
    refused("{\"a\":[" + "1.5,".repeat(300_000) + "1]}", 0, "more objects");
    refused("{\"a\":[" + "\"x\",".repeat(300_000) + "1]}", 0, "is no object");
  }

  @Test
  void case39DuplicateKeys() {
    refused("{\"a\":1,\"a\":2}", 0, "occurs twice");
    refused("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", 0, "occurs twice");
    refused("{\"a\":1,\"\\u0061\":2}", 0, "occurs twice");
  }

  @Test
  void case40HolesAndOverlaps() {
    String a = "{\"a\":" + entry("F32", "[1]", "[0,4]");
    refused(a + ",\"b\":" + entry("F32", "[1]", "[8,12]") + "}", 12, "follows a hole");
    refused(a + ",\"b\":" + entry("F32", "[1]", "[2,6]") + "}", 6, "overlaps another");
    refused(a + ",\"b\":" + entry("F32", "[1]", "[0,4]") + "}", 4, "overlaps another");
    refused(a + "}", 5, "bytes follow");
    refused(a + "}", 3, "truncated");
    refused("{\"a\":" + entry("F32", "[1]", "[4,0]") + "}", 4, "no begin and end");
    refused("{\"a\":" + entry("F32", "[1]", "[0,4,8]") + "}", 4, "no begin and end");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[-1]", "[1.5]", "[18446744073709551616]", "[\"1\"]", "1", "null", "[1e0]"})
  void case41ImpossibleSizes(String shape) {
    refused("{\"a\":" + entry("F32", shape, "[0,4]") + "}", 4, "shape");
  }

  @Test
  void case41SizeDiffersFromRange() {
    refused("{\"a\":" + entry("F32", "[2]", "[0,4]") + "}", 4, "dtype and shape need 8");
    refused("{\"a\":" + entry("F32", "[4294967296,4294967295]", "[0,4]") + "}", 4, "overflows");
    refused("{\"a\":" + entry("F32", "[999999999999999999]", "[0,4]") + "}", 4, "need 3999");
    refused("{\"a\":" + entry("F64", "[4611686018427387904]", "[0,4]") + "}", 4, "sizes");
    String huge = "[1000000000000000]";
    refused("{\"a\":" + entry("U8", huge, "[0,1000000000000000]") + "}", 4, "truncated");
  }

  @Test
  void case42EmptyTensorsAndScalars() throws IOException {
    String json =
        "{\"a\":"
            + entry("F32", "[0]", "[0,0]")
            + ",\"b\":"
            + entry("F32", "[]", "[0,4]")
            + ",\"c\":"
            + entry("F32", "[3,0]", "[4,4]")
            + "}";
    var tensors = SafetensorsReader.read(new ArraySource(file(json, 4))).tensors();
    assertEquals(1, tensors.get("b").toFloats().length);
    assertEquals(0, tensors.get("c").toFloats().length);
  }

  @Test
  void case43UnknownTypesAndMetadata() {
    refused("{\"a\":" + entry("F8_E4M3", "[4]", "[0,4]") + "}", 4, "dtype 'F8_E4M3'");
    refused("{\"__metadata__\":{\"a\":1}}", 0, "something else than strings");
    refused("{\"__metadata__\":[]}", 0, "is no object");
    refused("{\"a\":{\"dtype\":\"F32\"}}", 0, "expected dtype, shape and data_offsets");
  }
}
