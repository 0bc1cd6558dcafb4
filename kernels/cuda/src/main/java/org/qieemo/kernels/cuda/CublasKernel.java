package org.qieemo.kernels.cuda;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.kernels.device.Grid;
import org.qieemo.kernels.device.Kernel;
import org.qieemo.kernels.device.Memory;

/**
 * {@code linear}, {@code linear_add} or {@code linear_glu} of linear.cl, with its arguments: x is
 * rounded, cuBLAS multiplies, a kernel adds the rest. One thread at a time.
 */
final class CublasKernel implements Kernel {
  private final CudaQueue queue;
  private final CublasProgram program;
  private final String name;
  private final List<Memory> memories = new ArrayList<>(4); // x, weight, bias, out
  private final List<Number> numbers = new ArrayList<>(9); // the others, in their order

  CublasKernel(CudaQueue queue, CublasProgram program, String name) {
    this.queue = queue;
    this.program = program;
    this.name = name;
  }

  @Override
  public Kernel memory(Memory value) {
    memories.add(value);
    return this;
  }

  @Override
  public Kernel integer(int value) {
    numbers.add(value);
    return this;
  }

  @Override
  public Kernel real(float value) {
    numbers.add(value);
    return this;
  }

  private int number(int i) {
    return (Integer) numbers.get(i);
  }

  /** The grid is for kernels with tiles. */
  @Override
  public void launch(Grid ofTiles) {
    int rows = number(4);
    int inputs = number(5);
    int outputs = number(6) * (name.equals("linear_glu") ? 2 : 1);
    CublasContext cublas = queue.cublas();
    CublasContext.Scratch scratch = cublas.reserve(rows, inputs, outputs);
    queue
        .kernel(program.around(), "round_rows")
        .memory(memories.get(0))
        .integer(number(0))
        .integer(number(1))
        .memory(scratch.rounded())
        .integer(rows * inputs / 2)
        .integer(inputs)
        .launch(grid(rows * inputs / 2));
    queue.run(
        "cublas",
        () ->
            cublas.multiply(
                memories.get(1), new CublasContext.Shape(rows, inputs, outputs, program.bf16())));
    finish(scratch.products(), rows, number(6));
  }

  private void finish(Memory products, int rows, int cols) {
    Kernel rest =
        queue
            .kernel(program.around(), "finish_" + name)
            .memory(products)
            .memory(memories.get(2))
            .memory(memories.get(3))
            .integer(number(2))
            .integer(number(3))
            .integer(rows * cols)
            .integer(cols);
    for (Number more : numbers.subList(7, numbers.size())) { // activation, scale
      if (more instanceof Float real) {
        rest.real(real);
      } else {
        rest.integer(more.intValue());
      }
    }
    rest.launch(grid(rows * cols));
  }

  private static Grid grid(int elements) {
    return new Grid(CublasOption.groups(elements), 1, 1, CublasOption.items());
  }
}
