/* Behind product.cu, for layers of usual depth: GLU, and conv2d.cl on tensor cores, with the same arguments. */

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

DEVICE void store_glu(const float* results, const Target& to, int row, int col) {
  ROLLED
  for (int e = ITEM; e < BLOCK_ROWS * (BLOCK_COLS / 2); e += THREADS) {
    int r = e / (BLOCK_COLS / 2);
    int c = e % (BLOCK_COLS / 2);
    if (row + r < to.rows && col + c < to.cols) {
      const float* pair = results + r * RESULT_PITCH + c / 8 * 16 + c % 8;
      float gate = sigmoid(pair[8] + to.bias[to.cols + col + c]);
      to.out[(long long)(row + r) * to.stride + col + c] = (pair[0] + to.bias[col + c]) * gate;
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
  Unchanged change;
  Target target = {bias, out + outOffset, outStride, rows, outputs};
  store_glu(multiply<1>(memory, source, change, weight, row, col, outputs), target, row, col);
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
  Unchanged change;
  Target target = {bias, out + outOffset, outStride, rows, outputChannels};
  const float* results = multiply<0>(memory, source, change, weight, row, col, outputChannels);
  store(results, target, row, col, ACTIVATION_RELU);
}
