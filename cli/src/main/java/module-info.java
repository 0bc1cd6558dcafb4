/** The command line: parses, calls the engine and the converter, prints. */
module org.qieemo.cli {
  requires org.qieemo.converter;
  requires org.qieemo.engine;

  exports org.qieemo.cli;
}
