import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.qieemo.kernels.cuda.CudaKernels;
import org.qieemo.kernels.cuda.PtxAssembler;

/**
 * Assembles the PTX files of a folder to cubins beside them, by JCuda's assembler; needs no nvcc.
 *
 * <p>Argument: the folder. Further ones choose files by the beginning of their names.
 */
final class AssembleKernels {
  private AssembleKernels() {}

  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    List<String> chosen = List.of(arguments).subList(1, arguments.length);
    CudaKernels.sources().stream()
        .filter(s -> chosen.isEmpty() || chosen.stream().anyMatch(s.file()::startsWith))
        .flatMap(source -> CudaKernels.cubins(source).stream())
        .toList()
        .parallelStream()
        .forEach(cubin -> assemble(cubin, folder));
  }

  private static void assemble(CudaKernels.Cubin cubin, Path folder) {
    try {
      byte[] ptx = Files.readAllBytes(folder.resolve(cubin.source().file()));
      byte[] assembled = PtxAssembler.assemble(ptx, cubin.gpu()).cubin();
      Files.write(folder.resolve(cubin.file()), cubin.file(assembled));
      System.out.println(cubin.file());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
