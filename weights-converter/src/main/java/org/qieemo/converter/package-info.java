/** Converts checkpoints of WeNet, NeMo, ESPnet2 and this project's reference to model files. */
package org.qieemo.converter;
