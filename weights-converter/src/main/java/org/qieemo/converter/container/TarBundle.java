package org.qieemo.converter.container;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.qieemo.converter.source.ByteSource;
import org.qieemo.converter.source.FileSource;

/** The files of a tar archive, perhaps compressed with gzip: NeMo's {@code .nemo}. */
public final class TarBundle implements Bundle {
  private final String name;
  private final FileSource file;
  private final GzipFile unpacked;
  private final Map<String, ByteSource> entries;

  /** Opens an archive; a compressed one is unpacked to a temporary file until {@link #close}. */
  public TarBundle(Path archive) throws IOException {
    this.name = archive.toString();
    this.file = FileSource.open(archive);
    GzipFile temporary = null;
    try {
      temporary = GzipFile.isGzip(file) ? new GzipFile(file) : null;
      this.entries = TarArchive.entries(temporary == null ? file : temporary.source());
    } catch (IOException e) {
      if (temporary != null) {
        temporary.close();
      }
      file.close();
      throw e;
    }
    this.unpacked = temporary;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<String> files() {
    return entries.keySet();
  }

  @Override
  public ByteSource open(String file) {
    return entries.get(file);
  }

  @Override
  public void close() throws IOException {
    if (unpacked != null) {
      unpacked.close();
    }
    file.close();
  }
}
