package example;

import java.nio.file.Path;
import org.qieemo.EmotionRecognizer;

public class Hello {
  public static void main(String[] files) throws Exception {
    try (EmotionRecognizer recognizer = EmotionRecognizer.embedded()) {
      for (String file : files) {
        System.out.println(file + ": " + recognizer.classify(Path.of(file)));
      }
    }
  }
}
