/**
 * What hardware does: tensors, the op contract, and the choice of a back end. Knows nothing of
 * speech.
 */
package org.qieemo.kernels;
