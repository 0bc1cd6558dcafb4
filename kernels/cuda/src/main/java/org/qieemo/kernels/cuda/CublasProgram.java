package org.qieemo.kernels.cuda;

import org.qieemo.kernels.device.Program;

/**
 * Products of cuBLAS with this project's kernels around them.
 *
 * @param around rounds x, then adds bias and activation
 * @param bf16 whether factors are bfloat16, else float16
 */
record CublasProgram(CudaProgram around, boolean bf16) implements Program {
  @Override
  public void close() {
    around.close();
  }
}
