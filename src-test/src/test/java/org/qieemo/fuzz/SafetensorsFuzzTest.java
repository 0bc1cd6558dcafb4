package org.qieemo.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.converter.ArraySource;
import org.qieemo.converter.TestFiles;
import org.qieemo.converter.safetensors.SafetensorsReader;

/** safetensors; the part is the JSON header, the option the bytes of payload behind it. */
class SafetensorsFuzzTest {
  static Stream<byte[]> seeds() throws IOException {
    String one = "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    String more =
        "{\"__metadata__\":{\"a\":\"b\"},\"\\u0061\":{\"dtype\":\"BOOL\",\"shape\":[],"
            + "\"data_offsets\":[0,1]},\"c\":{\"shape\":[3,0],\"dtype\":\"I64\","
            + "\"data_offsets\":[1,1]}}  ";
    return Stream.of(
        Input.file(TestFiles.read("views.safetensors")),
        Input.part(8, one.getBytes(StandardCharsets.UTF_8)),
        Input.part(1, more.getBytes(StandardCharsets.UTF_8)));
  }

  @MethodSource("seeds")
  @FuzzTest
  void file(byte[] bytes) {
    Input input = new Input(bytes);
    byte[] file = input.isFile() ? input.rest() : framed(input);
    ArraySource source = new ArraySource(file);
    Tensors.read(Oracle.check(file.length, () -> SafetensorsReader.read(source)), file.length);
  }

  private static byte[] framed(Input input) {
    byte[] header = input.rest();
    ByteBuffer file = ByteBuffer.allocate(8 + header.length + input.option());
    return file.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).array();
  }
}
