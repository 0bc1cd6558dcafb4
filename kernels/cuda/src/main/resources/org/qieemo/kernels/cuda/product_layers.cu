/*
 * Behind a file that has multiply(): what becomes of a tile of results, and the kernels of linear.cl.
 *
 * Groups are counted along the columns first: those that run at the same time share rows of x, which are many and come
 * from memory, and go through all of the weight, which stays in the cache.
 */
#define COL_TILES ((int)gridDim.y)
#define TILE_ID ((int)((long long)GROUP_Y * gridDim.x + GROUP_X))
#define ROW_TILE (TILE_ID / COL_TILES)
#define COL_TILE (TILE_ID % COL_TILES)

/* Where the results go: a matrix, behind the bias and an activation. Four that follow each other are made at a time. */
struct Target {
  const float* bias;
  float* out; /* the matrix's first element */
  int stride;
  int rows;
  int cols;

  /* The column, or the last one. */
  METHOD int inside(int c) const { return least(c, cols - 1); }

  METHOD float bias_at(int c) const { return bias[inside(c)]; }

  METHOD float* place(int r, int c) const { return out + (long long)r * stride + c; }

  /* Whether columns c to c + 3 of row r are there, in one piece for the memory. */
  METHOD int whole(int r, int c) const { return c + 4 <= cols && (unsigned long long)place(r, c) % 16 == 0; }

  /* What stands there, zeros outside. */
  METHOD float4 get(int r, int c) const {
    const float* from = place(r, c);
    if (whole(r, c)) {
      return *(const float4*)from;
    }
    return float4{
        from[0], c + 1 < cols ? from[1] : 0.0f, c + 2 < cols ? from[2] : 0.0f, c + 3 < cols ? from[3] : 0.0f};
  }

  METHOD void put(int r, int c, float4 four) const {
    float* to = place(r, c);
    if (whole(r, c)) {
      *(float4*)to = four;
      return;
    }
    to[0] = four.x;
    if (c + 1 < cols) {
      to[1] = four.y;
    }
    if (c + 2 < cols) {
      to[2] = four.z;
    }
    if (c + 3 < cols) {
      to[3] = four.w;
    }
  }
};

/* The layer's results r, c to c + 3 of a tile's sums. */
DEVICE float4 finished(const float* results, const Target& to, int r, int c, int col, int activation) {
  float4 sums = *(const float4*)(results + r * RESULT_PITCH + c);
  return float4{
      activate(activation, sums.x + to.bias_at(col + c)), activate(activation, sums.y + to.bias_at(col + c + 1)),
      activate(activation, sums.z + to.bias_at(col + c + 2)), activate(activation, sums.w + to.bias_at(col + c + 3))};
}

DEVICE void store(const float* results, const Target& to, int row, int col, int activation) {
  ROLLED
  for (int e = ITEM; e < BLOCK_ROWS * (BLOCK_COLS / 4); e += THREADS) {
    int r = e / (BLOCK_COLS / 4);
    int c = e % (BLOCK_COLS / 4) * 4;
    if (row + r < to.rows && col + c < to.cols) {
      to.put(row + r, col + c, finished(results, to, r, c, col, activation));
    }
  }
}

KERNEL(THREADS) linear(
    const float* x, int xOffset, int xStride,
    const factor_storage* RESTRICT weight, const float* RESTRICT bias,
    float* out, int outOffset, int outStride,
    int rows, int inputs, int outputs, int activation) {
  DYNAMIC_MEMORY(memory);
  int row = ROW_TILE * BLOCK_ROWS;
  int col = COL_TILE * BLOCK_COLS;
  MatrixRows source = {x + xOffset, xStride, rows, inputs};
  Unchanged change;
  Target target = {bias, out + outOffset, outStride, rows, outputs};
  store(multiply<0>(memory, source, change, weight, row, col, outputs), target, row, col, activation);
}

KERNEL(THREADS) linear_add(
    const float* x, int xOffset, int xStride,
    const factor_storage* RESTRICT weight, const float* RESTRICT bias,
    float* out, int outOffset, int outStride,
    int rows, int inputs, int outputs, int activation, float scale) {
  DYNAMIC_MEMORY(memory);
  int row = ROW_TILE * BLOCK_ROWS;
  int col = COL_TILE * BLOCK_COLS;
  MatrixRows source = {x + xOffset, xStride, rows, inputs};
  Unchanged change;
  Target target = {bias, out + outOffset, outStride, rows, outputs};
  const float* results = multiply<0>(memory, source, change, weight, row, col, outputs);
  ROLLED
  for (int e = ITEM; e < BLOCK_ROWS * (BLOCK_COLS / 4); e += THREADS) {
    int r = e / (BLOCK_COLS / 4);
    int c = e % (BLOCK_COLS / 4) * 4;
    if (row + r < rows && col + c < outputs) {
      float4 four = finished(results, target, r, c, col, activation);
      float4 before = target.get(row + r, col + c);
      float4 sum = {
          MAD(scale, four.x, before.x), MAD(scale, four.y, before.y), MAD(scale, four.z, before.z),
          MAD(scale, four.w, before.w)};
      target.put(row + r, col + c, sum);
    }
  }
}
