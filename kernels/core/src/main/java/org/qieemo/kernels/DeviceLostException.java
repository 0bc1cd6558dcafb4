package org.qieemo.kernels;

/** A device has failed for good: nothing on that back end works any more but closing it. */
public final class DeviceLostException extends BackendException {
  private static final long serialVersionUID = 1L;

  /** With a one-line message. */
  public DeviceLostException(String message) {
    super(message);
  }
}
