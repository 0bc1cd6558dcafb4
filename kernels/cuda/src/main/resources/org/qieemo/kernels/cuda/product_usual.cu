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

  /* A place inside a patch: a tap and a channel. */
  struct Column {
    int frame;
    int bin;
    int channel;
    int inside;
  };

  METHOD Column column(int k) const {
    int tap = k / inputChannels;
    return {tap / size, tap % size - padding, k % inputChannels, k < depth};
  }

  METHOD const float* four(int r, const Column& k) const {
    if (r >= rows || !k.inside) {
      return nullptr;
    }
    int at = r / outputBins;
    const int* place = places + at * 3;
    int frame = place[0] + k.frame;
    int bin = (r - at * outputBins) * step + k.bin;
    int inside = frame >= place[1] && frame < place[2] && bin >= 0 && bin < inputBins;
    return inside ? x + ((long long)frame * inputBins + bin) * stride + k.channel : nullptr;
  }
};

DEVICE void store_glu(const float* results, const Target& to, int row, int col) {
  ROLLED
  for (int e = ITEM; e < BLOCK_ROWS * (BLOCK_COLS / 8); e += THREADS) {
    int r = e / (BLOCK_COLS / 8);
    int c = e % (BLOCK_COLS / 8) * 4;
    if (row + r < to.rows && col + c < to.cols) {
      const float* pair = results + r * RESULT_PITCH + c / 8 * 16 + c % 8;
      float4 values = *(const float4*)pair;
      float4 gates = *(const float4*)(pair + 8);
      const float* gateBias = to.bias + to.cols;
      float4 four = {
          (values.x + to.bias_at(col + c)) * sigmoid(gates.x + gateBias[to.inside(col + c)]),
          (values.y + to.bias_at(col + c + 1)) * sigmoid(gates.y + gateBias[to.inside(col + c + 1)]),
          (values.z + to.bias_at(col + c + 2)) * sigmoid(gates.z + gateBias[to.inside(col + c + 2)]),
          (values.w + to.bias_at(col + c + 3)) * sigmoid(gates.w + gateBias[to.inside(col + c + 3)])};
      to.put(row + r, col + c, four);
    }
  }
}

KERNEL(THREADS) linear_glu(
    const float* x, int xOffset, int xStride,
    const factor_storage* RESTRICT weight, const float* RESTRICT bias,
    float* out, int outOffset, int outStride,
    int rows, int inputs, int outputs) {
  DYNAMIC_MEMORY(memory);
  int row = ROW_TILE * BLOCK_ROWS;
  int col = COL_TILE * (BLOCK_COLS / 2);
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
  int row = ROW_TILE * BLOCK_ROWS;
  int col = COL_TILE * BLOCK_COLS;
  int depth = size * size * inputChannels;
  Patches source = {x + xOffset, xStride, places, rows, depth, size, step, padding, inputBins, inputChannels, outputBins};
  Unchanged change;
  Target target = {bias, out + outOffset, outStride, rows, outputChannels};
  const float* results = multiply<0>(memory, source, change, weight, row, col, outputChannels);
  store(results, target, row, col, ACTIVATION_RELU);
}
