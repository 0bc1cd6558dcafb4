package org.qieemo.opencl;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.qieemo.kernels.device.Device;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.Limits;
import org.qieemo.kernels.device.Memory;
import org.qieemo.kernels.device.Program;
import org.qieemo.kernels.device.Queue;
import org.qieemo.kernels.device.Timings;

/**
 * A device that outlives the back ends on it and builds each kernel text once, so that a test may
 * open a hundred back ends. {@link #free()} ends it.
 */
final class SharedDevice implements Device {
  private final Device device;
  private final Map<String, Program> built = new ConcurrentHashMap<>(); // by text

  SharedDevice(Device device) {
    this.device = device;
  }

  /** Frees the programs and the device. */
  void free() {
    built.values().forEach(Program::close);
    device.close();
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
    return device.limits();
  }

  @Override
  public Memory allocate(long bytes) {
    return device.allocate(bytes);
  }

  /** The shared program itself, which {@link CountingDevice} therefore does not close. */
  @Override
  public Program build(KernelText text) {
    return built.computeIfAbsent(text.text(), t -> device.build(text));
  }

  @Override
  public Queue newQueue() {
    return device.newQueue();
  }

  @Override
  public Queue newQueue(Timings timings) {
    return device.newQueue(timings);
  }

  @Override
  public void close() {}
}
