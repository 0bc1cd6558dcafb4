/*
 * Around a product of cuBLAS: x rounded to 16 bits, then bias, activation and what else linear.cl does with the sums.
 *
 * One work-item per element of the result, of round_rows per two: grid x = elements / ITEMS.
 */
#define ELEMENT (GROUP_X * ITEMS + ITEM)

/* to [rows, cols] without gaps = x, two at a time; cols even. */
KERNEL(ITEMS) round_rows(
    const float* x, int xOffset, int xStride, unsigned* RESTRICT to, int pairs, int cols) {
  if (ELEMENT < pairs) {
    int r = ELEMENT / (cols / 2);
    int c = ELEMENT % (cols / 2) * 2;
    const float* two = x + xOffset + (long long)r * xStride + c;
    to[ELEMENT] = pack(two[0], two[1]);
  }
}

KERNEL(ITEMS) finish_linear(
    const float* RESTRICT sums, const float* RESTRICT bias,
    float* out, int outOffset, int outStride, int elements, int cols, int activation) {
  if (ELEMENT < elements) {
    int c = ELEMENT % cols;
    float result = activate(activation, sums[ELEMENT] + bias[c]);
    out[outOffset + (long long)(ELEMENT / cols) * outStride + c] = result;
  }
}

KERNEL(ITEMS) finish_linear_add(
    const float* RESTRICT sums, const float* RESTRICT bias,
    float* out, int outOffset, int outStride, int elements, int cols, int activation, float scale) {
  if (ELEMENT < elements) {
    int c = ELEMENT % cols;
    float* at = out + outOffset + (long long)(ELEMENT / cols) * outStride + c;
    *at = MAD(scale, activate(activation, sums[ELEMENT] + bias[c]), *at);
  }
}

/* sums [rows, 2 cols]: values, then gates. */
KERNEL(ITEMS) finish_linear_glu(
    const float* RESTRICT sums, const float* RESTRICT bias,
    float* out, int outOffset, int outStride, int elements, int cols) {
  if (ELEMENT < elements) {
    int r = ELEMENT / cols;
    int c = ELEMENT % cols;
    const float* row = sums + (long long)r * 2 * cols;
    float gate = sigmoid(row[cols + c] + bias[cols + c]);
    out[outOffset + (long long)r * outStride + c] = (row[c] + bias[c]) * gate;
  }
}
