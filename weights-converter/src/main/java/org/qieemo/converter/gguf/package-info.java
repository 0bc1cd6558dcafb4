/** Quantises weights and writes model files. */
package org.qieemo.converter.gguf;
