package org.qieemo.converter;

import org.qieemo.kernels.DType;

/** How the matrices of a model file are stored; vectors are always F32. */
public enum WeightType {
  /** Four bytes per weight, exact. */
  F32(DType.F32, 0),
  /** Two bytes per weight. */
  F16(DType.F16, 1),
  /** Two bytes per weight, float32's range. */
  BF16(DType.BF16, 32),
  /** A little more than one byte per weight. */
  Q8_0(DType.Q8_0, 7);

  private final DType dtype;
  private final int fileType;

  WeightType(DType dtype, int fileType) {
    this.dtype = dtype;
    this.fileType = fileType;
  }

  DType dtype() {
    return dtype;
  }

  /** ggml's number for {@code general.file_type}. */
  int fileType() {
    return fileType;
  }
}
