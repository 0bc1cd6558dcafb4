/*
 * linear.cl on tensor cores, with the same arguments: factors rounded to 16 bits, sums in float32.
 *
 * A group computes BLOCK_ROWS x BLOCK_COLS results from tiles of BLOCK_DEPTH, of which STAGES - 1 are on their way while
 * one is multiplied. x stays float32 until its fragments are made. Every result sums its products 16 deep at a time in
 * ascending order, so that it does not depend on the tile's size. Behind GLU the columns of a group are, eight by eight,
 * values and their gates.
 *
 * With SLICES, for weights so deep that few rows would keep only a part of the device busy: the depth is cut into SLICES
 * slices whose sums are added in ascending order, whatever the tile. SETS sets of warps share the slices, and the
 * group's memory: with one set the slices follow each other, with as many sets as slices they run side by side.
 *
 * Behind product_rows.cu; product_layers.cu, product_usual.cu and product_norm.cu have the kernels.
 *
 * Needs x and its stride aligned to 4 floats, and rows of the weight of a multiple of 8.
 * Grid: row tiles times column tiles.
 */
#if !defined(SLICES)
#define SLICES 1
#define SETS 1
#endif
#define SET_THREADS (32 * WARPS_DOWN * WARPS_ACROSS)
#define THREADS (SETS * SET_THREADS)
#define SET (ITEM / SET_THREADS)
#define SET_ITEM (ITEM % SET_THREADS)
#define SET_WARP (SET_ITEM / 32)
#define SLICE_STEP 64 /* slices are multiples of it, so that products of 16 are the same for all tiles */
#define WARP_ROWS (BLOCK_ROWS / WARPS_DOWN)
#define WARP_COLS (BLOCK_COLS / WARPS_ACROSS)
#define TILES_DOWN (WARP_ROWS / 16)
#define TILES_ACROSS (WARP_COLS / 8)
/* rows 8 further apart: eight rows lie in different banks */
#define X_PITCH (BLOCK_DEPTH + 8)
#define W_PITCH (BLOCK_DEPTH + 8)
#define RESULT_PITCH (BLOCK_COLS + 8)
#define X_BYTES (BLOCK_ROWS * X_PITCH * 4)
#define W_BYTES (BLOCK_COLS * W_PITCH * 2)
#if defined(NORMALIZES)
#define STAGE_BYTES (X_BYTES + W_BYTES + 2 * BLOCK_DEPTH * 4) /* behind the tiles: gamma, beta */
#else
#define STAGE_BYTES (X_BYTES + W_BYTES)
#endif
#define STATISTICS_AT (STAGES * STAGE_BYTES) /* of the rows: mean, factor */
#define RESULT_BYTES (BLOCK_ROWS * RESULT_PITCH * 4)

/* Starts the copies of one tile of each factor, `from` deep; a lane's pieces of a factor are equally deep. */
template <int glu, class Rows>
DEVICE void load_tiles(
    unsigned char* stage, const Rows& x, const factor_storage* weight, int row, int col, int outputs, int from) {
  int k = SET_ITEM % (BLOCK_DEPTH / 4) * 4;
  auto column = x.column(from + k);
  UNROLL
  for (int i = 0; i < BLOCK_ROWS * (BLOCK_DEPTH / 4) / SET_THREADS; ++i) {
    int r = SET_ITEM / (BLOCK_DEPTH / 4) + i * (SET_THREADS / (BLOCK_DEPTH / 4));
    const float* four = x.four(row + r, column);
    copy_async(stage + (r * X_PITCH + k) * 4, four == nullptr ? x.x : four, four == nullptr ? 0 : 16);
  }
  k = SET_ITEM % (BLOCK_DEPTH / 8) * 8;
  UNROLL
  for (int i = 0; i < BLOCK_COLS * (BLOCK_DEPTH / 8) / SET_THREADS; ++i) {
    int n = SET_ITEM / (BLOCK_DEPTH / 8) + i * (SET_THREADS / (BLOCK_DEPTH / 8));
    int output = glu ? col + n / 16 * 8 + n % 8 : col + n;
    int gate = glu && n / 8 % 2 == 1;
    int inside = output < outputs && from + k < x.depth;
    const factor_storage* eight = weight + (long long)(output + gate * outputs) * x.depth + from + k;
    copy_async(stage + X_BYTES + (n * W_PITCH + k) * 2, inside ? eight : weight, inside ? 16 : 0);
  }
}

