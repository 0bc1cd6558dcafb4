/*
 * out = act((x - mean) / sqrt(var + eps) * gamma + beta), row by row; out may be x.
 *
 * x, out [rows, width], gamma, beta [width]. One group per row: grid x = rows.
 */
KERNEL(ROW_ITEMS) layer_norm(
    GLOBAL const float* x, int xOffset, int xStride,
    GLOBAL const float* RESTRICT gamma, GLOBAL const float* RESTRICT beta,
    GLOBAL float* out, int outOffset, int outStride,
    int width, float eps, int activation) {
  LOCAL_ARRAY float scratch[ROW_ITEMS];
  GLOBAL const float* row = x + xOffset + GROUP_X * xStride;
  GLOBAL float* result = out + outOffset + GROUP_X * outStride;
  float sum = 0.0f;
  for (int c = ITEM; c < width; c += ROW_ITEMS) {
    sum += row[c];
  }
  float mean = group_sum(sum, scratch) / (float)width;
  float squares = 0.0f;
  for (int c = ITEM; c < width; c += ROW_ITEMS) {
    float d = row[c] - mean;
    squares = MAD(d, d, squares);
  }
  float factor = 1.0f / SQRT(group_sum(squares, scratch) / (float)width + eps);
  for (int c = ITEM; c < width; c += ROW_ITEMS) {
    result[c] = activate(activation, MAD((row[c] - mean) * factor, gamma[c], beta[c]));
  }
}
