package org.qieemo.converter.family;

import java.io.IOException;
import java.util.Arrays;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.container.Bundle;
import org.qieemo.converter.source.Checkpoint;
import org.qieemo.converter.source.SourceTensor;
import org.qieemo.converter.text.Settings;
import org.qieemo.weights.FrontEndConfig;

/**
 * What a family converts.
 *
 * @param checkpoint the weights
 * @param config the configuration of the encoder
 * @param bundle the files beside the checkpoint
 * @param frontEnd the front end asked for, null to let the family choose
 */
public record EncoderSource(
    Checkpoint checkpoint, Settings config, Bundle bundle, FrontEndConfig.Kind frontEnd) {

  boolean has(String tensor) {
    return checkpoint.tensors().containsKey(tensor);
  }

  /** Rows of a matrix of the checkpoint. */
  int rows(String tensor) throws ModelFormatException {
    SourceTensor found = checkpoint.tensors().get(tensor);
    long[] shape = found.shape();
    if (shape.length < 1 || shape[0] > Integer.MAX_VALUE) {
      throw new ModelFormatException(
          checkpoint.source(), -1, "tensor " + tensor + ": no matrix: " + Arrays.toString(shape));
    }
    return (int) shape[0];
  }

  boolean hasFile(String file) {
    return bundle.files().contains(file);
  }

  /** A small file that stands beside the checkpoint. */
  byte[] read(String file) throws IOException {
    return bundle.read(file);
  }

  /** A file's name for messages. */
  String fileName(String file) {
    return bundle.name() + "/" + file;
  }
}
