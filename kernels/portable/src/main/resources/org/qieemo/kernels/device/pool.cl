/*
 * Pools each segment into one row, with compensated sums.
 *
 * pool:           out[s,c] = mean over the rows of segment s; MEAN_STD also
 *                 out[s, cols + c] = sqrt(var + 1e-5), the variance over the number of rows
 * pool_weighted:  out[s,c] = sum over rows t of softmax(scores)_t x[t,c], softmax over the segment
 *
 * x [rows, cols], scores [rows, 1], starts [segments + 1], out [segments, cols or 2 cols]; a segment
 * without rows gives mean 0. One work-item per (segment, column): grid x = elements / ROW_ITEMS.
 */

/* Kahan: sum[0] grows by value, sum[1] keeps what was rounded away. */
DEVICE void add_to(float* sum, float value) {
  float corrected = value - sum[1];
  float next = sum[0] + corrected;
  sum[1] = (next - sum[0]) - corrected;
  sum[0] = next;
}

KERNEL(ROW_ITEMS) pool(
    GLOBAL const float* RESTRICT x, int xOffset, int xStride,
    GLOBAL const int* RESTRICT starts,
    GLOBAL float* RESTRICT out, int outOffset, int outStride,
    int elements, int cols, int deviation) {
  int e = GROUP_X * ROW_ITEMS + ITEM;
  if (e < elements) {
    int s = e / cols;
    int c = e % cols;
    int begin = starts[s];
    int end = starts[s + 1];
    float count = (float)most(end - begin, 1);
    float sum[2] = {0.0f, 0.0f};
    for (int t = begin; t < end; ++t) {
      add_to(sum, x[xOffset + t * xStride + c]);
    }
    float mean = sum[0] / count;
    out[outOffset + s * outStride + c] = mean;
    if (deviation) {
      float squares[2] = {0.0f, 0.0f};
      for (int t = begin; t < end; ++t) {
        float d = x[xOffset + t * xStride + c] - mean;
        add_to(squares, d * d);
      }
      out[outOffset + s * outStride + cols + c] = SQRT(squares[0] / count + 1e-5f);
    }
  }
}

KERNEL(ROW_ITEMS) pool_weighted(
    GLOBAL const float* RESTRICT x, int xOffset, int xStride,
    GLOBAL const float* RESTRICT scores, int scoresOffset, int scoresStride,
    GLOBAL const int* RESTRICT starts,
    GLOBAL float* RESTRICT out, int outOffset, int outStride,
    int elements, int cols) {
  int e = GROUP_X * ROW_ITEMS + ITEM;
  if (e < elements) {
    int s = e / cols;
    int c = e % cols;
    int begin = starts[s];
    int end = starts[s + 1];
    float top = -INFINITY;
    for (int t = begin; t < end; ++t) {
      top = larger(top, scores[scoresOffset + t * scoresStride]);
    }
    float sum[2] = {0.0f, 0.0f};
    float total[2] = {0.0f, 0.0f};
    for (int t = begin; t < end; ++t) {
      float weight = EXP(scores[scoresOffset + t * scoresStride] - top);
      add_to(total, weight);
      add_to(sum, weight * x[xOffset + t * xStride + c]);
    }
    out[outOffset + s * outStride + c] = begin == end ? 0.0f : sum[0] / total[0];
  }
}
