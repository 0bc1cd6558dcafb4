package org.qieemo.converter.torch;

import org.qieemo.converter.source.SourceType;

/** PyTorch's storage classes. */
enum StorageType {
  DoubleStorage(SourceType.F64),
  FloatStorage(SourceType.F32),
  HalfStorage(SourceType.F16),
  BFloat16Storage(SourceType.BF16),
  LongStorage(SourceType.I64),
  IntStorage(SourceType.I32),
  ShortStorage(SourceType.I16),
  CharStorage(SourceType.I8),
  ByteStorage(SourceType.U8),
  BoolStorage(SourceType.BOOL);

  private final SourceType type;

  StorageType(SourceType type) {
    this.type = type;
  }

  SourceType type() {
    return type;
  }
}
