package org.qieemo;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.Precision;
import org.qieemo.model.Qieemo;
import org.qieemo.weights.ModelFile;

/**
 * A model prepared on the back end that was asked for. {@code auto} goes on to the CPU when another
 * back end cannot be opened, or cannot take the weights.
 *
 * @param model the model
 * @param backend what it was prepared on; whoever gets it closes it
 * @param warnings one line for each thing that {@code auto} gave up: a back end, the precision
 */
record ModelOnBackend(Qieemo model, Backend backend, List<String> warnings) {
  private static final String CPU = "cpu";

  /**
   * Prepares.
   *
   * @throws BackendException if the back end cannot run here or cannot take the model
   */
  static ModelOnBackend of(ModelFile file, String name, BackendOptions options) {
    List<String> warnings = new ArrayList<>();
    Backend backend = Backends.open(name, options, warnings::add);
    try {
      return new ModelOnBackend(prepare(file, backend), backend, warnings);
    } catch (BackendException e) {
      if (!name.equals(Backends.AUTO) || backend.name().equals(CPU)) {
        throw e;
      }
      warnings.add(
          backend.name() + " cannot take the model: " + e.getMessage() + "; cpu runs instead");
    }
    Backend cpu = Backends.open(CPU, options.withPrecision(Precision.F32));
    return new ModelOnBackend(prepare(file, cpu), cpu, warnings);
  }

  private static Qieemo prepare(ModelFile file, Backend backend) {
    try {
      return new Qieemo(backend, file);
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  /** What the API tells of the back end. */
  BackendInfo info() {
    return new BackendInfo(backend.name(), backend.description(), List.copyOf(warnings));
  }
}
