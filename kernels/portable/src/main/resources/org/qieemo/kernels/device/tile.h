/*
 * The matrix product in tiles: a group computes TILE x TILE results, a work-item EDGE x EDGE of them.
 * Tiles of both factors lie in the group's memory as [TILE_DEPTH][TILE], rows PITCH apart so that a
 * column is written without bank conflicts. Every result sums its products in ascending depth, so
 * that it does not depend on the tile size nor on where its row lies.
 */
#define TILE_DEPTH 16
#define EDGE 4
#define SIDE (TILE / EDGE)
#define TILE_ITEMS (SIDE * SIDE)
#define PITCH (TILE + 1)
#define TILE_FLOATS (TILE_DEPTH * PITCH)

/* Weights are stored as float32, float16 or bfloat16 and multiplied as float32. */
#if defined(WEIGHT_F16)
typedef half_storage weight_storage;
#define LOAD_WEIGHT(p, i) LOAD_HALF(p, i)
#elif defined(WEIGHT_BF16)
typedef bf16_storage weight_storage;
#define LOAD_WEIGHT(p, i) LOAD_BF16(p, i)
#else
typedef float weight_storage;
#define LOAD_WEIGHT(p, i) ((p)[i])
#endif

/* tile[k][n] = weight[first + n][from + k], zeros outside of weight [rows, depth]. */
DEVICE void load_weight(
    LOCAL float* tile, GLOBAL const weight_storage* weight, int first, int rows, int from, int depth) {
  for (int e = ITEM; e < TILE * TILE_DEPTH; e += TILE_ITEMS) {
    int k = e % TILE_DEPTH;
    int n = e / TILE_DEPTH;
    int inside = first + n < rows && from + k < depth;
    tile[k * PITCH + n] = inside ? LOAD_WEIGHT(weight, (first + n) * depth + from + k) : 0.0f;
  }
}

DEVICE void clear_sums(float* sums /* [EDGE * EDGE] */) {
  for (int e = 0; e < EDGE * EDGE; ++e) {
    sums[e] = 0.0f;
  }
}

/* sums += the product of two tiles. */
DEVICE void multiply_tiles(LOCAL const float* a, LOCAL const float* b, float* sums /* [EDGE * EDGE] */) {
  int row = ITEM / SIDE;
  int col = ITEM % SIDE;
  UNROLL
  for (int k = 0; k < TILE_DEPTH; ++k) {
    float x[EDGE];
    float y[EDGE];
    UNROLL
    for (int e = 0; e < EDGE; ++e) {
      x[e] = a[k * PITCH + row + e * SIDE];
      y[e] = b[k * PITCH + col + e * SIDE];
    }
    UNROLL
    for (int i = 0; i < EDGE; ++i) {
      UNROLL
      for (int j = 0; j < EDGE; ++j) {
        sums[i * EDGE + j] = MAD(x[i], y[j], sums[i * EDGE + j]);
      }
    }
  }
}

/* Row and column inside the tile of the work-item's result e. */
#define RESULT_ROW(e) (ITEM / SIDE + (e) / EDGE * SIDE)
#define RESULT_COL(e) (ITEM % SIDE + (e) % EDGE * SIDE)
