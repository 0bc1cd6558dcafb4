package org.qieemo.opencl;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.device.Device;
import org.qieemo.kernels.device.DeviceHealth;
import org.qieemo.kernels.device.Kernel;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.Limits;
import org.qieemo.kernels.device.Memory;
import org.qieemo.kernels.device.Program;
import org.qieemo.kernels.device.Queue;
import org.qieemo.kernels.device.Region;
import org.qieemo.kernels.device.Timings;

/**
 * A device that counts what it has handed out and not got back, and fails when it is told to. It
 * can also permit less than the device behind it.
 */
final class CountingDevice implements Device {
  /** What can be made to fail. */
  enum Fault {
    ALLOCATION,
    BUILD,
    QUEUE,
    /** A copy, or a kernel that is asked for. */
    COMMAND
  }

  private final Device device;
  private final Limits limits;
  private final AtomicInteger live = new AtomicInteger();
  private final AtomicInteger[] made = new AtomicInteger[Fault.values().length];
  private final DeviceHealth health = new DeviceHealth("the counting device");
  private volatile Fault fault;
  private volatile int failing; // the how-manieth of its kind fails
  private volatile boolean forGood;
  private volatile boolean closed;

  CountingDevice(Device device) {
    this(device, device.limits());
  }

  CountingDevice(Device device, Limits limits) {
    this.device = device;
    this.limits = limits;
    for (int i = 0; i < made.length; i++) {
      made[i] = new AtomicInteger();
    }
  }

  /** Makes the n-th of a kind from now on fail, n counted from 1. */
  void failAt(Fault kind, int n) {
    failing = made[kind.ordinal()].get() + n;
    fault = kind;
  }

  /** As {@link #failAt}, and nothing but closing works afterwards. */
  void loseAt(Fault kind, int n) {
    forGood = true;
    failAt(kind, n);
  }

  /** How many of a kind were asked for. */
  int made(Fault kind) {
    return made[kind.ordinal()].get();
  }

  /** Objects handed out and not closed. */
  int live() {
    return live.get();
  }

  boolean isClosed() {
    return closed;
  }

  private void count(Fault kind) {
    health.require();
    int n = made[kind.ordinal()].incrementAndGet();
    if (kind == fault && n == failing) {
      String message = "injected: " + kind + " " + n;
      throw forGood ? health.lose(message) : new BackendException(message);
    }
    if (kind != Fault.COMMAND) {
      live.incrementAndGet();
    }
  }

  @Override
  public String backend() {
    return device.backend();
  }

  @Override
  public String description() {
    return device.description();
  }

  @Override
  public Limits limits() {
    return limits;
  }

  @Override
  public boolean replays() {
    return device.replays();
  }

  @Override
  public Memory allocate(long bytes) {
    count(Fault.ALLOCATION);
    return new Counted(device.allocate(bytes));
  }

  @Override
  public Program build(KernelText text) {
    count(Fault.BUILD);
    return new CountedProgram(device.build(text));
  }

  @Override
  public Queue newQueue() {
    count(Fault.QUEUE);
    return new CountedQueue(device.newQueue());
  }

  @Override
  public Queue newQueue(Timings timings) {
    count(Fault.QUEUE);
    return new CountedQueue(device.newQueue(timings));
  }

  @Override
  public void close() {
    closed = true;
    device.close();
  }

  /** Memory that is counted until it is closed. */
  private final class Counted implements Memory {
    private final Memory memory;
    private boolean freed;

    Counted(Memory memory) {
      this.memory = memory;
    }

    @Override
    public long bytes() {
      return memory.bytes();
    }

    @Override
    public synchronized void close() {
      if (!freed) {
        freed = true;
        live.decrementAndGet();
      }
      memory.close();
    }
  }

  /** A program that is counted until it is closed. */
  private final class CountedProgram implements Program {
    private final Program program;
    private boolean freed;

    CountedProgram(Program program) {
      this.program = program;
    }

    @Override
    public synchronized void close() {
      if (!freed) {
        freed = true;
        live.decrementAndGet();
      }
      if (!(device instanceof SharedDevice)) {
        program.close();
      }
    }
  }

  /** A queue that is counted until it is closed, and knows counted memory and programs. */
  private final class CountedQueue implements Queue {
    private final Queue queue;
    private boolean freed;

    CountedQueue(Queue queue) {
      this.queue = queue;
    }

    @Override
    public void upload(ByteBuffer from, Memory to) {
      count(Fault.COMMAND);
      queue.upload(from, inner(to));
    }

    @Override
    public void write(ByteBuffer from, Memory to) {
      count(Fault.COMMAND);
      queue.write(from, inner(to));
    }

    @Override
    public void write(float[] from, int offset, Region to) {
      count(Fault.COMMAND);
      queue.write(from, offset, inner(to));
    }

    @Override
    public void read(Region from, float[] to, int offset) {
      count(Fault.COMMAND);
      queue.read(inner(from), to, offset);
    }

    @Override
    public Kernel kernel(Program program, String name) {
      count(Fault.COMMAND);
      return new CountedKernel(queue.kernel(((CountedProgram) program).program, name));
    }

    @Override
    public void close() {
      if (!freed) {
        freed = true;
        live.decrementAndGet();
      }
      queue.close();
    }
  }

  private static Memory inner(Memory memory) {
    return ((Counted) memory).memory;
  }

  private static Region inner(Region r) {
    return new Region(inner(r.memory()), r.offset(), r.rows(), r.cols(), r.stride());
  }

  /** A kernel that takes counted memory. */
  private record CountedKernel(Kernel kernel) implements Kernel {
    @Override
    public Kernel memory(Memory value) {
      kernel.memory(inner(value));
      return this;
    }

    @Override
    public Kernel integer(int value) {
      kernel.integer(value);
      return this;
    }

    @Override
    public Kernel real(float value) {
      kernel.real(value);
      return this;
    }

    @Override
    public void launch(org.qieemo.kernels.device.Grid grid) {
      kernel.launch(grid);
    }
  }
}
