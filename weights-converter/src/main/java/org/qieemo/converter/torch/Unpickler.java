package org.qieemo.converter.torch;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.torch.Pickled.Dict;
import org.qieemo.converter.torch.Pickled.Global;
import org.qieemo.converter.torch.Pickled.Module;
import org.qieemo.converter.torch.Pickled.Sequence;
import org.qieemo.converter.torch.Pickled.Storage;
import org.qieemo.converter.torch.Pickled.Tuple;

/**
 * Interprets a pickle of protocol 2 as constants: a closed set of opcodes, a closed set of globals,
 * a stack of its own, and a budget of objects in proportion to the bytes. Not thread-safe.
 */
final class Unpickler {
  private static final int MAX_STACK = 20_000;
  private static final int FREE_OBJECTS = 1000;
  private static final int BYTES_PER_OBJECT = 8;
  private static final int MAX_LONG_BYTES = 32;

  private final PickleInput in;
  private final Consumer<Storage> storages;
  private final Function<String, Global> globals;
  private final long start;
  private Object[] stack = new Object[64];
  private int size;
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private long objects;
  private long at;

  private Unpickler(PickleInput in, Consumer<Storage> storages, Function<String, Global> globals) {
    this.in = in;
    this.storages = storages;
    this.globals = globals;
    this.start = in.position();
  }

  /**
   * Reads the pickle at the input's position, up to its STOP.
   *
   * @throws ModelFormatException if it is damaged or asks for anything that is not allowed
   */
  static Object load(PickleInput in) throws IOException {
    return load(in, storage -> {});
  }

  /** The same, and tells of every storage that the pickle speaks of. */
  static Object load(PickleInput in, Consumer<Storage> storages) throws IOException {
    return new Unpickler(in, storages, TorchGlobals::find).load();
  }

  /** The pickle of a TorchScript archive. */
  static Object loadScript(PickleInput in) throws IOException {
    return new Unpickler(in, storage -> {}, TorchGlobals::findInScript).load();
  }

  private Object load() throws IOException {
    protocol();
    while (step()) {}
    return result();
  }

  private void protocol() throws IOException {
    at = in.position();
    if (in.uint8() != Opcode.PROTO) {
      throw error("not a pickle: expected PROTO");
    }
    int version = in.uint8();
    if (version != 2) {
      throw error("pickle protocol " + version + ": unsupported, save with pickle_protocol=2");
    }
  }

  private Object result() throws ModelFormatException {
    if (size != 1 || !marks.isEmpty()) {
      throw error("STOP with " + size + " values on the stack, expected 1");
    }
    return stack[0];
  }

  /** Interprets one opcode; false at STOP. */
  private boolean step() throws IOException {
    at = in.position();
    int opcode = in.uint8();
    switch (opcode) {
      case Opcode.STOP -> {
        return false;
      }
      case Opcode.MARK -> mark();
      case Opcode.BINPUT -> put(in.uint8());
      case Opcode.LONG_BINPUT -> put(in.unsigned(4));
      case Opcode.BINGET -> get(in.uint8());
      case Opcode.LONG_BINGET -> get(in.unsigned(4));
      case Opcode.SETITEM -> setItems(size - 2);
      case Opcode.SETITEMS -> setItems(popMark());
      case Opcode.APPEND -> append(size - 1);
      case Opcode.APPENDS -> append(popMark());
      case Opcode.BUILD -> build();
      default -> push(value(opcode));
    }
    return true;
  }

  private Object value(int opcode) throws IOException {
    return switch (opcode) {
      case Opcode.NONE -> null;
      case Opcode.NEWTRUE -> true;
      case Opcode.NEWFALSE -> false;
      case Opcode.BININT -> (long) (int) in.unsigned(4);
      case Opcode.BININT1 -> in.unsigned(1);
      case Opcode.BININT2 -> in.unsigned(2);
      case Opcode.LONG1 -> integer(in.uint8());
      case Opcode.BINFLOAT -> in.bigEndianDouble();
      case Opcode.BINUNICODE -> in.text(in.unsigned(4));
      case Opcode.SHORT_BINSTRING -> in.text(in.uint8());
      case Opcode.EMPTY_TUPLE -> Tuple.EMPTY;
      default -> object(opcode);
    };
  }

  /** A value that takes memory out of proportion to its opcode: it is counted. */
  private Object object(int opcode) throws IOException {
    countObject();
    return switch (opcode) {
      case Opcode.EMPTY_DICT -> new Dict();
      case Opcode.EMPTY_LIST, Opcode.EMPTY_SET -> new Sequence();
      case Opcode.TUPLE -> new Tuple(popFrom(popMark()));
      case Opcode.TUPLE1 -> new Tuple(popFrom(size - 1));
      case Opcode.TUPLE2 -> new Tuple(popFrom(size - 2));
      case Opcode.TUPLE3 -> new Tuple(popFrom(size - 3));
      case Opcode.GLOBAL -> global();
      case Opcode.BINPERSID -> storage();
      case Opcode.REDUCE, Opcode.NEWOBJ -> {
        Object arguments = pop();
        yield TorchObjects.reduce(pop(), arguments, at, this::error);
      }
      default ->
          throw error(String.format("opcode 0x%02x: no checkpoint needs it, refused", opcode));
    };
  }

