package org.qieemo.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.PatternSyntaxException;

/**
 * The files that a command line names: operands, folders with all that lies in them, lists. Always
 * in the same order: operands as given, then the list; within a folder by name.
 *
 * @param files one entry per result; a folder that has no audio or cannot be read is one as well
 * @param archive whether there is a list or a folder with audio among them
 */
record Inputs(List<String> files, boolean archive) {
  static final Option INCLUDE =
      new Option(
          "--include",
          "GLOB",
          "which files of a folder, such as '*.wav'; default: all audio",
          false,
          Inputs::wrongGlob);
  static final Option LIST =
      Option.text("--list", "FILE", "names of more files or folders, one per line");

  /** All of them. */
  static final List<Option> ALL = List.of(INCLUDE, LIST);

  /** What is not WAV among these fails with a line that says how to convert it. */
  private static final String AUDIO =
      ".*\\.(wav|wave|flac|ogg|oga|opus|mp3|m4a|aac|aif|aiff|au|caf|amr|wma|webm)";

  private static String wrongGlob(String glob) {
    try {
      matcher(glob);
      return glob.isEmpty() ? "a pattern that is not empty" : null;
    } catch (PatternSyntaxException e) {
      return "a pattern such as '*.wav' or '*.{wav,wave}'";
    }
  }

  private static PathMatcher matcher(String glob) {
    return FileSystems.getDefault().getPathMatcher("glob:" + glob);
  }

  /**
   * Looks for the files.
   *
   * @throws FileFailure if the list cannot be read
   * @throws UsageException if nothing is named, or {@code --include} has no folder
   */
  static Inputs of(Arguments arguments) throws FileFailure, UsageException {
    List<String> names = new ArrayList<>(arguments.operands());
    String list = arguments.get(LIST.name(), null);
    if (list != null) {
      names.addAll(lines(list));
    }
    if (names.isEmpty()) {
      throw new UsageException(
          list == null
              ? "missing FILE...: name a file, a folder or a --list"
              : list + ": is empty");
    }
    String glob = arguments.get(INCLUDE.name(), null);
    List<String> files = new ArrayList<>();
    boolean folders = false;
    boolean archive = list != null;
    for (String name : names) {
      List<String> inside = isFolder(name) ? inside(name, glob) : List.of();
      folders |= isFolder(name);
      archive |= !inside.isEmpty();
      files.addAll(inside.isEmpty() ? List.of(name) : inside);
    }
    if (glob != null && !folders) {
      throw new UsageException("option " + INCLUDE.name() + " needs a folder");
    }
    return new Inputs(List.copyOf(files), archive);
  }

  /** Whether a name is that of a folder. */
  static boolean isFolder(String name) {
    try {
      return Files.isDirectory(Path.of(name));
    } catch (InvalidPathException e) {
      return false; // fails later, as a file
    }
  }

  /**
   * Refuses a folder that stands for itself since nothing was found in it.
   *
   * @throws IOException with the reason
   */
  static void requireNoFolder(String name) throws IOException {
    if (isFolder(name)) {
      Files.newDirectoryStream(Path.of(name)).close(); // fails where it cannot be read
      throw new FileFailure("no audio in this folder; --include chooses other files");
    }
  }

  private static List<String> lines(String list) throws FileFailure {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(SmallFile.read(list));
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      return text.lines().filter(l -> !l.isBlank()).toList();
    } catch (CharacterCodingException e) {
      throw new FileFailure(list + ": not UTF-8: save the file as UTF-8");
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw new FileFailure(list, e);
    }
  }

  private static List<String> inside(String folder, String glob) {
    Walk walk = new Walk(Path.of(folder), glob);
    try {
      Files.walkFileTree(walk.root, walk);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the walk itself throws none
    }
    Collections.sort(walk.found);
    return walk.found.stream().map(Path::toString).toList();
  }

  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Path root;
    private final String glob;
    private final List<Path> found = new ArrayList<>();

    Walk(Path root, String glob) {
      this.root = root;
      this.glob = glob;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (wanted(file)) {
        found.add(file);
      }
      return FileVisitResult.CONTINUE;
    }

    /** A pattern with a slash is about the path below the folder, others about the name. */
    private boolean wanted(Path file) {
      if (glob == null) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT).matches(AUDIO);
      }
      boolean whole = glob.contains("/");
      return matcher(glob).matches(whole ? root.relativize(file) : file.getFileName());
    }

    /** A folder that cannot be read stays among the files, to fail there with its reason. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      found.add(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException failure) {
      if (failure != null) {
        found.add(folder);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
