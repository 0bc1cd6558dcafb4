/*
 * product.cu with the products of whole warpgroups, for large results: factors rounded to 16 bits, sums in float32.
 *
 * A group computes 128 x 256 results, each of its two warpgroups 64 rows of them, from tiles of BLOCK_DEPTH. x stays
 * float32 in shared memory; a warpgroup rounds its rows into registers while its last products still run. The weight's
 * tiles lie as a matrix descriptor tells them. Two tiles of each factor are on their way; a tile of x is free when it is
 * rounded, one of the weight when its products have ended, which is a step later and needs one stage more.
 *
 * Behind product_rows.cu and warpgroup.h; the same kernels and needs as product.cu, but the bits of a result may be others.
 */
#define THREADS 256
#define BLOCK_ROWS 128
#define BLOCK_COLS GROUP_COLS
#define BLOCK_DEPTH (ROW_BYTES / 2)
#define X_PITCH (BLOCK_DEPTH * 4) /* bytes */
#define X_BYTES (BLOCK_ROWS * X_PITCH)
#define W_BYTES (BLOCK_COLS * ROW_BYTES)
#define X_STAGES 3
#define W_STAGES 4
#define RESULT_PITCH (BLOCK_COLS + 8)

/* Where four floats of row r from 4 p on lie: the rows that a fragment takes at a time in different banks. */
DEVICE int x_place(int r, int p) { return r * X_PITCH + (p ^ r % 4 * 2) * 16; }

/* Starts the copies of a step's tile of each factor; a lane's pieces of x, and of the weight, are equally deep. */
template <int glu, class Rows>
DEVICE void load_tiles(
    unsigned char* memory, const Rows& x, const factor_storage* weight, int row, int col, int outputs, int step) {
  unsigned char* to = memory + W_STAGES * W_BYTES + step % X_STAGES * X_BYTES;
  int piece = ITEM % (BLOCK_DEPTH / 4);
  auto column = x.column(step * BLOCK_DEPTH + piece * 4);
  UNROLL
  for (int i = 0; i < BLOCK_ROWS * (BLOCK_DEPTH / 4) / THREADS; ++i) {
    int r = ITEM / (BLOCK_DEPTH / 4) + i * (THREADS / (BLOCK_DEPTH / 4));
    const float* four = x.four(row + r, column);
    copy_async(to + x_place(r, piece), four == nullptr ? x.x : four, four == nullptr ? 0 : 16);
  }
  to = memory + step % W_STAGES * W_BYTES;
  piece = ITEM % (BLOCK_DEPTH / 8);
  int from = step * BLOCK_DEPTH + piece * 8;
  UNROLL
  for (int i = 0; i < BLOCK_COLS * (BLOCK_DEPTH / 8) / THREADS; ++i) {
    int n = ITEM / (BLOCK_DEPTH / 8) + i * (THREADS / (BLOCK_DEPTH / 8));
    int output = glu ? col + n / 16 * 8 + n % 8 : col + n;
    int gate = glu && n / 8 % 2 == 1;
    int inside = output < outputs && from < x.depth;
    const factor_storage* eight = weight + (long long)(output + gate * outputs) * x.depth + from;
    copy_async(to + swizzled(n, piece), inside ? eight : weight, inside ? 16 : 0);
  }
}

/* The rows of this lane, rounded. */
DEVICE void round_rows(const unsigned char* x, unsigned (&factors)[BLOCK_DEPTH / 16][4]) {
  int row = WARP_ID * 16 + LANE / 4;
  UNROLL
  for (int k = 0; k < BLOCK_DEPTH / 16; ++k) {
    UNROLL
    for (int e = 0; e < 4; ++e) {
      const unsigned char* four = x + x_place(row + e % 2 * 8, k * 4 + e / 2 * 2 + LANE % 4 / 2);
      float2 two = *(const float2*)(four + LANE % 2 * 8);
      factors[k][e] = pack(two.x, two.y);
    }
  }
}

/* Starts the products of one tile; those of step 0 replace what is in the sums. */
DEVICE void multiply_tile(
    float (&sums)[GROUP_SUMS], const unsigned (&factors)[BLOCK_DEPTH / 16][4], const unsigned char* weight, int step) {
  products_begin();
  UNROLL
  for (int k = 0; k < BLOCK_DEPTH / 16; ++k) {
    multiply_async(sums, factors[k], descriptor(weight + k * 32), step + k);
  }
  products_commit();
}

/* Leaves the sums in the group's memory, [BLOCK_ROWS] rows of RESULT_PITCH floats. */
DEVICE void keep_results(unsigned char* memory, const float (&sums)[GROUP_SUMS]) {
  float* results = (float*)memory + (WARP_ID * 16 + LANE / 4) * RESULT_PITCH + LANE % 4 * 2;
  UNROLL
  for (int j = 0; j < BLOCK_COLS / 8; ++j) {
    *(float2*)(results + j * 8) = float2{sums[4 * j], sums[4 * j + 1]};
    *(float2*)(results + 8 * RESULT_PITCH + j * 8) = float2{sums[4 * j + 2], sums[4 * j + 3]};
  }
  BARRIER();
}

/* Leaves the group's results in its memory, [BLOCK_ROWS] rows of RESULT_PITCH floats. */
template <int glu, class Rows>
DEVICE const float* multiply(
    unsigned char* memory, const Rows& x, const Unchanged&, const factor_storage* weight, int row, int col, int outputs) {
  memory += (ATOM_BYTES - shared_address(memory) % ATOM_BYTES) % ATOM_BYTES;
  float sums[GROUP_SUMS];
  unsigned factors[2][BLOCK_DEPTH / 16][4]; /* of this step, and of the one before */
  int steps = (x.depth + 2 * BLOCK_DEPTH - 1) / (2 * BLOCK_DEPTH) * 2; /* the last tile may be all zeros */
  UNROLL
  for (int step = 0; step < 2; ++step) {
    load_tiles<glu>(memory, x, weight, row, col, outputs, step);
    copy_commit();
  }
  ROLLED
  for (int both = 0; both < steps; both += 2) {
    UNROLL
    for (int i = 0; i < 2; ++i) {
      int step = both + i;
      copy_wait<1>();
      reveal_copies();
      BARRIER(); /* the tiles are there for all, and all are done with those that the next copies replace */
      round_rows(memory + W_STAGES * W_BYTES + step % X_STAGES * X_BYTES, factors[i]);
      multiply_tile(sums, factors[i], memory + step % W_STAGES * W_BYTES, step);
      if (step + 2 < steps) {
        load_tiles<glu>(memory, x, weight, row, col, outputs, step + 2);
      }
      copy_commit();
      products_wait<1>(); /* those of the step before */
    }
  }
  products_wait<0>();
  settle(sums);
  copy_wait<0>();
  BARRIER(); /* the results take the tiles' place */
  keep_results(memory, sums);
  return (const float*)memory;
}
