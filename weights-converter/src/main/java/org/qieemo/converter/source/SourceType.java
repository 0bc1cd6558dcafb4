package org.qieemo.converter.source;

import java.nio.ByteBuffer;
import org.qieemo.kernels.Decoder;

/** Element types of checkpoints; all are read as float32. */
public enum SourceType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  BOOL(1);

  private final int bytes;

  SourceType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** Element {@code index} of little-endian bytes. */
  public float decode(ByteBuffer data, int index) {
    int at = index * bytes;
    return switch (this) {
      case F64 -> (float) data.getDouble(at);
      case F32 -> data.getFloat(at);
      case F16 -> Decoder.halfToFloat(data.getShort(at));
      case BF16 -> Float.intBitsToFloat(data.getShort(at) << 16);
      case I64 -> data.getLong(at);
      case I32 -> data.getInt(at);
      case I16 -> data.getShort(at);
      case I8 -> data.get(at);
      case U8 -> data.get(at) & 0xff;
      case BOOL -> data.get(at) == 0 ? 0f : 1f;
    };
  }
}
