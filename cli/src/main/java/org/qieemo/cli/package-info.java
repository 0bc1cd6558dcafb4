/** The command line {@code qieemo}; its entry is {@link org.qieemo.cli.Main}. */
package org.qieemo.cli;
