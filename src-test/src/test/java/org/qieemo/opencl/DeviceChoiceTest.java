package org.qieemo.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.opencl.OpenClProvider;

/** Choosing a device by index, by name, by property. */
class DeviceChoiceTest {
  private static List<String> devices;

  @BeforeAll
  static void find() {
    OpenCl.orSkip();
    devices = new OpenClProvider().details();
  }

  private static String open(String device) {
    try (Backend backend =
        Backends.open("opencl", new BackendOptions(0, device, BackendOptions.UNKNOWN))) {
      return backend.description();
    }
  }

  @Test
  void byIndexAndByPartOfTheName() {
    String line = devices.get(0); // "device 0: NAME (CPU, ..."
    assertTrue(line.startsWith("device 0: "), line);
    String name = line.substring("device 0: ".length(), line.indexOf(" ("));
    String part = name.substring(name.length() / 3).toUpperCase(Locale.ROOT);
    assertTrue(open("0").contains(name));
    assertTrue(open(part).contains(name));
    System.setProperty(OpenClProvider.DEVICE_PROPERTY, "0");
    try {
      assertTrue(open("").contains(name));
    } finally {
      System.clearProperty(OpenClProvider.DEVICE_PROPERTY);
    }
  }

  @Test
  void unknownDevicesAreRefusedWithTheKnownOnes() {
    for (String unknown : new String[] {"9999", "abacus"}) {
      String message = assertThrows(BackendException.class, () -> open(unknown)).getMessage();
      assertTrue(message.startsWith("no OpenCL device '" + unknown + "'"), message);
      assertTrue(message.contains("0: "), message);
      assertEquals(1, message.lines().count());
    }
  }
}
