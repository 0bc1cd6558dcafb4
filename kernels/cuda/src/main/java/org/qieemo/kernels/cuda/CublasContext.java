package org.qieemo.kernels.cuda;

import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.CUstream;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.runtime.cudaStream_t;
import org.qieemo.kernels.device.Memory;

/** cuBLAS on one stream, and memory for its factors and products. One thread at a time. */
final class CublasContext implements AutoCloseable {
  private final CudaDevice device;
  private final cublasHandle handle = new cublasHandle();
  private Memory rounded; // null before the first product
  private Memory products;

  /**
   * Memory of a product.
   *
   * @param rounded x [rows, inputs] in 16 bits
   * @param products [rows, outputs] in float32
   */
  record Scratch(Memory rounded, Memory products) {}

  /** Sizes of a product: x [rows, inputs] W [outputs, inputs]^T, factors bfloat16 or float16. */
  record Shape(int rows, int inputs, int outputs, boolean bf16) {}

  CublasContext(CudaDevice device, CUstream stream) {
    this.device = device;
    device.enter();
    Cublas.check(JCublas2.cublasCreate(handle), "start");
    int code = JCublas2.cublasSetStream(handle, new cudaStream_t(stream));
    if (code != 0) {
      JCublas2.cublasDestroy(handle);
      Cublas.check(code, "use a stream");
    }
  }

  /** Memory that the next product of these sizes uses. */
  Scratch reserve(int rows, int inputs, int outputs) {
    rounded = atLeast(rounded, (long) rows * inputs * Short.BYTES);
    products = atLeast(products, (long) rows * outputs * Float.BYTES);
    return new Scratch(rounded, products);
  }

  private Memory atLeast(Memory memory, long bytes) {
    if (memory != null && memory.bytes() >= bytes) {
      return memory;
    }
    if (memory != null) {
      memory.close();
    }
    return device.allocate(bytes);
  }

  /** products = rounded W^T; matrices of cuBLAS lie column by column, ours are their transposes. */
  void multiply(Memory weight, Shape s) {
    int type = s.bf16() ? cudaDataType.CUDA_R_16BF : cudaDataType.CUDA_R_16F;
    int code =
        JCublas2.cublasGemmEx_new(
            handle,
            cublasOperation.CUBLAS_OP_T,
            cublasOperation.CUBLAS_OP_N,
            s.outputs(),
            s.rows(),
            s.inputs(),
            Pointer.to(new float[] {1}),
            CudaMemory.of(weight),
            type,
            s.inputs(),
            CudaMemory.of(rounded),
            type,
            s.inputs(),
            Pointer.to(new float[] {0}),
            CudaMemory.of(products),
            cudaDataType.CUDA_R_32F,
            s.outputs(),
            cublasComputeType.CUBLAS_COMPUTE_32F,
            cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
    Cublas.check(code, "multiply");
  }

  @Override
  public void close() {
    if (rounded != null) {
      rounded.close();
      products.close();
    }
    JCublas2.cublasDestroy(handle);
  }
}