/* sums += the product of two tiles. */
template <class Change>
DEVICE void multiply_stage(
    const unsigned char* stage, Change& change, float (&sums)[TILES_DOWN][TILES_ACROSS][4]) {
  const float* x = (const float*)stage + (SET_WARP / WARPS_ACROSS * WARP_ROWS + LANE / 4) * X_PITCH + LANE % 4 * 2;
  const factor_storage* w = (const factor_storage*)(stage + X_BYTES) +
      (SET_WARP % WARPS_ACROSS * WARP_COLS + LANE / 16 * 8 + LANE % 8) * W_PITCH + LANE / 8 % 2 * 8;
  UNROLL
  for (int k = 0; k < BLOCK_DEPTH; k += 16) {
    unsigned b[TILES_ACROSS][2];
    UNROLL
    for (int j = 0; j < TILES_ACROSS; j += 2) {
      load_matrices(b[j][0], b[j][1], b[j + 1][0], b[j + 1][1], w + j * 8 * W_PITCH + k);
    }
    change.step(stage, k);
    UNROLL
    for (int i = 0; i < TILES_DOWN; ++i) {
      const float* p = x + i * 16 * X_PITCH + k;
      float2 upper = *(const float2*)p;
      float2 lower = *(const float2*)(p + 8 * X_PITCH);
      float2 upperRight = *(const float2*)(p + 8);
      float2 lowerRight = *(const float2*)(p + 8 * X_PITCH + 8);
      unsigned a[4] = {
          change.pair(upper, i, 0, 0), change.pair(lower, i, 1, 0),
          change.pair(upperRight, i, 0, 1), change.pair(lowerRight, i, 1, 1)};
      UNROLL
      for (int j = 0; j < TILES_ACROSS; ++j) {
        multiply_add(sums[i][j], a, b[j]);
      }
    }
  }
}

/* Leaves a set's sums in its part of the group's memory, [BLOCK_ROWS] rows of RESULT_PITCH floats. */
DEVICE void keep_results(unsigned char* memory, const float (&sums)[TILES_DOWN][TILES_ACROSS][4]) {
  float* results = (float*)(memory + SET * RESULT_BYTES) +
      (SET_WARP / WARPS_ACROSS * WARP_ROWS + LANE / 4) * RESULT_PITCH + SET_WARP % WARPS_ACROSS * WARP_COLS + LANE % 4 * 2;
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
#if SETS > 1
  float* all = (float*)memory;
  for (int e = ITEM; e < BLOCK_ROWS * RESULT_PITCH; e += THREADS) {
    float total = 0.0f;
    UNROLL
    for (int set = 0; set < SETS; ++set) {
      total += all[set * BLOCK_ROWS * RESULT_PITCH + e];
    }
    all[e] = total;
  }
  BARRIER();
#endif
}

/* totals += sums, sums = 0: a slice is complete. */
DEVICE void end_slice(float (&totals)[TILES_DOWN][TILES_ACROSS][4], float (&sums)[TILES_DOWN][TILES_ACROSS][4]) {
  UNROLL
  for (int i = 0; i < TILES_DOWN; ++i) {
    UNROLL
    for (int j = 0; j < TILES_ACROSS; ++j) {
      UNROLL
      for (int e = 0; e < 4; ++e) {
        totals[i][j][e] += sums[i][j][e];
        sums[i][j][e] = 0.0f;
      }
    }
  }
}

/* Leaves the group's results in its memory, [BLOCK_ROWS] rows of RESULT_PITCH floats. */
template <int glu, class Rows, class Change>
DEVICE const float* multiply(
    unsigned char* memory, const Rows& x, Change& change, const factor_storage* weight, int row, int col, int outputs) {
  float sums[TILES_DOWN][TILES_ACROSS][4] = {};
#if SLICES > 1
  int slice = (x.depth + SLICES * SLICE_STEP - 1) / (SLICES * SLICE_STEP) * SLICE_STEP;
#endif
#if SETS > 1
  int first = SET * slice;
  int steps = slice / BLOCK_DEPTH; /* the same for all, who wait for each other */
  unsigned char* stages = memory + SET * STAGES * STAGE_BYTES;
#else
  int first = 0;
  int steps = (x.depth + BLOCK_DEPTH - 1) / BLOCK_DEPTH;
  unsigned char* stages = memory;
#if SLICES > 1
  float totals[TILES_DOWN][TILES_ACROSS][4] = {};
#endif
#endif
  change.begin(memory);
  UNROLL
  for (int s = 0; s < STAGES - 1; ++s) {
    if (s < steps) {
      load_tiles<glu>(stages + s * STAGE_BYTES, x, weight, row, col, outputs, first + s * BLOCK_DEPTH);
      change.load(stages + s * STAGE_BYTES, first + s * BLOCK_DEPTH, x.depth);
    }
    copy_commit();
  }
  for (int step = 0; step < steps; ++step) {
    copy_wait<STAGES - 2>();
    BARRIER(); /* the tile is there for all, and all are done with the one that the next copies replace */
    int next = step + STAGES - 1;
    if (next < steps) {
      unsigned char* stage = stages + next % STAGES * STAGE_BYTES;
      load_tiles<glu>(stage, x, weight, row, col, outputs, first + next * BLOCK_DEPTH);
      change.load(stage, first + next * BLOCK_DEPTH, x.depth);
    }
    copy_commit();
    multiply_stage(stages + step % STAGES * STAGE_BYTES, change, sums);
#if SLICES > SETS
    if ((step + 1) * BLOCK_DEPTH % slice == 0 || step + 1 == steps) {
      end_slice(totals, sums);
    }
#endif
  }
  copy_wait<0>();
  BARRIER(); /* the results take the tiles' place */
#if SLICES > SETS
  keep_results(memory, totals);
#else
  keep_results(memory, sums);
#endif
  return (const float*)memory;
}
