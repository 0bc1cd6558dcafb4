/*
 * A Conformer's convolution module in one launch: sum = x + project(mixed), mixed = act(norm(depthwise(gated))),
 * gated = GLU(gate(LayerNorm(x))). The bits are those of norm_linear_glu, depthwise, layer_norm and linear_add one after
 * the other: factors are rounded to 16 bits where theirs are, and products of 16 deep are added in ascending order.
 *
 * A cluster has FRAMES frames, each of its groups a slice of the columns:
 *
 *   1. LayerNorm of the frames and of the taps - 1 around them, by every group on its own; the slice's values and gates
 *   2. the slice's depthwise convolution, inside the segments; LayerNorm behind it takes two rows' statistics per group
 *   3. all slices of what came out, from the other groups; the slice's columns of the last layer, and x
 *
 * Both weights stream through one ring of tiles, the second one's first tiles behind the first one's last. No group reads
 * what another cluster writes, so that clusters may run in any order; hence sum is not x.
 *
 * Behind cluster.h; convolution_phases.cu has the phases and the kernels. width is a multiple of 16 and at most
 * MOST_WIDTH, taps at most MOST_TAPS; x, sum and their strides are aligned to 4 floats. Grid: x = CLUSTER_BLOCKS times
 * tiles of FRAMES rows.
 */
typedef unsigned short factor_storage;

#define THREADS 256
#define WARPS (THREADS / 32)
#define MOST_SLICE (MOST_WIDTH / CLUSTER_BLOCKS)
#define MOST_TILES ((FRAMES + MOST_TAPS - 1 + 15) / 16) /* of 16 rows */
#define MOST_ROWS (16 * MOST_TILES)
#define LANE_VALUES (MOST_WIDTH / 32) /* of a row in each lane */
#define TILE_DEPTH 64
#define STAGES 3
#define GROUP_FRAMES (FRAMES * MOST_SLICE / THREADS) /* that a thread has of one column */

/* A group's memory. Rows are padded so that eight of them lie in different banks. */
struct Shared {
  union Row { /* of x, then of its LayerNorm */
    float x[MOST_WIDTH + 4];
    factor_storage factors[2 * MOST_WIDTH + 8];
  } rows[MOST_ROWS];
  factor_storage weights[STAGES][2 * MOST_SLICE][TILE_DEPTH + 8];
  float taps[MOST_TAPS][MOST_SLICE];
  float gamma[MOST_WIDTH];
  float beta[MOST_WIDTH];
  float valueBias[MOST_SLICE];
  float gateBias[MOST_SLICE];
  float tapsBias[MOST_SLICE];
  float outside[MOST_SLICE];
  float mixGamma[MOST_SLICE];
  float mixBeta[MOST_SLICE];
  float projectBias[MOST_SLICE];
  int segments[2 * FRAMES];
  float gated[MOST_ROWS][MOST_SLICE + 8];
  float mixed[FRAMES][MOST_SLICE + 8];            /* before its LayerNorm, for the others */
  float statistics[FRAMES / CLUSTER_BLOCKS][2];   /* mean, factor, for the others */
  factor_storage slice[FRAMES][MOST_SLICE + 8];   /* for the others */
  factor_storage whole[FRAMES][MOST_WIDTH + 8];   /* all slices */
};
static_assert(sizeof(Shared) == DYNAMIC_BYTES, "the group's memory");
static_assert(GROUP_FRAMES * THREADS == FRAMES * MOST_SLICE, "a thread's frames of a column");
static_assert(FRAMES == 16 && FRAMES % CLUSTER_BLOCKS == 0, "the last layer multiplies one tile of rows");

struct Normal {
  const float* gamma;
  const float* beta;
  float eps;
};

struct Layer {
  const factor_storage* weight;
  const float* bias;
};

struct Taps {
  const float* weight;
  const float* bias;
  const float* outside;
  int count;
  int before; /* rows before the first frame's own */
  int activation;
};

/* What a group computes. */
struct Work {
  const float* x; /* the first row */
  int stride;
  int rows;
  int width;
  int row;   /* of the first frame */
  int from;  /* row of the first tap of the first frame */
  int tiles; /* of 16 rows from there on that any frame needs */
  int steps; /* tiles of depth of one layer; also the eights of columns in a slice */
  int first; /* column of the slice */
  int cols;  /* of the slice, none in groups behind the last column */
};

