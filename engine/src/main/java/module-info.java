/** What the paper does: audio, model, weights, and the API. */
@SuppressWarnings("module") // the modules behind qualified exports are compiled later
module org.qieemo.engine {
  requires transitive org.qieemo.kernels;

  exports org.qieemo;
  exports org.qieemo.evaluation;
  exports org.qieemo.weights;
  exports org.qieemo.audio to
      org.qieemo.converter,
      org.qieemo.cli;
  exports org.qieemo.model to
      org.qieemo.converter,
      org.qieemo.cli;
}
