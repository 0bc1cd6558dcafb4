/**
 * PyTorch's checkpoints. The pickles in them are interpreted as constants: no class is looked up,
 * nothing is called.
 */
package org.qieemo.converter.torch;