DEVICE Work work_of(const float* x, int stride, int rows, int width, const Taps& taps) {
  int row = GROUP_X / CLUSTER_BLOCKS * FRAMES;
  int steps = (width + TILE_DEPTH - 1) / TILE_DEPTH;
  int first = RANK * steps * 8;
  return {
      x, stride, rows, width, row, row - taps.before, (FRAMES + taps.count - 1 + 15) / 16, steps, first,
      least(most(width - first, 0), steps * 8)};
}

/* Starts the copies of a slice of values, by one warp. */
DEVICE void load_slice(int warp, float* to, const float* from, const Work& work) {
  int c = LANE * 4;
  if (WARP_ID == warp && c < MOST_SLICE) {
    copy_async(to + c, c < work.cols ? from + work.first + c : from, c < work.cols ? 16 : 0);
  }
}

/* Starts the copies of all that there is but weights of layers; a warp copies the rows that it normalises. */
DEVICE void load_rows(
    Shared& shared, const Work& work, const Normal& norm, const Layer& gate, const Taps& taps, const Layer& project,
    const int* segments) {
  ROLLED
  for (int r = WARP_ID; r < 16 * work.tiles; r += WARPS) {
    int inside = work.from + r >= 0 && work.from + r < work.rows;
    const float* row = work.x + (long long)(inside ? work.from + r : 0) * work.stride;
    for (int c = LANE * 4; c < work.width; c += 128) {
      copy_async(shared.rows[r].x + c, row + c, inside ? 16 : 0);
    }
  }
  for (int c = ITEM * 4; c < work.width; c += THREADS * 4) {
    copy_async(shared.gamma + c, norm.gamma + c, 16);
    copy_async(shared.beta + c, norm.beta + c, 16);
  }
  load_slice(0, shared.valueBias, gate.bias, work);
  load_slice(1, shared.gateBias, gate.bias + work.width, work);
  load_slice(2, shared.tapsBias, taps.bias, work);
  load_slice(3, shared.outside, taps.outside, work);
  load_slice(4, shared.projectBias, project.bias, work);
  for (int e = ITEM; e < taps.count * (MOST_SLICE / 4); e += THREADS) {
    int k = e / (MOST_SLICE / 4);
    int c = e % (MOST_SLICE / 4) * 4;
    const float* four = taps.weight + (long long)k * work.width + work.first + c;
    copy_async(shared.taps[k] + c, c < work.cols ? four : taps.weight, c < work.cols ? 16 : 0);
  }
  if (ITEM < FRAMES / 2) { /* rows behind the last one are in a segment without rows */
    int there = least(most(work.rows - work.row - 2 * ITEM, 0), 2);
    copy_async(shared.segments + 4 * ITEM, there == 0 ? segments : segments + 2 * (work.row + 2 * ITEM), there * 8);
  }
}

/* Starts the copies of a step's tile of weights: the gate's columns and their gates eight by eight, or the last layer's. */
DEVICE void load_weights(Shared& shared, const Work& work, const Layer& gate, const Layer& project, int step) {
  int second = step >= work.steps;
  int from = (second ? step - work.steps : step) * TILE_DEPTH + ITEM % 8 * 8;
  const factor_storage* weight = second ? project.weight : gate.weight;
  int count = second ? work.steps * 8 : work.steps * 16;
  for (int n = ITEM / 8; n < count; n += THREADS / 8) {
    int c = second ? n : n / 16 * 8 + n % 8;
    int gates = !second && n / 8 % 2 == 1;
    int inside = c < work.cols && from < work.width;
    const factor_storage* eight = weight + (long long)(work.first + c + gates * work.width) * work.width + from;
    copy_async(shared.weights[step % STAGES][n] + ITEM % 8 * 8, inside ? eight : weight, inside ? 16 : 0);
  }
}

/* A step's tile is there for all, and the one that is free gets the next. */
DEVICE void next_step(Shared& shared, const Work& work, const Layer& gate, const Layer& project, int step) {
  copy_wait<STAGES - 2>();
  BARRIER();
  if (step + STAGES - 1 < 2 * work.steps) {
    load_weights(shared, work, gate, project, step + STAGES - 1);
  }
  copy_commit();
}
