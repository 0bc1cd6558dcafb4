package org.qieemo.cli;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.qieemo.Audio;
import org.qieemo.DecisionOptions;
import org.qieemo.Emotion;
import org.qieemo.EmotionRecognizer;

/**
 * Classifies many files, one per worker, and hands the results over in the order of the files. At
 * most a few results per worker wait for their turn, so that memory does not grow with the files.
 */
final class ArchiveRun {
  private static final int AHEAD_PER_WORKER = 4;

  private final EmotionRecognizer recognizer;
  private final DecisionOptions options;
  private final int workers;

  ArchiveRun(EmotionRecognizer recognizer, DecisionOptions options, int workers) {
    this.recognizer = recognizer;
    this.options = options;
    this.workers = workers;
  }

  /** Is told of each result, in the order of the files, by the thread that runs. */
  interface Sink {
    /** The next result. */
    void result(Heard heard);
  }

  /**
   * What became of a file.
   *
   * @param file as the user wrote it
   * @param emotion null for a file that failed
   * @param failure null for a file that did not
   */
  record Heard(String file, Emotion emotion, Throwable failure) {}

  /** Classifies the files. */
  void run(List<String> files, Sink sink) {
    ExecutorService pool = Executors.newFixedThreadPool(workers, ArchiveRun::daemon);
    try {
      Deque<Future<Heard>> ahead = new ArrayDeque<>();
      Iterator<String> next = files.iterator();
      while (next.hasNext() || !ahead.isEmpty()) {
        while (next.hasNext() && ahead.size() < AHEAD_PER_WORKER * workers) {
          String file = next.next();
          Callable<Heard> task = () -> hear(file);
          ahead.add(pool.submit(task));
        }
        sink.result(take(ahead.remove()));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "qieemo-archive");
    thread.setDaemon(true);
    return thread;
  }

  /** One file, here and now. */
  Heard hear(String file) {
    try {
      Inputs.requireNoFolder(file);
      return new Heard(file, recognizer.classify(Audio.read(Path.of(file)), options), null);
    } catch (Exception | OutOfMemoryError | StackOverflowError e) {
      return new Heard(file, null, e);
    }
  }

  private static Heard take(Future<Heard> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
