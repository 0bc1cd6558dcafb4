package org.qieemo;

import java.lang.reflect.Proxy;
import java.util.List;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.Execution;

/** Back ends without kernels that count in plain memory what is open. */
final class Places {
  /** One of them. */
  static final class Place {
    private final String name;
    private volatile int opened;
    private int closed; // plain: who may not see it must not need it

    Place(String name) {
      this.name = name;
    }

    ModelOnBackend prepared() {
      opened++;
      return new ModelOnBackend(null, backend(), List.of());
    }

    private Backend backend() {
      return proxy(
          Backend.class,
          (self, method, arguments) ->
              switch (method.getName()) {
                case "newExecution" -> execution();
                case "close" -> {
                  closed++;
                  yield null;
                }
                case "name", "description" -> name;
                default -> throw new AssertionError(method);
              });
    }

    private Execution execution() {
      return proxy(Execution.class, (self, method, arguments) -> null);
    }

    private static <T> T proxy(Class<T> type, java.lang.reflect.InvocationHandler handler) {
      return type.cast(
          Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    int closed() {
      return closed;
    }

    int opened() {
      return opened;
    }

    /** A call: 1 if nothing was freed before its end, else 2. */
    int call() {
      int before = closed;
      Thread.yield(); // room for a close
      return before + closed == 0 ? 1 : 2;
    }
  }

  private Places() {}

  /** A call, or 0 if it is refused. */
  static int call(ModelCalls calls, Place place) {
    try {
      return calls.run((model, forward) -> place.call());
    } catch (IllegalStateException e) {
      return 0;
    }
  }

  /** A call that fails on the first place and is repeated on the second, or 0 if it is refused. */
  static int failingCall(ModelCalls calls, Place first, Place second) {
    try {
      return calls.on(
          pool -> {
            boolean onFirst = pool.backend().name().equals(first.name);
            int result = (onFirst ? first : second).call();
            if (onFirst && result == 1) {
              throw new BackendException("fails");
            }
            return result;
          });
    } catch (IllegalStateException e) {
      return 0;
    }
  }
}
