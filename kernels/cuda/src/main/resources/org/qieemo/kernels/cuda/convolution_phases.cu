/* Behind convolution_module.cu: what a group does, phase by phase. */

/* Sums of rows of what a group of 256 work-items would have, 8 of them in each lane, in the order of reduce.h. */
template <int rows>
DEVICE void sum_as_group(float (&parts)[rows][8], float (&sums)[rows]) {
  UNROLL
  for (int r = 0; r < rows; ++r) {
    float(&p)[8] = parts[r];
    UNROLL
    for (int j = 0; j < 4; ++j) {
      p[j] += p[j + 4];
    }
    sums[r] = p[0] + p[2] + (p[1] + p[3]);
  }
  UNROLL
  for (int lanes = 16; lanes > 0; lanes /= 2) {
    UNROLL
    for (int r = 0; r < rows; ++r) {
      sums[r] += __shfl_xor_sync(0xffffffffu, sums[r], lanes);
    }
  }
}

/* Mean and 1 / deviation of a warp's rows; a lane has the values LANE, LANE + 32 and so on, zeros behind the width. */
template <int rows>
DEVICE void find_statistics(
    const float (&values)[rows][LANE_VALUES], int width, float eps, float (&mean)[rows], float (&factor)[rows]) {
  float parts[rows][8] = {};
  float squares[rows][8] = {};
  UNROLL
  for (int r = 0; r < rows; ++r) {
    UNROLL
    for (int j = 0; j < LANE_VALUES; ++j) {
      parts[r][j % 8] += values[r][j];
    }
  }
  sum_as_group(parts, mean);
  UNROLL
  for (int r = 0; r < rows; ++r) {
    mean[r] /= (float)width;
    UNROLL
    for (int j = 0; j < LANE_VALUES; ++j) {
      if (LANE + 32 * j < width) {
        float d = values[r][j] - mean[r];
        squares[r][j % 8] = MAD(d, d, squares[r][j % 8]);
      }
    }
  }
  sum_as_group(squares, factor);
  UNROLL
  for (int r = 0; r < rows; ++r) {
    factor[r] = 1.0f / SQRT(factor[r] / (float)width + eps);
  }
}

DEVICE factor_storage rounded(float value) { return (factor_storage)pack(value, 0.0f); }

/* The LayerNorm of the rows, each in its row's place; two at a time, so that one's sums run beside the other's. */
DEVICE void normalize(Shared& shared, const Work& work, float eps) {
  ROLLED
  for (int both = WARP_ID; both < 16 * work.tiles; both += 2 * WARPS) {
    float values[2][LANE_VALUES];
    float mean[2];
    float factor[2];
    UNROLL
    for (int r = 0; r < 2; ++r) {
      UNROLL
      for (int j = 0; j < LANE_VALUES; ++j) {
        int c = LANE + 32 * j;
        values[r][j] = c < work.width ? shared.rows[both + r * WARPS].x[c] : 0.0f;
      }
    }
    find_statistics(values, work.width, eps, mean, factor);
    __syncwarp(); /* all lanes have their values */
    UNROLL
    for (int j = 0; j < LANE_VALUES; ++j) {
      int c = LANE + 32 * j;
      if (c < work.width) {
        UNROLL
        for (int r = 0; r < 2; ++r) {
          float normal = (values[r][j] - mean[r]) * factor[r];
          shared.rows[both + r * WARPS].factors[c] = rounded(MAD(normal, shared.gamma[c], shared.beta[c]));
        }
      }
    }
  }
}

