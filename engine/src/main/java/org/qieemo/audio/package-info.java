/**
 * Sound to features: reading WAV files, resampling, filter banks, normalisation. Everything here is
 * plain Java and bit-identical from run to run.
 */
package org.qieemo.audio;
