/** Files that appear only when they are complete. */
package org.qieemo.converter.output;
