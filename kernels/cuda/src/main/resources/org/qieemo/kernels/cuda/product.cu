/*
 * linear.cl and conv2d.cl on tensor cores, with the same arguments: factors rounded to 16 bits, sums in float32.
 *
 * A group computes BLOCK_ROWS x BLOCK_COLS results from tiles of BLOCK_DEPTH, of which STAGES - 1 are on their way while
 * one is multiplied. x stays float32 until its fragments are made. Every result sums its products 16 deep at a time in
 * ascending order, so that it does not depend on the tile's size. Behind GLU the columns of a group are, eight by eight,
 * values and their gates.
 *
 * Needs x and its stride aligned to 4 floats, and rows of the weight of a multiple of 8.
 * Grid: x = row tiles, y = column tiles.
 */
#define THREADS (32 * WARPS_DOWN * WARPS_ACROSS)
#define WARP_ROWS (BLOCK_ROWS / WARPS_DOWN)
#define WARP_COLS (BLOCK_COLS / WARPS_ACROSS)
#define TILES_DOWN (WARP_ROWS / 16)
#define TILES_ACROSS (WARP_COLS / 8)
/* rows 8 further apart: eight rows lie in different banks */
#define X_PITCH (BLOCK_DEPTH + 8)
#define W_PITCH (BLOCK_DEPTH + 8)
#define RESULT_PITCH (BLOCK_COLS + 8)
#define X_BYTES (BLOCK_ROWS * X_PITCH * 4)
#define STAGE_BYTES (X_BYTES + BLOCK_COLS * W_PITCH * 2)

typedef unsigned short factor_storage;

/* The rows of x. */
struct MatrixRows {
  const float* x;
  int stride;
  int rows;
  int depth;

  /* Four floats of row r from k on; null outside. */
  METHOD const float* four(int r, int k) const {
    return r < rows && k < depth ? x + (long long)r * stride + k : nullptr;
  }
};

/* The patches of a convolution, one row for each output: conv2d.cl. */
struct Patches {
  const float* x;
  int stride;
  const int* places;
  int rows;
  int depth;
  int size;
  int step;
  int padding;
  int inputBins;
  int inputChannels;
  int outputBins;

  METHOD const float* four(int r, int k) const {
    if (r >= rows || k >= depth) {
      return nullptr;
    }
    int tap = k / inputChannels;
    const int* place = places + r / outputBins * 3;
    int frame = place[0] + tap / size;
    int bin = r % outputBins * step - padding + tap % size;
    int inside = frame >= place[1] && frame < place[2] && bin >= 0 && bin < inputBins;
    return inside ? x + ((long long)frame * inputBins + bin) * stride + k % inputChannels : nullptr;
  }
};

/* Starts the copies of one tile of each factor, `from` deep. */
template <int glu, class Rows>
DEVICE void load_tiles(
    unsigned char* stage, const Rows& x, const factor_storage* weight, int row, int col, int outputs, int from) {
  for (int e = ITEM; e < BLOCK_ROWS * (BLOCK_DEPTH / 4); e += THREADS) {
    int r = e / (BLOCK_DEPTH / 4);
    int k = e % (BLOCK_DEPTH / 4) * 4;
    const float* four = x.four(row + r, from + k);
    copy_async(stage + (r * X_PITCH + k) * 4, four == nullptr ? x.x : four, four == nullptr ? 0 : 16);
  }
  for (int e = ITEM; e < BLOCK_COLS * (BLOCK_DEPTH / 8); e += THREADS) {
    int n = e / (BLOCK_DEPTH / 8);
    int k = e % (BLOCK_DEPTH / 8) * 8;
    int output = glu ? col + n / 16 * 8 + n % 8 : col + n;
    int gate = glu && n / 8 % 2 == 1;
    int inside = output < outputs && from + k < x.depth;
    const factor_storage* eight = weight + (long long)(output + gate * outputs) * x.depth + from + k;
    copy_async(stage + X_BYTES + (n * W_PITCH + k) * 2, inside ? eight : weight, inside ? 16 : 0);
  }
}

