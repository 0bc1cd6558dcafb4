/*
 * Linear layers.
 *
 * linear:      out = act(x W^T + b)
 * linear_add:  out += scale * act(x W^T + b)
 * linear_glu:  out = (x V^T + b) * sigmoid(x G^T + c), V the first half of W's rows, G the second
 *
 * x [rows, inputs], W [outputs, inputs] (GLU: [2 outputs, inputs]), b [rows of W], out [rows, outputs].
 * Grid: x = row tiles, y = column tiles.
 */

/* tile[k][m] = x[first + m][from + k], zeros outside of x [rows, inputs]. */
DEVICE void load_input(
    LOCAL float* tile, GLOBAL const float* x, int stride, int first, int rows, int from, int inputs) {
  for (int e = ITEM; e < TILE * TILE_DEPTH; e += TILE_ITEMS) {
    int k = e % TILE_DEPTH;
    int m = e / TILE_DEPTH;
    int inside = first + m < rows && from + k < inputs;
    tile[k * PITCH + m] = inside ? x[(first + m) * stride + from + k] : 0.0f;
  }
}

KERNEL(TILE_ITEMS) linear(
    GLOBAL const float* x, int xOffset, int xStride,
    GLOBAL const weight_storage* RESTRICT weight, GLOBAL const float* RESTRICT bias,
    GLOBAL float* out, int outOffset, int outStride,
    int rows, int inputs, int outputs, int activation) {
  LOCAL_ARRAY float a[TILE_FLOATS];
  LOCAL_ARRAY float b[TILE_FLOATS];
  float sums[EDGE * EDGE];
  int row = GROUP_X * TILE;
  int col = GROUP_Y * TILE;
  clear_sums(sums);
  for (int from = 0; from < inputs; from += TILE_DEPTH) {
    load_input(a, x + xOffset, xStride, row, rows, from, inputs);
    load_weight(b, weight, col, outputs, from, inputs);
    BARRIER();
    multiply_tiles(a, b, sums);
    BARRIER();
  }
  UNROLL
  for (int e = 0; e < EDGE * EDGE; ++e) {
    int r = row + RESULT_ROW(e);
    int c = col + RESULT_COL(e);
    if (r < rows && c < outputs) {
      out[outOffset + r * outStride + c] = activate(activation, sums[e] + bias[c]);
    }
  }
}

KERNEL(TILE_ITEMS) linear_add(
    GLOBAL const float* x, int xOffset, int xStride,
    GLOBAL const weight_storage* RESTRICT weight, GLOBAL const float* RESTRICT bias,
    GLOBAL float* out, int outOffset, int outStride,
    int rows, int inputs, int outputs, int activation, float scale) {
  LOCAL_ARRAY float a[TILE_FLOATS];
  LOCAL_ARRAY float b[TILE_FLOATS];
  float sums[EDGE * EDGE];
  int row = GROUP_X * TILE;
  int col = GROUP_Y * TILE;
  clear_sums(sums);
  for (int from = 0; from < inputs; from += TILE_DEPTH) {
    load_input(a, x + xOffset, xStride, row, rows, from, inputs);
    load_weight(b, weight, col, outputs, from, inputs);
    BARRIER();
    multiply_tiles(a, b, sums);
    BARRIER();
  }
  UNROLL
  for (int e = 0; e < EDGE * EDGE; ++e) {
    int r = row + RESULT_ROW(e);
    int c = col + RESULT_COL(e);
    if (r < rows && c < outputs) {
      int at = outOffset + r * outStride + c;
      out[at] = MAD(scale, activate(activation, sums[e] + bias[c]), out[at]);
    }
  }
}

KERNEL(TILE_ITEMS) linear_glu(
    GLOBAL const float* x, int xOffset, int xStride,
    GLOBAL const weight_storage* RESTRICT weight, GLOBAL const float* RESTRICT bias,
    GLOBAL float* out, int outOffset, int outStride,
    int rows, int inputs, int outputs) {
  LOCAL_ARRAY float a[TILE_FLOATS];
  LOCAL_ARRAY float values[TILE_FLOATS];
  LOCAL_ARRAY float gates[TILE_FLOATS];
  float valueSums[EDGE * EDGE];
  float gateSums[EDGE * EDGE];
  int row = GROUP_X * TILE;
  int col = GROUP_Y * TILE;
  clear_sums(valueSums);
  clear_sums(gateSums);
  for (int from = 0; from < inputs; from += TILE_DEPTH) {
    load_input(a, x + xOffset, xStride, row, rows, from, inputs);
    load_weight(values, weight, col, outputs, from, inputs);
    load_weight(gates, weight, outputs + col, 2 * outputs, from, inputs);
    BARRIER();
    multiply_tiles(a, values, valueSums);
    multiply_tiles(a, gates, gateSums);
    BARRIER();
  }
  UNROLL
  for (int e = 0; e < EDGE * EDGE; ++e) {
    int r = row + RESULT_ROW(e);
    int c = col + RESULT_COL(e);
    if (r < rows && c < outputs) {
      float gate = sigmoid(gateSums[e] + bias[outputs + c]);
      out[outOffset + r * outStride + c] = (valueSums[e] + bias[c]) * gate;
    }
  }
}
