package org.qieemo.model;

import static org.qieemo.weights.TensorNames.BIAS;
import static org.qieemo.weights.TensorNames.WEIGHT;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;
import org.qieemo.weights.ModelConfig;
import org.qieemo.weights.ModelFile;

/**
 * A place in the tree of tensor names, from which layers load their weights onto a back end.
 *
 * @param backend where weights are prepared
 * @param file where they come from
 * @param path names behind this are relative to it
 */
record WeightScope(Backend backend, ModelFile file, String path) {

  /** A place further down, such as {@code ".attn"}. */
  WeightScope at(String name) {
    return new WeightScope(backend, file, path + name);
  }

  ModelConfig config() {
    return file.config();
  }

  HostTensor tensor(String name) {
    return file.tensor(path + name);
  }

  /** y = act(x W^T + b) of {@code name.weight} and {@code name.bias}. */
  Linear linear(String name, Activation activation) {
    return backend.linear(tensor(name + WEIGHT), tensor(name + BIAS), activation);
  }

  /** Several linear layers with the same input as one: their results lie side by side. */
  Linear stackedLinear(String... names) {
    HostTensor[] weights = new HostTensor[names.length];
    HostTensor[] biases = new HostTensor[names.length];
    for (int i = 0; i < names.length; i++) {
      weights[i] = tensor(names[i] + WEIGHT);
      biases[i] = tensor(names[i] + BIAS);
    }
    return backend.linear(HostTensor.stack(weights), HostTensor.stack(biases), Activation.NONE);
  }

  /** A LayerNorm of {@code name.weight} and {@code name.bias}. */
  Norm norm(String name, float eps, Activation activation) {
    return backend.layerNorm(tensor(name + WEIGHT), tensor(name + BIAS), eps, activation);
  }

  /** A LayerNorm of the encoder. */
  Norm encoderNorm(String name) {
    return norm(name, config().encoder().normEps(), Activation.NONE);
  }

  /** A LayerNorm of the fusion, eps 1e-5. */
  Norm fusionNorm(String name) {
    return norm(name, 1e-5f, Activation.NONE);
  }
}
