package org.qieemo.converter.family;

import java.io.IOException;
import java.util.Arrays;
import org.qieemo.FormatException;
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
    return dimension(tensor, 0);
  }

  /** Columns of a matrix of the checkpoint. */
  int columns(String tensor) throws ModelFormatException {
    return dimension(tensor, 1);
  }

  private int dimension(String tensor, int i) throws ModelFormatException {
    SourceTensor found = checkpoint.tensors().get(tensor);
    if (found == null) {
      throw problem("tensor " + tensor + " is missing");
    }
    long[] shape = found.shape();
    if (shape.length <= i || shape[i] > Integer.MAX_VALUE) {
      throw problem("tensor " + tensor + ": no matrix: " + Arrays.toString(shape));
    }
    return (int) shape[i];
  }

  private ModelFormatException problem(String reason) {
    return new ModelFormatException(checkpoint.source(), FormatException.NO_OFFSET, reason);
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
