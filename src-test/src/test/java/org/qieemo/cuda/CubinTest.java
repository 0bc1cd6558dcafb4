package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.qieemo.opencl.Comparison.random;
import static org.qieemo.opencl.Comparison.weight;

import java.util.List;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.DeviceLostException;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.Tensor;
import org.qieemo.kernels.cuda.CudaDevices;
import org.qieemo.kernels.cuda.CudaKernels;
import org.qieemo.kernels.cuda.CudaProvider;
import org.qieemo.kernels.device.Device;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.Program;
import org.qieemo.opencl.Comparison.Frame;

/** Which of the jar's cubins the driver gets, and that PTX takes their place where it must. */
class CubinTest {
  private static final String PROPERTY = "qieemo.cuda.cubins";

  @BeforeEach
  void needsTheEmulation() {
    CudaUnderTest.orSkip();
    Assumptions.assumeFalse(CudaUnderTest.isReal(), "needs the emulated driver");
  }

  @AfterEach
  void restore() {
    System.clearProperty(PROPERTY);
    if (CudaUnderTest.isThere() && !CudaUnderTest.isReal()) {
      Control.refuseCubins(0);
      Control.refusePtx(0);
      Control.capability(80);
      Control.version(12020);
      Control.heal();
    }
  }

  /** What the driver got while a text was built. */
  private record Loaded(long cubins, long ptx, long tried) {
    static Loaded of(KernelText text) {
      Loaded before = now();
      long objects = Control.objects();
      try (Device device = CudaDevices.open("")) {
        Program program = device.build(text);
        assertEquals(objects + 1, Control.objects());
        program.close();
        assertEquals(objects, Control.objects());
      }
      Loaded after = now();
      return new Loaded(
          after.cubins - before.cubins, after.ptx - before.ptx, after.tried - before.tried);
    }

    private static Loaded now() {
      return new Loaded(Control.cubinsLoaded(), Control.ptxLoaded(), Control.cubinsTried());
    }
  }

  private static final Loaded A_CUBIN = new Loaded(1, 0, 1);
  private static final Loaded PTX_ALONE = new Loaded(0, 1, 0);
  private static final Loaded PTX_AFTER_A_CUBIN = new Loaded(0, 1, 1);

  private static KernelText text() {
    return CudaKernels.attention(DType.BF16, PositionTerm.KEY).orElseThrow().text();
  }

