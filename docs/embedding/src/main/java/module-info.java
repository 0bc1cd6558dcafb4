module example {
  requires org.qieemo.engine;
  requires jdk.httpserver;
}
