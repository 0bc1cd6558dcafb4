package org.qieemo.converter;

/** Small torch checkpoints. */
public final class TorchFixture {
  private TorchFixture() {}

  /** An archive around a pickle, with a storage "0" of four floats. */
  public static ZipFixture archive(byte[] pickle) {
    ZipFixture zip = new ZipFixture();
    zip.add("archive/data.pkl", pickle);
    zip.add("archive/byteorder", "little".getBytes());
    zip.add("archive/data/0", new byte[16]);
    zip.add("archive/version", "3\n".getBytes());
    return zip;
  }

  /** A dict with one tensor [2, 2]. */
  public static byte[] goodPickle() {
    return new PickleFixture()
        .op("}")
        .string("w")
        .tensor(4, 0, new long[] {2, 2}, new long[] {2, 1})
        .op("s")
        .stop();
  }

  public static ZipFixture good() {
    return archive(goodPickle());
  }
}