  @ParameterizedTest
  @CsvSource({"80,80", "86,80", "87,80", "89,80", "90,90"})
  void aDeviceGetsTheCubinOfItsMajorNumber(int capability, int madeFor) {
    Control.capability(capability);
    assertEquals(A_CUBIN, Loaded.of(text()));
    assertEquals(madeFor, Control.lastCubin());
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 100, 103, 110, 120})
  void otherDevicesGetPtx(int capability) {
    Control.capability(capability);
    assertEquals(PTX_ALONE, Loaded.of(CudaKernels.sources().get(0).text()));
  }

  @Test
  void everyTextThatHasACubinIsLoadedFromIt() {
    for (int capability : new int[] {80, 90}) {
      Control.capability(capability);
      String gpu = "sm_" + capability;
      for (CudaKernels.Source source : CudaKernels.sources()) {
        boolean has = CudaKernels.cubins(source).stream().anyMatch(c -> c.gpu().equals(gpu));
        Loaded expected = has ? A_CUBIN : PTX_ALONE;
        assertEquals(expected, Loaded.of(source.text()), capability + ": " + source.file());
      }
    }
  }

  @Test
  void aTextOfAnotherDigestGetsNoCubin() {
    KernelText text = text();
    KernelText changed = new KernelText(text.name(), text.text() + " ");
    BackendException e = assertThrows(BackendException.class, () -> Loaded.of(changed));
    assertTrue(e.getMessage().contains("compiled from another text"), e.getMessage());
  }

  @Test
  void driversOlderThanTheAssemblerGetPtx() {
    Control.version(11_080);
    assertEquals(PTX_ALONE, Loaded.of(text()));
    Control.version(12_000);
    assertEquals(A_CUBIN, Loaded.of(text()));
    Control.version(13_000);
    assertEquals(A_CUBIN, Loaded.of(text()));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        CUresult.CUDA_ERROR_INVALID_IMAGE,
        CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU,
        CUresult.CUDA_ERROR_INVALID_PTX,
        CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
        CUresult.CUDA_ERROR_INVALID_SOURCE,
        CUresult.CUDA_ERROR_NOT_SUPPORTED
      })
  void ptxTakesThePlaceOfARefusedCubin(int code) {
    Control.refuseCubins(code);
    assertEquals(PTX_AFTER_A_CUBIN, Loaded.of(text()));
  }

  @Test
  void ofBothRefusedThePtxIsTheOneToTell() {
    Control.refuseCubins(CUresult.CUDA_ERROR_INVALID_IMAGE);
    Control.refusePtx(CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
    BackendException e = assertThrows(BackendException.class, () -> Loaded.of(text()));
    assertEquals(
        "the NVIDIA driver refuses to load the kernels of attention bf16 key"
            + " (CUDA_ERROR_UNSUPPORTED_PTX_VERSION): update the driver, or use --backend cpu",
        e.getMessage());
  }

  @Test
  void aDeviceLostAtACubinIsLost() {
    Control.refuseCubins(CUresult.CUDA_ERROR_ECC_UNCORRECTABLE);
    long before = Control.ptxLoaded();
    assertThrows(DeviceLostException.class, () -> Loaded.of(text()));
    Control.refuseCubins(0);
    Control.heal();
    assertEquals(before, Control.ptxLoaded());
  }

  @Test
  void thePropertyTurnsThemOff() {
    System.setProperty(PROPERTY, "off");
    assertEquals(PTX_ALONE, Loaded.of(text()));
    System.setProperty(PROPERTY, "on");
    assertEquals(A_CUBIN, Loaded.of(text()));
    System.setProperty(PROPERTY, "maybe");
    BackendException e = assertThrows(BackendException.class, () -> CudaDevices.open(""));
    assertEquals("-Dqieemo.cuda.cubins=maybe is neither on nor off", e.getMessage());
  }

  @Test
  void resultsAreRightFromPtxToo() {
    try (Backend cpu = Backends.open("cpu", new BackendOptions(0))) {
      product(cpu); // from cubins, as all other tests
      System.setProperty(PROPERTY, "off");
      product(cpu);
      System.clearProperty(PROPERTY);
      Control.refuseCubins(CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU);
      product(cpu);
    }
  }

  private static void product(Backend cpu) {
    HostTensor bias = weight(2, 72);
    RoundedFactors.compare(
        cpu,
        "37 x 40 x 72",
        DType.BF16,
        weight(1, 72, 40),
        random(37 * 40, 3),
        (backend, e, w, x) -> linear(backend, e, w, bias, x));
  }

  private static Frame linear(
      Backend backend, Execution e, HostTensor w, HostTensor bias, float[] x) {
    Frame out = RoundedFactors.frame(e, 37, 72, 7);
    Tensor in = RoundedFactors.input(e, 37, 40, x);
    e.linear(in, backend.linear(w, bias, Activation.NONE), out.view());
    return out;
  }

  @Test
  void theDoctorTellsWhatADeviceGets() {
    assertEquals(
        "its kernels: compiled for compute capability 8.0, or PTX where the driver refuses them",
        said());
    Control.capability(90);
    assertTrue(said().startsWith("its kernels: compiled for compute capability 9.0"), said());
    Control.capability(120);
    assertTrue(said().startsWith("its kernels: PTX, which the driver compiles"), said());
    Control.capability(80);
    System.setProperty(PROPERTY, "off");
    assertTrue(said().startsWith("its kernels: PTX, which the driver compiles"), said());
    System.setProperty(PROPERTY, "1");
    assertEquals("-Dqieemo.cuda.cubins=1 is neither on nor off", said());
  }

  /** The line behind the device's. */
  private static String said() {
    List<String> lines = new CudaProvider().details();
    assertFalse(lines.get(0).contains("not usable"), lines.toString());
    return lines.get(1);
  }
}
