import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.qieemo.kernels.cuda.CudaKernels;

/**
 * Compiles every CUDA kernel with nvcc into a folder of PTX files. The version that nvcc writes is
 * lowered, so that older drivers take it; the kernels use nothing newer, or the driver would say so.
 *
 * <p>Argument: the folder. Further ones choose files by the beginning of their names.
 */
final class CompileKernels {
  private CompileKernels() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    List<String> chosen = List.of(arguments).subList(1, arguments.length);
    CudaKernels.sources().stream()
        .filter(s -> chosen.isEmpty() || chosen.stream().anyMatch(s.file()::startsWith))
        .toList()
        .parallelStream()
        .forEach(source -> compile(source, folder));
  }

  private static void compile(CudaKernels.Source source, Path folder) {
    try {
      String ptx = compiled(source);
      Files.writeString(folder.resolve(source.file()), source.header() + "\n" + ptx);
      System.out.println(source.file());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String compiled(CudaKernels.Source source)
      throws IOException, InterruptedException {
    Path work = Files.createTempDirectory("kernels");
    Path text = Files.writeString(work.resolve("kernels.cu"), source.text().text());
    Path ptx = work.resolve("kernels.ptx");
    String target = "-arch=" + source.target();
    Process nvcc =
        new ProcessBuilder("nvcc", "--ptx", target, "-o", ptx.toString(), text.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(nvcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (nvcc.waitFor() != 0) {
      System.err.println(source.text().name() + ":\n" + said);
      System.exit(1);
    }
    String version = source.target().startsWith("sm_9") ? "8.0" : "7.0";
    return Files.readString(ptx).replaceFirst("(?m)^\\.version .*$", ".version " + version);
  }
}