/* Leaves the slice behind GLU, of all rows. A warp has eight columns and their gates, and some of the tiles of rows. */
DEVICE void gate_rows(Shared& shared, const Work& work, const Layer& gate, const Layer& project) {
  int sets = WARPS / work.steps; /* of warps that share the tiles of rows */
  int eight = WARP_ID % work.steps;
  int set = WARP_ID / work.steps;
  float sums[MOST_TILES][2][4] = {};
  ROLLED
  for (int step = 0; step < work.steps; ++step) {
    next_step(shared, work, gate, project, step);
    const factor_storage* w =
        shared.weights[step % STAGES][eight * 16 + LANE / 16 * 8 + LANE % 8] + LANE / 8 % 2 * 8;
    UNROLL
    for (int k = 0; k < TILE_DEPTH; k += 16) {
      if (set < sets && step * TILE_DEPTH + k < work.width) {
        unsigned b[2][2];
        load_matrices(b[0][0], b[0][1], b[1][0], b[1][1], w + k);
        UNROLL
        for (int i = 0; i < MOST_TILES; ++i) {
          if (set + i * sets < work.tiles) {
            const Shared::Row& row = shared.rows[(set + i * sets) * 16 + LANE % 16];
            unsigned a[4];
            load_matrices(a[0], a[1], a[2], a[3], row.factors + step * TILE_DEPTH + k + LANE / 16 * 8);
            multiply_add(sums[i][0], a, b[0]);
            multiply_add(sums[i][1], a, b[1]);
          }
        }
      }
    }
  }
  if (set < sets) {
    int c = eight * 8 + LANE % 4 * 2;
    UNROLL
    for (int i = 0; i < MOST_TILES; ++i) {
      UNROLL
      for (int half_way = 0; half_way < 2; ++half_way) {
        if (set + i * sets < work.tiles) {
          const float* value = sums[i][0] + half_way * 2;
          const float* gates = sums[i][1] + half_way * 2;
          float2 two = {
              (value[0] + shared.valueBias[c]) * sigmoid(gates[0] + shared.gateBias[c]),
              (value[1] + shared.valueBias[c + 1]) * sigmoid(gates[1] + shared.gateBias[c + 1])};
          *(float2*)(shared.gated[(set + i * sets) * 16 + half_way * 8 + LANE / 4] + c) = two;
        }
      }
    }
  }
  BARRIER();
}

/* The depthwise convolution of one column of the slice, for GROUP_FRAMES frames that follow each other. */
DEVICE void convolve(const Shared& shared, const Work& work, const Taps& taps, int c, int frame, float (&sums)[GROUP_FRAMES]) {
  int begin[GROUP_FRAMES]; /* of the frame's segment, in rows of `gated` */
  int end[GROUP_FRAMES];
  float outside = shared.outside[c];
  UNROLL
  for (int i = 0; i < GROUP_FRAMES; ++i) {
    begin[i] = shared.segments[2 * (frame + i)] - work.from;
    end[i] = shared.segments[2 * (frame + i) + 1] - work.from;
    sums[i] = shared.tapsBias[c];
  }
  int count = c < work.cols ? taps.count : 0;
  ROLLED
  for (int k = 0; k < count; ++k) {
    float weight = shared.taps[k][c];
    UNROLL
    for (int i = 0; i < GROUP_FRAMES; ++i) {
      int from = frame + i + k;
      float value = from >= begin[i] && from < end[i] ? shared.gated[from][c] : outside;
      sums[i] = MAD(weight, value, sums[i]);
    }
  }
  UNROLL
  for (int i = 0; i < GROUP_FRAMES; ++i) {
    sums[i] = activate(taps.activation, sums[i]);
  }
}

/* Mean and 1 / deviation of a row of all slices, by one warp. */
DEVICE void find_mixed_statistics(Shared& shared, const Work& work, float eps, int row) {
  float values[1][LANE_VALUES];
  float mean[1];
  float factor[1];
  UNROLL
  for (int j = 0; j < LANE_VALUES; ++j) {
    int c = LANE + 32 * j;
    int rank = c / (work.steps * 8);
    values[0][j] = c < work.width ? cluster_float(shared.mixed[row] + c - rank * work.steps * 8, rank) : 0.0f;
  }
  find_statistics(values, work.width, eps, mean, factor);
  if (LANE == 0) {
    shared.statistics[row / CLUSTER_BLOCKS][0] = mean[0];
    shared.statistics[row / CLUSTER_BLOCKS][1] = factor[0];
  }
}

