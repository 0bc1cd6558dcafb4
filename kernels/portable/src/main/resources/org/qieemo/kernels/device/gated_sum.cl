/*
 * out = gate * a + (1 - gate) * b, element by element; out may be any of them.
 *
 * gate, a, b, out [rows, cols]. One work-item per element: grid x = elements / ROW_ITEMS.
 */
KERNEL(ROW_ITEMS) gated_sum(
    GLOBAL const float* gate, int gateOffset, int gateStride,
    GLOBAL const float* a, int aOffset, int aStride,
    GLOBAL const float* b, int bOffset, int bStride,
    GLOBAL float* out, int outOffset, int outStride,
    int elements, int cols) {
  int e = GROUP_X * ROW_ITEMS + ITEM;
  if (e < elements) {
    int r = e / cols;
    int c = e % cols;
    float g = gate[gateOffset + r * gateStride + c];
    float rest = (1.0f - g) * b[bOffset + r * bStride + c];
    out[outOffset + r * outStride + c] = MAD(g, a[aOffset + r * aStride + c], rest);
  }
}
