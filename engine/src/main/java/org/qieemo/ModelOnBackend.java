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
      return on(backend, file, warnings);
    } catch (BackendException e) {
      if (!name.equals(Backends.AUTO) || backend.name().equals(CPU)) {
        throw e;
      }
      warnings.add(
          backend.name() + " cannot take the model: " + e.getMessage() + "; cpu runs instead");
    }
    return onCpu(file, options, warnings);
  }

  /** Prepares on the CPU, whatever the other options say. */
  static ModelOnBackend onCpu(ModelFile file, BackendOptions options) {
    return onCpu(file, options, List.of());
  }

  private static ModelOnBackend onCpu(
      ModelFile file, BackendOptions options, List<String> warnings) {
    return on(Backends.open(CPU, options.withPrecision(Precision.F32)), file, warnings);
  }

  /** Prepares on a back end, which is closed if it cannot take the model. */
  static ModelOnBackend on(Backend backend, ModelFile file, List<String> warnings) {
    return new ModelOnBackend(prepare(file, backend), backend, warnings);
  }

  /** Whether this is what other back ends are given up for. */
  boolean isOnCpu() {
    return backend.name().equals(CPU);
  }

  private static Qieemo prepare(ModelFile file, Backend backend) {
    try {
      return new Qieemo(backend, file);
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }
}
