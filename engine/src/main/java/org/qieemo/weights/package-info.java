/** The model file: GGUF reader, configuration records, and the registry of tensors. */
package org.qieemo.weights;
