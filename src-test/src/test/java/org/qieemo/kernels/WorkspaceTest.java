package org.qieemo.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tensors are reused, views share memory, a warm forward allocates nothing, closing is final. */
class WorkspaceTest {
  @ParameterizedTest
  @MethodSource("org.qieemo.kernels.Cpu#kernels")
  void aWarmSequenceAllocatesNothing(String kernels) {
    ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int threads : new int[] {1, 3}) {
      try (Backend backend = Cpu.open(kernels, threads);
          Execution execution = backend.newExecution()) {
        Sequence sequence = new Sequence(backend);
        int[] lengths = {203, 7, 60, 3, 121};
        Sequence.Inputs in = new Sequence.Inputs(lengths, lengths, 101);
        // the Vector API boxes until C2 has compiled its callers
        long least = Long.MAX_VALUE;
        int runs = 20;
        for (int round = 0; round < 100 && least > 0; round++) {
          long before = meter.getCurrentThreadAllocatedBytes();
          for (int i = 0; i < runs; i++) {
            sequence.run(execution, in);
          }
          least = Math.min(least, meter.getCurrentThreadAllocatedBytes() - before);
        }
        assertTrue(least < 100, kernels + ": " + runs + " warm runs allocated " + least + " bytes");
      }
    }
  }

  @Test
  void takesInStackOrderAndReusesMemory() {
    try (Backend backend = Cpu.open("plain", 1);
        Execution e = backend.newExecution()) {
      int mark = e.mark();
      Tensor a = e.take(3, 4);
      assertEquals(mark + 1, e.mark());
      e.release(mark);
      Tensor b = e.take(2, 5);
      assertEquals(a, b, "the same slot with another shape");
      assertEquals(2, b.rows());
      assertEquals(5, b.cols());
      assertThrows(IllegalArgumentException.class, () -> e.release(2));
      assertThrows(IllegalArgumentException.class, () -> e.release(-1));
    }
  }

  @Test
  void constantsAreRowsOfAnArray() {
    float[] values = {0, 1, 2, 3, 4, 5, 6, 7};
    try (Backend backend = Cpu.open("plain", 1);
        Execution e = backend.newExecution()) {
      float[] found = new float[4];
      e.read(e.constant(values, 1, 2, 2), found, 0);
      assertArrayEquals(new float[] {2, 3, 4, 5}, found);
      assertThrows(ShapeException.class, () -> e.constant(values, 3, 2, 2));
    }
  }

  @Test
  void viewsShareMemory() {
    try (Backend backend = Cpu.open("plain", 1);
        Execution e = backend.newExecution()) {
      Tensor whole = Matrix.random(6, 8, 1).on(e);
      Tensor inner = e.columns(e.rows(whole, 2, 3), 4, 2);
      Matrix six = new Matrix(3, 2, new float[] {1, 2, 3, 4, 5, 6});
      e.write(six.values, 0, inner);
      Matrix all = Matrix.read(e, whole);
      assertEquals(1f, all.at(2, 4));
      assertEquals(4f, all.at(3, 5));
      assertEquals(6f, all.at(4, 5));
      Tensor flat = e.reshape(whole, 4, 12);
      assertEquals(all.at(2, 4), Matrix.read(e, flat).at(1, 8));
      Tensor rows = e.reshape(e.rows(whole, 1, 2), 16, 1);
      assertEquals(all.at(2, 4), Matrix.read(e, rows).at(12, 0));
      Matrix.assertSame(six, Matrix.read(e, inner), "view");
    }
  }

  @Test
  void refusesViewsThatDoNotFit() {
    try (Backend backend = Cpu.open("plain", 1);
        Execution e = backend.newExecution()) {
      Tensor t = e.take(4, 6);
      assertThrows(ShapeException.class, () -> e.columns(t, 3, 4));
      assertThrows(ShapeException.class, () -> e.columns(t, -1, 2));
      assertThrows(ShapeException.class, () -> e.rows(t, 4, 1));
      assertThrows(ShapeException.class, () -> e.rows(t, 0, -1));
      assertThrows(ShapeException.class, () -> e.rows(t, 1, Integer.MAX_VALUE));
      assertThrows(ShapeException.class, () -> e.reshape(t, 5, 5));
      assertThrows(ShapeException.class, () -> e.reshape(t, -4, -6));
      Tensor narrow = e.columns(t, 0, 3);
      assertThrows(ShapeException.class, () -> e.reshape(narrow, 3, 4));
      assertThrows(ShapeException.class, () -> e.take(-1, 2));
      assertThrows(ShapeException.class, () -> e.take(1 << 20, 1 << 20));
      assertThrows(ShapeException.class, () -> e.write(new float[24], 1, t));
      assertThrows(ShapeException.class, () -> e.read(t, new float[23], 0));
      assertThrows(ShapeException.class, () -> e.read(t, new float[99], -1));
    }
  }

  @Test
  void emptyTensorsAreFine() {
    try (Backend backend = Cpu.open("plain", 1);
        Execution e = backend.newExecution()) {
      Linear layer = backend.linear(Matrix.random(4, 3, 1).weight(), null, Activation.NONE);
      Tensor none = e.take(0, 3);
      Tensor out = e.take(0, 4);
      e.linear(none, layer, out);
      e.softmax(none, none);
      Attention attention = backend.attention(AttentionSpec.plain(4, 2));
      e.attention(attention, out, e.take(0, 8), null, new Segments(), out);
      e.attention(attention, out, e.take(0, 8), null, Segments.single(0), out);
      assertEquals(0, out.rows());
    }
  }

  @Test
  void closingIsFinalAndMayBeRepeated() {
    Backend backend = Cpu.open("plain", 3);
    HostTensor w = Matrix.random(4, 3, 1).weight();
    Execution first = backend.newExecution();
    Tensor t = first.take(2, 3);
    first.close();
    first.close();
    assertThrows(IllegalStateException.class, () -> first.take(1, 1));
    assertThrows(IllegalStateException.class, () -> first.softmax(t, t));
    assertThrows(IllegalStateException.class, () -> first.read(t, new float[6], 0));
    Execution second = backend.newExecution();
    Tensor s = second.take(2, 3);
    backend.close();
    backend.close();
    assertThrows(IllegalStateException.class, () -> second.softmax(s, s));
    assertThrows(IllegalStateException.class, () -> second.take(1, 1));
    assertThrows(IllegalStateException.class, backend::newExecution);
    assertThrows(IllegalStateException.class, () -> backend.linear(w, null, Activation.NONE));
    second.close();
  }

  @Test
  void refusesWhatBelongsToOthers() {
    try (Backend backend = Cpu.open("plain", 1);
        Backend other = Cpu.open("vector", 1);
        Execution e = backend.newExecution();
        Execution f = backend.newExecution()) {
      Tensor mine = e.take(2, 3);
      Tensor theirs = f.take(2, 3);
      assertThrows(IllegalArgumentException.class, () -> e.softmax(mine, theirs));
      Linear foreign = other.linear(Matrix.random(3, 3, 1).weight(), null, Activation.NONE);
      assertThrows(IllegalArgumentException.class, () -> e.linear(mine, foreign, mine));
    }
  }
}
