package org.qieemo.kernels.cuda;

import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import org.qieemo.kernels.device.Memory;

/**
 * Device memory. A launch that has not been given to the driver yet holds it; the driver itself
 * waits for the launches that it has before it frees.
 */
final class CudaMemory implements Memory {
  private final CudaDevice device;
  private final Address address;
  private final long bytes;
  private int holders = 1; // the owner and launches in waiting; guarded by this
  private boolean closed; // guarded by this

  /** A device pointer that shows its value. */
  static final class Address extends CUdeviceptr {
    Address() {}

    private Address(Address from, long offset) {
      super(from, offset);
    }

    /** The address as kernels get it. */
    long value() {
      return getNativePointer() + getByteOffset();
    }

    Address plus(long offset) {
      return new Address(this, offset);
    }
  }

  CudaMemory(CudaDevice device, Address address, long bytes) {
    this.device = device;
    this.address = address;
    this.bytes = bytes;
  }

  /** The address, for a copy that is given to the driver at once. */
  static Address of(Memory memory) {
    CudaMemory mine = (CudaMemory) memory;
    mine.requireOpen();
    return mine.address;
  }

  private synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this device memory was freed");
    }
  }

  /** Keeps the memory for a launch. */
  synchronized void hold() {
    requireOpen();
    holders++;
  }

  /** The launch is with the driver. */
  synchronized void release() {
    holders--;
    if (holders == 0) {
      device.enterToFree();
      JCudaDriver.cuMemFree(address);
    }
  }

  long address() {
    return address.value();
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      release();
    }
  }
}
