package org.qieemo.kernels.cpu;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.OpShapes;

/** A packed weight with its bias and activation; behind GLU values and gates are two matrices. */
final class CpuLinear implements Linear {
  private final CpuBackend owner;
  private final int inputs;
  private final int outputs;
  private final Activation activation;
  private final PackedMatrix values; // [inputs, outputs]
  private final PackedMatrix gates; // [inputs, outputs], null without GLU

  /** Packs weight [outputs, inputs] and bias [outputs] or null, as {@link Activation} says. */
  CpuLinear(CpuBackend owner, HostTensor weight, HostTensor bias, Activation activation) {
    this.owner = owner;
    this.activation = activation;
    int weightRows = weight.dim(0);
    OpShapes.linearLayer(weight, bias, activation);
    boolean glu = activation == Activation.GLU;
    inputs = columns(weight);
    outputs = glu ? weightRows / 2 : weightRows;
    float[] biases = bias == null ? new float[weightRows] : bias.toFloats();
    HostTensor[] halves = glu ? weight.split(outputs) : new HostTensor[] {weight};
    values = pack(halves[0], biases, 0);
    gates = glu ? pack(halves[1], biases, outputs) : null;
  }

  private static int columns(HostTensor weight) {
    int columns = 1;
    for (int i = 1; i < weight.rank(); i++) {
      columns = Math.multiplyExact(columns, weight.dim(i));
    }
    return columns;
  }

  private PackedMatrix pack(HostTensor weight, float[] biases, int firstRow) {
    PackedMatrix packed = new PackedMatrix(owner.weights());
    CpuKernels kernels = owner.kernels();
    boolean compact =
        weight.dtype() != DType.F32
            && kernels.packCompact(packed, inputs, outputs, weight.dtype(), weight.data());
    if (!compact) {
      kernels.resize(packed, inputs, outputs);
      kernels.pack(packed, 0, inputs, weight.toFloats(), 0, 1, inputs);
    }
    System.arraycopy(biases, firstRow, packed.bias(), 0, outputs);
    return packed;
  }

  /** Panels of columns that {@link #strip} can compute. */
  int panels() {
    int width = owner.kernels().panelWidth();
    return (outputs + width - 1) / width;
  }

  /** Columns of a panel. */
  int panelColumns(int panel) {
    int width = owner.kernels().panelWidth();
    return Math.min(width, outputs - panel * width);
  }

  /** Panels of weights behind one panel of {@link #strip}. */
  int products() {
    return gates == null ? 1 : 2;
  }

  /** Leaves act(x W^T + b) of some rows and one panel in the scratch's strip. */
  void strip(Operand x, int rows, int panel, ThreadScratch scratch) {
    Strip strip = scratch.strip();
    x.multiply(values, panel, strip);
    if (gates == null) {
      activate(strip, rows, panel, scratch);
    } else {
      x.multiply(gates, panel, scratch.gates());
      owner.kernels().gateStrip(strip, scratch.gates(), rows, panelColumns(panel), scratch);
    }
  }

  /** strip = act(strip), for a finished panel; not GLU. */
  void activate(Strip strip, int rows, int panel, ThreadScratch scratch) {
    if (activation != Activation.NONE) {
      owner.kernels().activateStrip(activation, strip, rows, panelColumns(panel), scratch);
    }
  }

  /** strip = b + x W^T of the depths [from, to) and one panel, or added to it if from is not 0. */
  void accumulate(Rows x, int rows, int panel, int from, int to, Strip strip) {
    if (from == 0) {
      owner.kernels().multiply(x, rows, values, panel, from, to, strip);
    } else {
      owner.kernels().multiplyAdd(x, rows, values, panel, from, to, strip);
    }
  }

  CpuBackend owner() {
    return owner;
  }

  Activation activation() {
    return activation;
  }

  @Override
  public int inputs() {
    return inputs;
  }

  @Override
  public int outputs() {
    return outputs;
  }
}
