/** What other people's files look like: readers of checkpoints, and the writer of model files. */
@SuppressWarnings("module") // the command line is compiled later
module org.qieemo.converter {
  requires transitive org.qieemo.engine;

  exports org.qieemo.converter;
  exports org.qieemo.converter.output to
      org.qieemo.cli;
}
