package org.qieemo.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.qieemo.support.Repository;

/**
 * The numbered hostile inputs have tests that carry their numbers: {@code case60And61FmtFields}.
 * SECURITY.md says what the numbers mean.
 */
class InventoryTest {
  private static final int CASES = 71;
  private static final Pattern NAME = Pattern.compile("case(\\d+(?:And\\d+)*)[A-Z]\\w*");

  private static JavaClasses tests;

  @BeforeAll
  static void importTests() {
    tests =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
            .importPackages("org.qieemo");
  }

  @AfterAll
  static void free() {
    tests = null;
  }

  @Test
  void everyCaseHasATest() {
    TreeMap<Integer, List<String>> found = new TreeMap<>();
    for (JavaMethod test : caseTests()) {
      for (int number : numbers(test)) {
        found.computeIfAbsent(number, n -> new ArrayList<>()).add(test.getFullName());
      }
    }
    TreeSet<Integer> expected = new TreeSet<>(IntStream.rangeClosed(1, CASES).boxed().toList());
    assertEquals(expected, new TreeSet<>(found.keySet()));
  }

  @Test
  void theTableOfCasesNamesTheirTests() throws IOException {
    TreeSet<String> told = new TreeSet<>();
    Path table = Repository.root().resolve("docs/hostile-inputs.md");
    for (String row : Files.readAllLines(table)) {
      Matcher name = Pattern.compile("(\\w+): |`(case\\w+)`").matcher(row);
      String type = "";
      while (row.matches("\\| \\d+ .*") && name.find()) {
        type = name.group(1) == null ? type : name.group(1);
        if (name.group(2) != null) {
          told.add(row.split(" ")[1] + " " + type + " " + name.group(2));
        }
      }
    }
    TreeSet<String> expected = new TreeSet<>();
    for (JavaMethod test : caseTests()) {
      for (int number : numbers(test)) {
        String type = test.getOwner().getSimpleName();
        expected.add(number + " " + type + " " + test.getName());
      }
    }
    assertEquals(expected, told);
  }

  @Test
  void everyCaseTestLooksAtTheReasonOrAtTheResult() {
    List<String> blind = new ArrayList<>();
    for (JavaMethod test : caseTests()) {
      if (!asserts(test)) {
        blind.add(test.getFullName());
      }
    }
    assertEquals(List.of(), blind);
  }

  private List<JavaMethod> caseTests() {
    List<JavaMethod> found = new ArrayList<>();
    for (JavaClass type : tests) {
      for (JavaMethod method : type.getMethods()) {
        boolean test =
            method.isAnnotatedWith(Test.class) || method.isAnnotatedWith(ParameterizedTest.class);
        if (method.getName().matches("case\\d.*")) {
          assertTrue(test && NAME.matcher(method.getName()).matches(), method.getFullName());
          found.add(method);
        }
      }
    }
    return found;
  }

  private static Set<Integer> numbers(JavaMethod test) {
    Matcher matcher = NAME.matcher(test.getName());
    assertTrue(matcher.matches(), test.getName());
    Set<Integer> numbers = new TreeSet<>();
    for (String number : matcher.group(1).split("And")) {
      numbers.add(Integer.valueOf(number));
    }
    return numbers;
  }

  /**
   * Whether the method, or what it calls in the tests, compares something: an {@code assertThrows}
   * alone does not say why.
   */
  private static boolean asserts(JavaMethod test) {
    Set<JavaCodeUnit> seen = new HashSet<>();
    Deque<JavaCodeUnit> left = new ArrayDeque<>(List.of(test));
    while (!left.isEmpty()) {
      JavaCodeUnit unit = left.pop();
      if (!seen.add(unit)) {
        continue;
      }
      for (JavaMethodCall call : unit.getMethodCallsFromSelf()) {
        String name = call.getTarget().getName();
        boolean assertion = call.getTargetOwner().getName().endsWith("jupiter.api.Assertions");
        if (assertion && name.matches("assert(True|False|Equals|ArrayEquals)")) {
          return true;
        }
        if (call.getTargetOwner().getPackageName().startsWith("org.qieemo")) {
          call.getTarget().resolveMember().ifPresent(left::add);
        }
      }
    }
    return false;
  }
}
