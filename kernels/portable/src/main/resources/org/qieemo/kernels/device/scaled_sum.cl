/*
 * out = alpha * x + beta * y, element by element; out may be x or y.
 *
 * x, y, out [rows, cols]. One work-item per element: grid x = elements / ROW_ITEMS.
 */
KERNEL(ROW_ITEMS) scaled_sum(
    GLOBAL const float* x, int xOffset, int xStride,
    GLOBAL const float* y, int yOffset, int yStride,
    GLOBAL float* out, int outOffset, int outStride,
    int elements, int cols, float alpha, float beta) {
  int e = GROUP_X * ROW_ITEMS + ITEM;
  if (e < elements) {
    int r = e / cols;
    int c = e % cols;
    float sum = MAD(alpha, x[xOffset + r * xStride + c], beta * y[yOffset + r * yStride + c]);
    out[outOffset + r * outStride + c] = sum;
  }
}
