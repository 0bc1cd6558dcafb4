/*
 * out = act((x - mean) / sqrt(var + eps) * gamma + beta); out may be x.
 *
 * layer_norm:  row by row. One group per row: grid x = rows.
 * group_norm:  mean and variance over all elements of a segment. One group per segment: grid x = segments.
 *
 * x, out [rows, width], gamma, beta [width], starts [segments + 1].
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

KERNEL(ROW_ITEMS) group_norm(
    GLOBAL const float* x, int xOffset, int xStride,
    GLOBAL const float* RESTRICT gamma, GLOBAL const float* RESTRICT beta,
    GLOBAL float* out, int outOffset, int outStride,
    int width, float eps, int activation,
    GLOBAL const int* RESTRICT starts) {
  LOCAL_ARRAY float scratch[ROW_ITEMS];
  int first = starts[GROUP_X];
  int rows = starts[GROUP_X + 1] - first;
  GLOBAL const float* values = x + xOffset + first * xStride;
  GLOBAL float* results = out + outOffset + first * outStride;
  int elements = rows * width;
  float sum = 0.0f;
  for (int e = ITEM; e < elements; e += ROW_ITEMS) {
    sum += values[e / width * xStride + e % width];
  }
  float mean = group_sum(sum, scratch) / (float)elements;
  float squares = 0.0f;
  for (int e = ITEM; e < elements; e += ROW_ITEMS) {
    float d = values[e / width * xStride + e % width] - mean;
    squares = MAD(d, d, squares);
  }
  float factor = 1.0f / SQRT(group_sum(squares, scratch) / (float)elements + eps);
  for (int e = ITEM; e < elements; e += ROW_ITEMS) {
    int c = e % width;
    float normal = (values[e / width * xStride + c] - mean) * factor;
    results[e / width * outStride + c] = activate(activation, MAD(normal, gamma[c], beta[c]));
  }
}
