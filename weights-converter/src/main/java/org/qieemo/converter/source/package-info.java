/** Bytes of files, and the tensors that lie in them. */
package org.qieemo.converter.source;
