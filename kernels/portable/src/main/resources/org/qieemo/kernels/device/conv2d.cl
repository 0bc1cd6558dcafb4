/*
 * Convolution over time and frequency as a matrix product whose first factor, the patches, is never
 * stored: out = relu(conv2d(x) + b).
 *
 * x [frames * inputBins, inputChannels], W [outputChannels, size * size * inputChannels] (time taps
 * outermost, then frequency, then channels), out [outFrames * outputBins, outputChannels].
 * places [outFrames, 3]: input frame under the first tap (maybe outside of the segment), first input
 * frame of the segment, one past its last.
 * Grid: x = tiles of out's rows, y = tiles of output channels.
 */

/* Element k of the patch of output row r. */
DEVICE float patch(
    GLOBAL const float* x, int stride, GLOBAL const int* places, int r, int k,
    int size, int step, int padding, int inputBins, int inputChannels, int outputBins) {
  int tap = k / inputChannels;
  int frame = places[r / outputBins * 3] + tap / size;
  int bin = r % outputBins * step - padding + tap % size;
  int begin = places[r / outputBins * 3 + 1];
  int end = places[r / outputBins * 3 + 2];
  int inside = frame >= begin && frame < end && bin >= 0 && bin < inputBins;
  return inside ? x[(frame * inputBins + bin) * stride + k % inputChannels] : 0.0f;
}

KERNEL(TILE_ITEMS) conv2d(
    GLOBAL const float* x, int xOffset, int xStride,
    GLOBAL const weight_storage* RESTRICT weight, GLOBAL const float* RESTRICT bias,
    GLOBAL float* out, int outOffset, int outStride,
    GLOBAL const int* RESTRICT places, int rows,
    int size, int step, int padding,
    int inputBins, int inputChannels, int outputBins, int outputChannels) {
  LOCAL_ARRAY float a[TILE_FLOATS];
  LOCAL_ARRAY float b[TILE_FLOATS];
  float sums[EDGE * EDGE];
  int row = GROUP_X * TILE;
  int col = GROUP_Y * TILE;
  int depth = size * size * inputChannels;
  clear_sums(sums);
  for (int from = 0; from < depth; from += TILE_DEPTH) {
    for (int e = ITEM; e < TILE * TILE_DEPTH; e += TILE_ITEMS) {
      int k = e % TILE_DEPTH;
      int m = e / TILE_DEPTH;
      float value = 0.0f;
      if (row + m < rows && from + k < depth) {
        value = patch(x + xOffset, xStride, places, row + m, from + k,
            size, step, padding, inputBins, inputChannels, outputBins);
      }
      a[k * PITCH + m] = value;
    }
    load_weight(b, weight, col, outputChannels, from, depth);
    BARRIER();
    multiply_tiles(a, b, sums);
    BARRIER();
  }
  UNROLL
  for (int e = 0; e < EDGE * EDGE; ++e) {
    int r = row + RESULT_ROW(e);
    int c = col + RESULT_COL(e);
    if (r < rows && c < outputChannels) {
      out[outOffset + r * outStride + c] = activate(ACTIVATION_RELU, sums[e] + bias[c]);
    }
  }
}
