package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.converter.source.Checkpoint;
import org.qieemo.converter.torch.TorchCheckpoint;

/** Cases 1 to 18 of the hostile inputs: zip archives. */
class TorchZipHostileTest {
  private static void refused(byte[] bytes, String reason) {
    Hostile.refused(TorchCheckpoint::read, bytes, reason);
  }

  private static void refused(ZipFixture zip, String reason) {
    refused(zip.build(), reason);
  }

  private static Checkpoint read(ZipFixture zip) throws IOException {
    return TorchCheckpoint.read(new ArraySource(zip.build()));
  }

  @Test
  void goodArchive() throws IOException {
    Checkpoint checkpoint = read(TorchFixture.good());
    assertEquals("[w]", checkpoint.tensors().keySet().toString());
    assertEquals(4, checkpoint.tensors().get("w").toFloats().length);
  }

  @Test
  void goodArchiveWithZip64() throws IOException {
    ZipFixture zip = TorchFixture.good();
    zip.zip64 = true;
    assertEquals(1, read(zip).tensors().size());
  }

  @Test
  void case1Empty() {
    refused(new byte[0], "the file is empty");
    refused("PK\003\004".getBytes(), "truncated");
    refused(Arrays.copyOf("PK\003\004".getBytes(), 100), "no zip end record");
  }

  @Test
  void case2NotWeightsAtAll() {
    refused("version https://git-lfs.github.com/spec/v1\noid".getBytes(), "git lfs pull");
    refused("<!DOCTYPE html><html>".getBytes(), "HTML page");
    refused("something else".getBytes(), "no PyTorch checkpoint");
  }

  @Test
  void case3TruncatedEverywhere() throws IOException {
    Hostile.truncatedEverywhere(TorchCheckpoint::read, TorchFixture.good().build());
  }

  @Test
  void flippedBitsEverywhere() throws IOException {
    ZipFixture zip = TorchFixture.good();
    zip.zip64 = true;
    Hostile.flippedEverywhere(TorchCheckpoint::read, zip.build());
  }

  @Test
  void case4DirectoryOutsideTheFile() {
    ZipFixture zip = TorchFixture.good();
    zip.directoryOffset = 1 << 30;
    refused(zip, "central directory does not lie before");
    zip.zip64 = true;
    zip.directoryOffset = Long.MAX_VALUE;
    refused(zip, "246 bytes at 9223372036854775807");
  }

  @Test
  void case5WrongCount() {
    ZipFixture zip = TorchFixture.good();
    zip.entryCount = 3;
    refused(zip, "holds more than its entries");
    zip.entryCount = 5;
    refused(zip, "expected an entry");
    zip.entryCount = 0xfffe;
    refused(zip, "cannot hold the entries");
  }

  @Test
  void case6DuplicateNames() {
    ZipFixture zip = TorchFixture.good();
    zip.add("archive/data/0", new byte[16]);
    refused(zip, "occurs twice");
  }

  @Test
  void case7LocalNameDiffers() {
    ZipFixture zip = TorchFixture.good();
    zip.find("archive/data/0").localName = "archive/data/1";
    refused(zip, "local name of entry archive/data/0 differs");
  }

  @Test
  void case8FlagsTampered() {
    ZipFixture zip = TorchFixture.good();
    zip.find("archive/data/0").localFlags = 0x0809;
    refused(zip, "local flags");
    zip = TorchFixture.good();
    zip.find("archive/data/0").flags = 0x0809;
    refused(zip, "has flags 809");
  }

  @Test
  void case9OverlappingEntries() {
    ZipFixture zip = TorchFixture.good();
    zip.find("archive/data/0").headerShift = -20;
    refused(zip, "overlaps another");
  }

  @Test
  void case9GapBetweenEntries() {
    ZipFixture zip = TorchFixture.good();
    zip.find("archive/data/0").gap = 5;
    refused(zip, "does not follow the previous");
  }

  @Test
  void case10SizesDisagree() {
    ZipFixture zip = TorchFixture.good();
    zip.find("archive/data/0").compressed = 12;
    refused(zip, "its two sizes differ");
    zip = TorchFixture.good();
    zip.find("archive/data/0").localSize = 12;
    refused(zip, "local sizes or checksum");
  }

  @Test
  void case11WrongChecksum() {
    ZipFixture zip = TorchFixture.good();
    zip.find("archive/data/0").crc++;
    refused(zip, "checksum of entry archive/data/0 is wrong");
  }

  @Test
  void case12Deflate() {
    ZipFixture zip = TorchFixture.good();
    zip.find("archive/data/0").method = 8;
    refused(zip, "is compressed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"archive/../x", "/archive/x", "archive\\x", "archive/\0x", "a//b", "a/"})
  void case13UnsafeNames(String name) {
    ZipFixture zip = TorchFixture.good();
    zip.add(name, new byte[1]);
    refused(zip, "unsafe name");
  }

  @Test
  void case14BytesAround() {
    ZipFixture zip = TorchFixture.good();
    zip.tail = new byte[] {0};
    refused(zip, "truncated or appended to");
    zip = TorchFixture.good();
    zip.prefix = 4;
    refused(zip, "no PyTorch checkpoint");
    zip = TorchFixture.good();
    zip.comment = "PK\005\006" + "\0".repeat(18);
    refused(zip, "central directory does not lie before");
    zip = TorchFixture.good();
    zip.comment = "hello";
    refused(zip, "no zip end record");
  }

  @Test
  void case15NoOrTwoPickles() {
    ZipFixture zip = TorchFixture.good();
    zip.entries.remove(0);
    refused(zip, "expected one folder with a data.pkl");
    zip = TorchFixture.good();
    zip.add("other/data.pkl", TorchFixture.goodPickle());
    refused(zip, "expected one folder with a data.pkl");
  }

  @Test
  void case16ForeignByteOrderOrVersion() {
    ZipFixture zip = new ZipFixture();
    zip.add("a/data.pkl", TorchFixture.goodPickle());
    zip.add("a/byteorder", "big".getBytes());
    refused(zip, "byte order 'big'");
    zip = new ZipFixture();
    zip.add("a/data.pkl", TorchFixture.goodPickle());
    zip.add("a/version", "99\n".getBytes());
    refused(zip, "unknown one");
  }

  @Test
  void case17OtherFormats() throws IOException {
    assertEquals(
        2, TorchCheckpoint.read(new ArraySource(TestFiles.read("script.pt"))).tensors().size());
    refused(TorchFixture.goodPickle(), "bare pickle: unsupported");
    byte[] tar = new byte[1024];
    System.arraycopy("ustar".getBytes(), 0, tar, 257, 5);
    tar[0] = 'x';
    refused(tar, "tar archive");
  }

  @Test
  void case18MissingStorage() {
    ZipFixture zip = TorchFixture.good();
    zip.entries.remove(2);
    refused(zip, "its storage 0 is missing");
  }
}
