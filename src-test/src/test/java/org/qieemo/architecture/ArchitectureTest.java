package org.qieemo.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows of the house: which package may know which. */
class ArchitectureTest {
  private static final String KERNELS = "org.qieemo.kernels..";
  private static final String OPENCL = "org.qieemo.kernels.opencl..";
  private static final String CUDA = "org.qieemo.kernels.cuda..";
  private static final String[] ENGINE = {
    "org.qieemo",
    "org.qieemo.audio",
    "org.qieemo.evaluation",
    "org.qieemo.model",
    "org.qieemo.weights"
  };
  private static JavaClasses product;

  @BeforeAll
  static void importProduct() {
    product =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.qieemo");
  }

  @Test
  void kernelsKnowNothingOfSpeech() {
    noClasses()
        .that()
        .resideInAPackage(KERNELS)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(with(ENGINE, "org.qieemo.converter..", "org.qieemo.cli.."))
        .check(product);
  }

  @Test
  void theEngineKnowsNeitherConverterNorCommandLine() {
    noClasses()
        .that()
        .resideInAnyPackage(ENGINE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.qieemo.converter..", "org.qieemo.cli..")
        .check(product);
  }

  @Test
  void theConverterDoesNotKnowTheCommandLine() {
    noClasses()
        .that()
        .resideInAPackage("org.qieemo.converter..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.qieemo.cli..")
        .check(product);
  }

  @Test
  void nobodyButTheKernelsKnowsWhichBackEndRuns() {
    noClasses()
        .that()
        .resideOutsideOfPackage(KERNELS)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.qieemo.kernels.cpu..",
            "org.qieemo.kernels.plain..",
            "org.qieemo.kernels.vector..",
            "org.qieemo.kernels.device..",
            OPENCL,
            CUDA)
        .check(product);
  }

  @Test
  void onlyTheOpenClBackEndKnowsJocl() {
    noClasses()
        .that()
        .resideOutsideOfPackage(OPENCL)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.jocl..")
        .check(product);
  }

  @Test
  void onlyTheCudaBackEndKnowsJcuda() {
    noClasses()
        .that()
        .resideOutsideOfPackage(CUDA)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jcuda..")
        .check(product);
  }

  @Test
  void theContractAndTheCpuKnowNoDevice() {
    noClasses()
        .that()
        .resideInAnyPackage("org.qieemo.kernels", "org.qieemo.kernels.cpu..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.qieemo.kernels.device..", OPENCL, CUDA)
        .check(product);
    noClasses()
        .that()
        .resideInAPackage("org.qieemo.kernels.device..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(OPENCL, CUDA, "org.qieemo.kernels.cpu..")
        .check(product);
  }

  @Test
  void onlyTheVectorKernelsTouchTheIncubatingModule() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.qieemo.kernels.vector..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator..")
        .check(product);
  }

  @Test
  void theProductNeedsTheJdkAlone() {
    classes()
        .that()
        .resideInAPackage("org.qieemo..")
        .and()
        .resideOutsideOfPackages(OPENCL, CUDA)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("org.qieemo..", "java..", "jdk.incubator.vector..")
        .check(product);
  }

  @Test
  void thereIsNoMutableStaticState() {
    fields().that().areStatic().should().beFinal().check(product);
  }

  @Test
  void onlyMainEndsTheProcess() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("org.qieemo.cli.Main")
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(product);
  }

  @Test
  void theLibraryDoesNotPrint() {
    GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(
        product.that(notCommandLine()));
  }

  @Test
  void packagesOfTheEngineHaveNoCycles() {
    slices()
        .matching("org.qieemo.(kernels|converter|cli)..")
        .should()
        .beFreeOfCycles()
        .check(product);
    slices().matching("org.qieemo.kernels.(*)..").should().beFreeOfCycles().check(product);
  }

  private static com.tngtech.archunit.base.DescribedPredicate<
          com.tngtech.archunit.core.domain.JavaClass>
      notCommandLine() {
    return com.tngtech.archunit.base.DescribedPredicate.describe(
        "outside the command line", c -> !c.getPackageName().startsWith("org.qieemo.cli"));
  }

  private static String[] with(String[] packages, String... more) {
    String[] all = java.util.Arrays.copyOf(packages, packages.length + more.length);
    System.arraycopy(more, 0, all, packages.length, more.length);
    return all;
  }
}
