package org.qieemo.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.support.Repository;

/** The API's Javadoc builds without a warning. */
class JavadocTest {
  @TempDir Path folder;

  @Test
  void buildsWithoutWarnings() {
    Path engine = Repository.root().resolve("engine/src/main/java");
    String kernels =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(
                e -> Path.of(e).toAbsolutePath().startsWith(Repository.root().resolve("kernels")))
            .collect(Collectors.joining(File.pathSeparator));
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    List<String> arguments =
        List.of(
            "-quiet",
            "-Werror",
            "-Xdoclint:all,-missing", // a getter's one line says what it returns
            "--module-path",
            kernels,
            "-sourcepath",
            engine.toString(),
            "-d",
            folder.toString(),
            "org.qieemo",
            "org.qieemo.evaluation",
            "org.qieemo.weights");
    int code =
        ToolProvider.findFirst("javadoc")
            .orElseThrow()
            .run(writer, writer, arguments.toArray(String[]::new));
    assertEquals("", said.toString());
    assertEquals(0, code);
  }
}