/* sums += the product of two tiles. */
DEVICE void multiply_stage(const unsigned char* stage, float (&sums)[TILES_DOWN][TILES_ACROSS][4]) {
  const float* x = (const float*)stage + (WARP_ID / WARPS_ACROSS * WARP_ROWS + LANE / 4) * X_PITCH + LANE % 4 * 2;
  const factor_storage* w = (const factor_storage*)(stage + X_BYTES) +
      (WARP_ID % WARPS_ACROSS * WARP_COLS + LANE / 16 * 8 + LANE % 8) * W_PITCH + LANE / 8 % 2 * 8;
  UNROLL
  for (int k = 0; k < BLOCK_DEPTH; k += 16) {
    unsigned b[TILES_ACROSS][2];
    UNROLL
    for (int j = 0; j < TILES_ACROSS; j += 2) {
      load_matrices(b[j][0], b[j][1], b[j + 1][0], b[j + 1][1], w + j * 8 * W_PITCH + k);
    }
    UNROLL
    for (int i = 0; i < TILES_DOWN; ++i) {
      const float* p = x + i * 16 * X_PITCH + k;
      float2 upper = *(const float2*)p;
      float2 lower = *(const float2*)(p + 8 * X_PITCH);
      float2 upperRight = *(const float2*)(p + 8);
      float2 lowerRight = *(const float2*)(p + 8 * X_PITCH + 8);
      unsigned a[4] = {
          pack(upper.x, upper.y), pack(lower.x, lower.y),
          pack(upperRight.x, upperRight.y), pack(lowerRight.x, lowerRight.y)};
      UNROLL
      for (int j = 0; j < TILES_ACROSS; ++j) {
        multiply_add(sums[i][j], a, b[j]);
      }
    }
  }
}

/* Leaves the group's sums in its memory, [BLOCK_ROWS] rows of RESULT_PITCH floats. */
template <int glu, class Rows>
DEVICE const float* multiply(
    unsigned char* memory, const Rows& x, const factor_storage* weight, int row, int col, int outputs) {
  float sums[TILES_DOWN][TILES_ACROSS][4] = {};
  int steps = (x.depth + BLOCK_DEPTH - 1) / BLOCK_DEPTH;
  UNROLL
  for (int s = 0; s < STAGES - 1; ++s) {
    if (s < steps) {
      load_tiles<glu>(memory + s * STAGE_BYTES, x, weight, row, col, outputs, s * BLOCK_DEPTH);
    }
    copy_commit();
  }
  for (int step = 0; step < steps; ++step) {
    copy_wait<STAGES - 2>();
    BARRIER(); /* the tile is there for all, and all are done with the one that the next copies replace */
    int next = step + STAGES - 1;
    if (next < steps) {
      load_tiles<glu>(memory + next % STAGES * STAGE_BYTES, x, weight, row, col, outputs, next * BLOCK_DEPTH);
    }
    copy_commit();
    multiply_stage(memory + step % STAGES * STAGE_BYTES, sums);
  }
  copy_wait<0>();
  BARRIER(); /* the results take the tiles' place */
  float* results = (float*)memory + (WARP_ID / WARPS_ACROSS * WARP_ROWS + LANE / 4) * RESULT_PITCH +
      WARP_ID % WARPS_ACROSS * WARP_COLS + LANE % 4 * 2;
  UNROLL
  for (int i = 0; i < TILES_DOWN; ++i) {
    UNROLL
    for (int j = 0; j < TILES_ACROSS; ++j) {
      float* p = results + i * 16 * RESULT_PITCH + j * 8;
      *(float2*)p = float2{sums[i][j][0], sums[i][j][1]};
      *(float2*)(p + 8 * RESULT_PITCH) = float2{sums[i][j][2], sums[i][j][3]};
    }
  }
  BARRIER();
  return (const float*)memory;
}

