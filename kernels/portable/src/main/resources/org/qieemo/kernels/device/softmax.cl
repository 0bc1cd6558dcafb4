/*
 * softmax:      out = exp(x - max) / sum of exp(x - max), row by row; zeros if the row has no value above -infinity
 * log_softmax:  out = x - max - log(sum of exp(x - max))
 *
 * x, out [rows, cols]; out may be x. One group per row: grid x = rows.
 */
DEVICE float row_max(GLOBAL const float* row, int cols, LOCAL float* scratch) {
  float top = -INFINITY;
  for (int c = ITEM; c < cols; c += ROW_ITEMS) {
    top = larger(top, row[c]);
  }
  return group_max(top, scratch);
}

DEVICE float row_sum_exp(GLOBAL const float* row, int cols, float top, LOCAL float* scratch) {
  float sum = 0.0f;
  for (int c = ITEM; c < cols; c += ROW_ITEMS) {
    sum += EXP(row[c] - top);
  }
  return group_sum(sum, scratch);
}

KERNEL(ROW_ITEMS) softmax(
    GLOBAL const float* x, int xOffset, int xStride,
    GLOBAL float* out, int outOffset, int outStride, int cols) {
  LOCAL_ARRAY float scratch[ROW_ITEMS];
  GLOBAL const float* row = x + xOffset + GROUP_X * xStride;
  GLOBAL float* result = out + outOffset + GROUP_X * outStride;
  float top = row_max(row, cols, scratch);
  float factor = 1.0f / row_sum_exp(row, cols, top, scratch);
  for (int c = ITEM; c < cols; c += ROW_ITEMS) {
    result[c] = top == -INFINITY ? 0.0f : EXP(row[c] - top) * factor;
  }
}

KERNEL(ROW_ITEMS) log_softmax(
    GLOBAL const float* x, int xOffset, int xStride,
    GLOBAL float* out, int outOffset, int outStride, int cols) {
  LOCAL_ARRAY float scratch[ROW_ITEMS];
  GLOBAL const float* row = x + xOffset + GROUP_X * xStride;
  GLOBAL float* result = out + outOffset + GROUP_X * outStride;
  float top = row_max(row, cols, scratch);
  float logarithm = LOG(row_sum_exp(row, cols, top, scratch));
  for (int c = ITEM; c < cols; c += ROW_ITEMS) {
    result[c] = row[c] - top - logarithm;
  }
}
