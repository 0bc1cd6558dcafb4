/** What other people's files look like: readers of checkpoints, and the writer of model files. */
module org.qieemo.converter {
  requires transitive org.qieemo.engine;

  exports org.qieemo.converter;
}