/* LayerNorm and activation of one column's frames, whose statistics other groups have. */
DEVICE void normalize_mixed(
    Shared& shared, const Work& work, float eps, int activation, int c, int frame, float (&sums)[GROUP_FRAMES]) {
  UNROLL
  for (int i = 0; i < GROUP_FRAMES; ++i) {
    shared.mixed[frame + i][c] = sums[i];
  }
  cluster_barrier();
  if (WARP_ID < FRAMES / CLUSTER_BLOCKS) {
    find_mixed_statistics(shared, work, eps, WARP_ID * CLUSTER_BLOCKS + RANK);
  }
  cluster_barrier();
  UNROLL
  for (int i = 0; i < GROUP_FRAMES; ++i) {
    const float* statistics = shared.statistics[(frame + i) / CLUSTER_BLOCKS];
    float mean = cluster_float(statistics, (frame + i) % CLUSTER_BLOCKS);
    float factor = cluster_float(statistics + 1, (frame + i) % CLUSTER_BLOCKS);
    float normal = MAD((sums[i] - mean) * factor, shared.mixGamma[c], shared.mixBeta[c]);
    sums[i] = activate(activation, normal);
  }
}

/* Shows this group's slice to the others and leaves all slices; the others may still read this one's. */
DEVICE void exchange_slices(Shared& shared, const Work& work, int c, int frame, const float (&sums)[GROUP_FRAMES]) {
  UNROLL
  for (int i = 0; i < GROUP_FRAMES; ++i) {
    shared.slice[frame + i][c] = rounded(sums[i]);
  }
  cluster_barrier();
  UNROLL
  for (int r = 0; r < FRAMES / WARPS; ++r) {
    UNROLL
    for (int piece = 0; piece < MOST_WIDTH / 256; ++piece) {
      int from = (piece * 32 + LANE) * 8;
      int rank = from / (work.steps * 8);
      int row = r * WARPS + WARP_ID;
      if (from < work.width) {
        *(float4*)(shared.whole[row] + from) = cluster_four(shared.slice[row] + from - rank * work.steps * 8, rank);
      }
    }
  }
  cluster_arrive();
}

/* The last layer's columns of the slice, eight by each warp, and x. */
DEVICE void project_rows(
    Shared& shared, const Work& work, const Layer& gate, const Layer& project, float* out, int outStride) {
  int c = WARP_ID * 8 + LANE % 4 * 2;
  int row = work.row + LANE / 4;
  float2 before[2] = {};
  UNROLL
  for (int half_way = 0; half_way < 2; ++half_way) {
    if (c < work.cols && row + half_way * 8 < work.rows) {
      before[half_way] = *(const float2*)(work.x + (long long)(row + half_way * 8) * work.stride + work.first + c);
    }
  }
  float sums[4] = {};
  ROLLED
  for (int step = 0; step < work.steps; ++step) {
    next_step(shared, work, gate, project, work.steps + step);
    const factor_storage* w = shared.weights[(work.steps + step) % STAGES][WARP_ID * 8 + LANE % 8] + LANE / 8 * 8;
    UNROLL
    for (int both = 0; both < TILE_DEPTH; both += 32) {
      unsigned b[2][2];
      load_matrices(b[0][0], b[0][1], b[1][0], b[1][1], w + both);
      UNROLL
      for (int i = 0; i < 2; ++i) {
        int k = step * TILE_DEPTH + both + i * 16;
        if (WARP_ID < work.steps && k < work.width) {
          unsigned a[4];
          load_matrices(a[0], a[1], a[2], a[3], shared.whole[LANE % 16] + k + LANE / 16 * 8);
          multiply_add(sums, a, b[i]);
        }
      }
    }
  }
  UNROLL
  for (int half_way = 0; half_way < 2; ++half_way) {
    if (c < work.cols && row + half_way * 8 < work.rows) {
      float2 sum = {
          before[half_way].x + (sums[half_way * 2] + shared.projectBias[c]),
          before[half_way].y + (sums[half_way * 2 + 1] + shared.projectBias[c + 1])};
      *(float2*)(out + (long long)(row + half_way * 8) * outStride + work.first + c) = sum;
    }
  }
}

