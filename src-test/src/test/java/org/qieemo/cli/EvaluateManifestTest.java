package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Manifests of {@code qieemo evaluate}, good and bad ones. */
class EvaluateManifestTest {
  @TempDir Path folder;

  private Manifest manifest(String text) throws IOException {
    return Manifest.read(Files.writeString(folder.resolve("m.csv"), text).toString());
  }

  private String refusal(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("m.csv"), bytes);
    String message =
        assertThrows(FileFailure.class, () -> Manifest.read(file.toString())).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    assertEquals(1, message.lines().count(), message);
    return message.substring((file + ": ").length());
  }

  @Test
  void columnsStandInAnyOrderAndOthersAreIgnored() throws IOException {
    Manifest manifest =
        manifest("age, LABEL ,file,speaker\n7, joy ,a.wav,03\n8,anger,b/c.wav,05\n");
    assertEquals(Set.of("file", "label", "speaker"), manifest.columns());
    ManifestRow row = manifest.rows().get(0);
    assertEquals(new ManifestRow(2, "a.wav", folder.resolve("a.wav"), "joy", "03", "", ""), row);
    assertEquals(folder.resolve("b/c.wav"), manifest.rows().get(1).path());
  }

  @Test
  void modelsAreRelativeToTheManifestAndMayBeAbsent() throws IOException {
    Manifest manifest = manifest("file,label,model,fold\na.wav,joy,m/x.gguf,1\nb.wav,joy,,2\n");
    assertEquals(folder.resolve("m/x.gguf").toString(), manifest.rows().get(0).model());
    assertEquals("", manifest.rows().get(1).model());
    assertEquals("2", manifest.rows().get(1).fold());
  }

  @Test
  void linesAreCountedAcrossQuotesAndBlankLines() throws IOException {
    String text =
        "\ufefffile,label,note\r\n\r\n\"a,\"\"b\"\".wav\",joy,\"two\r\nlines\"\r\nc.wav,joy,";
    List<ManifestRow> rows = manifest(text).rows();
    assertEquals("a,\"b\".wav", rows.get(0).file());
    assertEquals(3, rows.get(0).line());
    assertEquals(5, rows.get(1).line());
  }

  @Test
  void fieldsAreWrittenAsTheyAreRead() throws IOException {
    List<String> fields = List.of("", "a,b", "\"", "c\r\nd", " e ", "f\u00fc");
    String line = CsvWriter.line(fields);
    assertEquals(List.of(new CsvRecord(1, fields)), CsvReader.parse("x", line));
    assertEquals("a,\"b\"\"c\"\n", CsvWriter.line(List.of("a", "b\"c")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      quoteCharacter = '\'',
      value = {
        "''                            | line 1: the file is empty",
        "'~~ ~'                        | line 1: the file is empty",
        "file,label                    | line 1: no row follows the header",
        "file,emotion~a,b              | line 1: column 'label' is missing: expected file,label",
        "file;label~a;b                | line 1: column 'file' is missing",
        "file,label,LABEL~a,b,c        | line 1: column 'label' occurs twice",
        "file,label~a.wav              | line 2: expected 2 fields as in the header, found 1",
        "file,label~a.wav,b~c.wav,d,e  | line 3: expected 2 fields as in the header, found 3",
        "file,label~a.wav,b~~c.wav,    | line 4: column 'label' is empty",
        "file,label~ ,b                | line 2: column 'file' is empty",
        "file,label,speaker~a.wav,b,   | line 2: column 'speaker' is empty",
        "file,label,fold~a.wav,b,      | line 2: column 'fold' is empty",
        "file,label~a,b~c,d~./x/../a,b | line 4: file './x/../a' stands in line 2 already",
        "file,label~\"a,b~c,d          | line 2: the quote that opens a field here is never closed",
        "file,label~a,b~\"c\"x,d       | line 3: unexpected 'x' in field 1",
        "file,label~a,b\"c             | line 2: unexpected '\"' in field 2",
      })
  void namesTheLineThatIsWrong(String text, String expected) throws IOException {
    String refusal = refusal(text.replace('~', '\n').getBytes(StandardCharsets.UTF_8));
    assertTrue(refusal.startsWith(expected), refusal);
  }

  @Test
  void otherEncodingsAndLineEndsAreRefused() throws IOException {
    byte[] latin = "file,label\na,b\nf\u00fc,c\n".getBytes(StandardCharsets.ISO_8859_1);
    assertEquals("line 3: not UTF-8: save the file as UTF-8", refusal(latin));
    byte[] cut = {'f', '\n', (byte) 0xc3};
    assertEquals("line 2: not UTF-8: save the file as UTF-8", refusal(cut));
    byte[] old = "file,label\ra,b\r".getBytes(StandardCharsets.UTF_8);
    assertTrue(refusal(old).startsWith("line 1: a carriage return stands alone"), refusal(old));
    byte[] zero = "file,label\na\0,b\n".getBytes(StandardCharsets.UTF_8);
    assertTrue(refusal(zero).startsWith("line 2: 'a\\u0000': no file name"), refusal(zero));
  }
}
