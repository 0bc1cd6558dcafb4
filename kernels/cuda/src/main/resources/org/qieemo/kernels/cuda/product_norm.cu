/*
 * Behind product_usual.cu, with NORMALIZES: layers that take LayerNorm(x) for x. A warp per row first finds mean and
 * deviation, summing as layer_norm.cl does, and fragments are made of normalised values; not a bit differs from the two
 * ops one after the other.
 */

/* What becomes of x before it is rounded: its LayerNorm. The values are those of this lane's fragments. */
struct Normalized {
  const float* gammas;
  const float* betas;
  float mean[TILES_DOWN][2];
  float factor[TILES_DOWN][2];
  float2 gamma[2];
  float2 beta[2];

  /* Starts the copies of gamma and beta, behind the tiles. */
  METHOD void load(unsigned char* stage, int from, int depth) const {
    if (ITEM < BLOCK_DEPTH / 2) {
      int k = ITEM % (BLOCK_DEPTH / 4) * 4;
      const float* values = ITEM < BLOCK_DEPTH / 4 ? gammas : betas;
      int inside = from + k < depth;
      copy_async(stage + X_BYTES + W_BYTES + ITEM * 16, inside ? values + from + k : values, inside ? 16 : 0);
    }
  }

  METHOD void begin(const unsigned char* memory) {
    const float* rows = (const float*)(memory + STATISTICS_AT) + (SET_WARP / WARPS_ACROSS * WARP_ROWS + LANE / 4) * 2;
    UNROLL
    for (int i = 0; i < TILES_DOWN; ++i) {
      UNROLL
      for (int h = 0; h < 2; ++h) {
        mean[i][h] = rows[(i * 16 + h * 8) * 2];
        factor[i][h] = rows[(i * 16 + h * 8) * 2 + 1];
      }
    }
  }

  METHOD void step(const unsigned char* stage, int k) {
    const float* values = (const float*)(stage + X_BYTES + W_BYTES) + k + LANE % 4 * 2;
    UNROLL
    for (int side = 0; side < 2; ++side) {
      gamma[side] = *(const float2*)(values + side * 8);
      beta[side] = *(const float2*)(values + BLOCK_DEPTH + side * 8);
    }
  }

  /* Of row tile i, its upper or lower half, left or right side. */
  METHOD unsigned pair(float2 x, int i, int half_way, int side) const {
    return pack(
        MAD((x.x - mean[i][half_way]) * factor[i][half_way], gamma[side].x, beta[side].x),
        MAD((x.y - mean[i][half_way]) * factor[i][half_way], gamma[side].y, beta[side].y));
  }
};

/* The sum of what a group of 256 work-items would have, 8 of them in each lane, in the order of reduce.h. */
DEVICE float sum_as_group(float (&p)[8]) {
  UNROLL
  for (int j = 0; j < 4; ++j) {
    p[j] += p[j + 4];
  }
  float sum = p[0] + p[2] + (p[1] + p[3]);
  UNROLL
  for (int lanes = 16; lanes > 0; lanes /= 2) {
    sum += __shfl_xor_sync(0xffffffffu, sum, lanes);
  }
  return sum;
}

/* Mean and 1 / deviation of the group's rows, each by one warp. */
DEVICE void find_statistics(unsigned char* memory, const MatrixRows& x, int row, float eps) {
  float* statistics = (float*)(memory + STATISTICS_AT);
  ROLLED
  for (int r = WARP_ID; r < BLOCK_ROWS; r += THREADS / 32) {
    int inside = row + r < x.rows;
    const float* values = x.x + (long long)(inside ? row + r : 0) * x.stride;
    float parts[8] = {};
    for (int c = LANE; c < x.depth; c += 256) {
      UNROLL
      for (int j = 0; j < 8; ++j) {
        parts[j] += c + 32 * j < x.depth ? values[c + 32 * j] : 0.0f;
      }
    }
    float mean = sum_as_group(parts) / (float)x.depth;
    float squares[8] = {};
    for (int c = LANE; c < x.depth; c += 256) {
      UNROLL
      for (int j = 0; j < 8; ++j) {
        if (c + 32 * j < x.depth) {
          float d = values[c + 32 * j] - mean;
          squares[j] = MAD(d, d, squares[j]);
        }
      }
    }
    float factor = 1.0f / SQRT(sum_as_group(squares) / (float)x.depth + eps);
    if (LANE == 0) {
      statistics[2 * r] = inside ? mean : 0.0f;
      statistics[2 * r + 1] = inside ? factor : 0.0f;
    }
  }
  BARRIER();
}

KERNEL(THREADS) norm_linear(
    const float* x, int xOffset, int xStride,
    const factor_storage* RESTRICT weight, const float* RESTRICT bias,
    float* out, int outOffset, int outStride,
    int rows, int inputs, int outputs,
    const float* RESTRICT gamma, const float* RESTRICT beta, float eps, int activation) {
  DYNAMIC_MEMORY(memory);
  int row = ROW_TILE * BLOCK_ROWS;
  int col = COL_TILE * BLOCK_COLS;
  MatrixRows source = {x + xOffset, xStride, rows, inputs};
  Normalized change;
  change.gammas = gamma;
  change.betas = beta;
  find_statistics(memory, source, row, eps);
  Target target = {bias, out + outOffset, outStride, rows, outputs};
  store(multiply<0>(memory, source, change, weight, row, col, outputs), target, row, col, activation);
}

KERNEL(THREADS) norm_linear_glu(
    const float* x, int xOffset, int xStride,
    const factor_storage* RESTRICT weight, const float* RESTRICT bias,
    float* out, int outOffset, int outStride,
    int rows, int inputs, int outputs,
    const float* RESTRICT gamma, const float* RESTRICT beta, float eps) {
  DYNAMIC_MEMORY(memory);
  int row = ROW_TILE * BLOCK_ROWS;
  int col = COL_TILE * (BLOCK_COLS / 2);
  MatrixRows source = {x + xOffset, xStride, rows, inputs};
  Normalized change;
  change.gammas = gamma;
  change.betas = beta;
  find_statistics(memory, source, row, eps);
  Target target = {bias, out + outOffset, outStride, rows, outputs};
  store_glu(multiply<1>(memory, source, change, weight, row, col, outputs), target, row, col);
}