  private void countObject() throws ModelFormatException {
    if (++objects > FREE_OBJECTS + (in.position() - start) / BYTES_PER_OBJECT) {
      throw error("more objects than a checkpoint of this size has");
    }
  }

  private Storage storage() throws ModelFormatException {
    Storage storage = TorchObjects.storage(pop(), at, this::error);
    storages.accept(storage);
    return storage;
  }

  private Object integer(int width) throws IOException {
    if (width > MAX_LONG_BYTES) {
      throw error("an integer of " + width + " bytes");
    }
    if (width <= Long.BYTES) {
      return integerOfLong(width);
    }
    byte[] bytes = new byte[width + 1];
    for (int i = width; i > 0; i--) {
      bytes[i] = (byte) in.uint8();
    }
    bytes[0] = (byte) (bytes[1] < 0 ? -1 : 0);
    BigInteger value = new BigInteger(bytes);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private long integerOfLong(int width) throws IOException {
    long value = 0;
    for (int i = 0; i < width; i++) {
      value |= (long) in.uint8() << 8 * i;
    }
    int unused = Long.SIZE - 8 * width;
    return width == 0 ? 0 : value << unused >> unused; // with its sign
  }

  private Global global() throws IOException {
    String name = in.line() + "." + in.line();
    Global global = globals.apply(name);
    if (global == null) {
      throw error(
          "global " + name + " is not allowed: save the plain state_dict of the model instead");
    }
    return global;
  }

  private void mark() throws ModelFormatException {
    if (marks.size() == MAX_STACK) {
      throw error("more than " + MAX_STACK + " marks");
    }
    marks.add(size);
  }

  private int popMark() throws ModelFormatException {
    if (marks.isEmpty()) {
      throw error("no MARK for this opcode");
    }
    return marks.remove(marks.size() - 1);
  }

  private void push(Object value) throws ModelFormatException {
    if (size == MAX_STACK) {
      throw error("more than " + MAX_STACK + " values on the stack: nested too deeply");
    }
    if (size == stack.length) {
      stack = Arrays.copyOf(stack, 2 * size);
    }
    stack[size++] = value;
  }

  private Object pop() throws ModelFormatException {
    requireFrom(size - 1);
    return stack[--size];
  }

  private Object[] popFrom(int from) throws ModelFormatException {
    requireFrom(from);
    Object[] values = Arrays.copyOfRange(stack, from, size);
    size = from;
    return values;
  }

  private Object peek() throws ModelFormatException {
    requireFrom(size - 1);
    return stack[size - 1];
  }

  /** The stack has values from {@code from} on, and they are not below the last mark. */
  private void requireFrom(int from) throws ModelFormatException {
    if (from < (marks.isEmpty() ? 0 : marks.get(marks.size() - 1))) {
      throw error("the stack is empty for this opcode");
    }
  }

  private void put(long index) throws ModelFormatException {
    if (index > in.position() - start) {
      throw error("memo index " + index + " is higher than this pickle can need");
    }
    memo.put(index, peek());
  }

  private void get(long index) throws ModelFormatException {
    if (!memo.containsKey(index)) {
      throw error("memo index " + index + " was never put");
    }
    push(memo.get(index));
  }

  private void setItems(int from) throws ModelFormatException {
    requireFrom(from - 1);
    if (!(stack[from - 1] instanceof Dict dict)) {
      throw error("SETITEM on something that is no dict");
    }
    if ((size - from) % 2 != 0) {
      throw error("SETITEMS with a key that has no value");
    }
    for (int i = from; i < size; i += 2) {
      countObject(); // the entry
      countObject(); // what becomes of it, a tensor with its name
      if (!(stack[i] instanceof String) && !(stack[i] instanceof Long)) {
        throw error("a dict key that is neither string nor integer");
      }
      if (!dict.put(stack[i], stack[i + 1])) {
        throw error("dict key '" + stack[i] + "' occurs twice");
      }
    }
    size = from;
  }

  private void append(int from) throws ModelFormatException {
    requireFrom(from - 1);
    if (!(stack[from - 1] instanceof Sequence list)) {
      throw error("APPEND to something that is no list");
    }
    for (int i = from; i < size; i++) {
      list.add(stack[i]);
    }
    size = from;
  }

  /** Sets attributes: a module keeps them, those of an OrderedDict (_metadata) are dropped. */
  private void build() throws ModelFormatException {
    Object state = pop();
    if (state instanceof Dict attributes && peek() instanceof Module module) {
      if (!module.build(attributes)) {
        throw error("BUILD of a module for the second time");
      }
    } else if (!(state instanceof Dict) || !(peek() instanceof Dict)) {
      throw error("BUILD of something that is no OrderedDict with a dict");
    }
  }

  private ModelFormatException error(String reason) {
    return in.error(at, reason);
  }
}
