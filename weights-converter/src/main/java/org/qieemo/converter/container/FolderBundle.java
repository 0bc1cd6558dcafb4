package org.qieemo.converter.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.qieemo.converter.source.ByteSource;
import org.qieemo.converter.source.FileSource;

/** The regular files of a folder. */
public final class FolderBundle implements Bundle {
  private final Path folder;
  private final Set<String> files = new TreeSet<>();
  private final List<FileSource> open = new ArrayList<>();

  /** Lists a folder. */
  public FolderBundle(Path folder) throws IOException {
    this.folder = folder;
    try (Stream<Path> entries = Files.list(folder)) {
      entries.filter(Files::isRegularFile).forEach(f -> files.add(f.getFileName().toString()));
    }
  }

  @Override
  public String name() {
    return folder.toString();
  }

  @Override
  public Set<String> files() {
    return files;
  }

  @Override
  public ByteSource open(String file) throws IOException {
    FileSource source = FileSource.open(folder.resolve(file));
    open.add(source);
    return source;
  }

  @Override
  public void close() throws IOException {
    for (FileSource source : open) {
      source.close();
    }
  }
}