/* What both kernels have in common; mixNorm and its activation are there with `norms`. */
template <int norms>
DEVICE void convolution(
    unsigned char* memory, const Work& work, const Normal& norm, const Layer& gate, const Taps& taps,
    const Normal& mixNorm, int activation, const Layer& project, float* out, int outStride, const int* segments) {
  Shared& shared = *(Shared*)memory;
  load_rows(shared, work, norm, gate, taps, project, segments);
  if (norms) {
    load_slice(5, shared.mixGamma, mixNorm.gamma, work);
    load_slice(6, shared.mixBeta, mixNorm.beta, work);
  }
  copy_commit();
  UNROLL
  for (int step = 0; step < STAGES - 1; ++step) {
    if (step < 2 * work.steps) {
      load_weights(shared, work, gate, project, step);
    }
    copy_commit();
  }
  copy_wait<STAGES - 1>();
  BARRIER();
  normalize(shared, work, norm.eps);
  gate_rows(shared, work, gate, project);
  int c = ITEM % MOST_SLICE; /* what comes of columns behind the slice has no meaning */
  int frame = ITEM / MOST_SLICE * GROUP_FRAMES;
  float sums[GROUP_FRAMES];
  convolve(shared, work, taps, c, frame, sums);
  if (norms) {
    normalize_mixed(shared, work, mixNorm.eps, activation, c, frame, sums);
  }
  exchange_slices(shared, work, c, frame, sums);
  project_rows(shared, work, gate, project, out, outStride);
  cluster_wait();
}

KERNEL(THREADS) CLUSTER convolution_module(
    const float* RESTRICT x, int xOffset, int xStride,
    const float* RESTRICT gamma, const float* RESTRICT beta, float eps,
    const factor_storage* RESTRICT gateWeight, const float* RESTRICT gateBias,
    const float* RESTRICT tapsWeight, const float* RESTRICT tapsBias, const float* RESTRICT outside,
    int taps, int leftPadding, int tapsActivation,
    const factor_storage* RESTRICT projectWeight, const float* RESTRICT projectBias,
    float* RESTRICT out, int outOffset, int outStride,
    const int* RESTRICT segments, int rows, int width) {
  DYNAMIC_MEMORY(memory);
  Taps convolves = {tapsWeight, tapsBias, outside, taps, leftPadding, tapsActivation};
  Work work = work_of(x + xOffset, xStride, rows, width, convolves);
  convolution<0>(
      memory, work, Normal{gamma, beta, eps}, Layer{gateWeight, gateBias}, convolves, Normal{}, ACTIVATION_NONE,
      Layer{projectWeight, projectBias}, out + outOffset, outStride, segments);
}

/* The same with a LayerNorm behind the depthwise convolution. */
KERNEL(THREADS) CLUSTER convolution_module_norm(
    const float* RESTRICT x, int xOffset, int xStride,
    const float* RESTRICT gamma, const float* RESTRICT beta, float eps,
    const factor_storage* RESTRICT gateWeight, const float* RESTRICT gateBias,
    const float* RESTRICT tapsWeight, const float* RESTRICT tapsBias, const float* RESTRICT outside,
    int taps, int leftPadding, int tapsActivation,
    const float* RESTRICT mixGamma, const float* RESTRICT mixBeta, float mixEps, int activation,
    const factor_storage* RESTRICT projectWeight, const float* RESTRICT projectBias,
    float* RESTRICT out, int outOffset, int outStride,
    const int* RESTRICT segments, int rows, int width) {
  DYNAMIC_MEMORY(memory);
  Taps convolves = {tapsWeight, tapsBias, outside, taps, leftPadding, tapsActivation};
  Work work = work_of(x + xOffset, xStride, rows, width, convolves);
  convolution<1>(
      memory, work, Normal{gamma, beta, eps}, Layer{gateWeight, gateBias}, convolves, Normal{mixGamma, mixBeta, mixEps},
      activation, Layer{projectWeight, projectBias}, out + outOffset, outStride, segments);
}
