/*
 * Depthwise convolution over time: out[t,c] = act(b[c] + sum_k w[k,c] x[t - leftPadding + k, c]).
 *
 * x, out [rows, channels], w [taps, channels], b [channels]; rows outside of the segment have the
 * value outside [channels]. segments [rows, 2]: first row of the row's segment, one past its last.
 * One work-item per element: grid x = elements / ROW_ITEMS.
 */
KERNEL(ROW_ITEMS) depthwise(
    GLOBAL const float* RESTRICT x, int xOffset, int xStride,
    GLOBAL const float* RESTRICT weight, GLOBAL const float* RESTRICT bias,
    GLOBAL const float* RESTRICT outside,
    GLOBAL float* RESTRICT out, int outOffset, int outStride,
    GLOBAL const int* RESTRICT segments,
    int elements, int channels, int taps, int leftPadding, int activation) {
  int e = GROUP_X * ROW_ITEMS + ITEM;
  if (e < elements) {
    int r = e / channels;
    int c = e % channels;
    int begin = segments[2 * r];
    int end = segments[2 * r + 1];
    float sum = bias[c];
    for (int k = 0; k < taps; ++k) {
      int from = r - leftPadding + k;
      float value = from >= begin && from < end ? x[xOffset + from * xStride + c] : outside[c];
      sum = MAD(weight[k * channels + c], value, sum);
    }
    out[outOffset + r * outStride + c] = activate(activation, sum);
  }
}