KERNEL(THREADS) linear(
    const float* x, int xOffset, int xStride,
    const factor_storage* RESTRICT weight, const float* RESTRICT bias,
    float* out, int outOffset, int outStride,
    int rows, int inputs, int outputs, int activation) {
  DYNAMIC_MEMORY(memory);
  int row = GROUP_X * BLOCK_ROWS;
  int col = GROUP_Y * BLOCK_COLS;
  MatrixRows source = {x + xOffset, xStride, rows, inputs};
  const float* results = multiply<0>(memory, source, weight, row, col, outputs);
  ROLLED
  for (int e = ITEM; e < BLOCK_ROWS * BLOCK_COLS; e += THREADS) {
    int r = e / BLOCK_COLS;
    int c = e % BLOCK_COLS;
    if (row + r < rows && col + c < outputs) {
      float result = activate(activation, results[r * RESULT_PITCH + c] + bias[col + c]);
      out[outOffset + (long long)(row + r) * outStride + col + c] = result;
    }
  }
}

KERNEL(THREADS) linear_add(
    const float* x, int xOffset, int xStride,
    const factor_storage* RESTRICT weight, const float* RESTRICT bias,
    float* out, int outOffset, int outStride,
    int rows, int inputs, int outputs, int activation, float scale) {
  DYNAMIC_MEMORY(memory);
  int row = GROUP_X * BLOCK_ROWS;
  int col = GROUP_Y * BLOCK_COLS;
  MatrixRows source = {x + xOffset, xStride, rows, inputs};
  const float* results = multiply<0>(memory, source, weight, row, col, outputs);
  ROLLED
  for (int e = ITEM; e < BLOCK_ROWS * BLOCK_COLS; e += THREADS) {
    int r = e / BLOCK_COLS;
    int c = e % BLOCK_COLS;
    if (row + r < rows && col + c < outputs) {
      float result = activate(activation, results[r * RESULT_PITCH + c] + bias[col + c]);
      float* at = out + outOffset + (long long)(row + r) * outStride + col + c;
      *at = MAD(scale, result, *at);
    }
  }
}

KERNEL(THREADS) linear_glu(
    const float* x, int xOffset, int xStride,
    const factor_storage* RESTRICT weight, const float* RESTRICT bias,
    float* out, int outOffset, int outStride,
    int rows, int inputs, int outputs) {
  DYNAMIC_MEMORY(memory);
  int row = GROUP_X * BLOCK_ROWS;
  int col = GROUP_Y * (BLOCK_COLS / 2);
  MatrixRows source = {x + xOffset, xStride, rows, inputs};
  const float* results = multiply<1>(memory, source, weight, row, col, outputs);
  ROLLED
  for (int e = ITEM; e < BLOCK_ROWS * (BLOCK_COLS / 2); e += THREADS) {
    int r = e / (BLOCK_COLS / 2);
    int c = e % (BLOCK_COLS / 2);
    if (row + r < rows && col + c < outputs) {
      const float* pair = results + r * RESULT_PITCH + c / 8 * 16 + c % 8;
      float gate = sigmoid(pair[8] + bias[outputs + col + c]);
      out[outOffset + (long long)(row + r) * outStride + col + c] = (pair[0] + bias[col + c]) * gate;
    }
  }
}

KERNEL(THREADS) conv2d(
    const float* x, int xOffset, int xStride,
    const factor_storage* RESTRICT weight, const float* RESTRICT bias,
    float* out, int outOffset, int outStride,
    const int* RESTRICT places,
    int rows, int size, int step, int padding,
    int inputBins, int inputChannels, int outputBins, int outputChannels) {
  DYNAMIC_MEMORY(memory);
  int row = GROUP_X * BLOCK_ROWS;
  int col = GROUP_Y * BLOCK_COLS;
  int depth = size * size * inputChannels;
  Patches source = {x + xOffset, xStride, places, rows, depth, size, step, padding, inputBins, inputChannels, outputBins};
  const float* results = multiply<0>(memory, source, weight, row, col, outputChannels);
  ROLLED
  for (int e = ITEM; e < BLOCK_ROWS * BLOCK_COLS; e += THREADS) {
    int r = e / BLOCK_COLS;
    int c = e % BLOCK_COLS;
    if (row + r < rows && col + c < outputChannels) {
      float result = activate(ACTIVATION_RELU, results[r * RESULT_PITCH + c] + bias[col + c]);
      out[outOffset + (long long)(row + r) * outStride + col + c] = result;
    }
  }
}
