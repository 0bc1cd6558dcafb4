/*
 * attention.cl on tensor cores, with the same arguments, for heads of at most DEPTH columns: queries, keys, values,
 * positions and probabilities rounded to 16 bits, scores and sums in float32. Not for POSITION_LEGACY.
 *
 * A group takes QUERIES queries of one head, 16 for each warp, through all keys that they see, KEYS at a time, with the
 * running maximum and sum of the softmax. With POSITION_RELATIVE a warp multiplies its 16 queries by the KEYS + 16
 * position rows that they need together, and reads the products shifted: bd[i, j] = products[i, 15 - i + j].
 *
 * Needs q, kv, positions and their strides, and the head's width, aligned to 4 floats.
 * Grid: x = blocks of QUERIES queries, y = heads.
 */
#define THREADS 128
#define QUERIES 64
#define KEYS 32
#define DEPTH 64
#define PITCH (DEPTH + 8)
#define PLACES (KEYS + QUERIES)
#define WINDOW (KEYS + 16)
#define WINDOW_PITCH (WINDOW + 8)
#define K_STEPS (DEPTH / 16)
#define KEY_TILES (KEYS / 8)
#define WINDOW_TILES (WINDOW / 8)
#define VALUE_TILES (DEPTH / 8)

/* places of the parts in the group's memory; the queries lie there before the rest */
#define KEYS_AT 0
#define VALUES_AT (KEYS * PITCH * 2)
#define PLACES_AT (2 * VALUES_AT)
#define WINDOWS_AT (PLACES_AT + PLACES * PITCH * 2)
#define QUERIES_AT PLACES_AT

/* tile[r] = from[first + r] (+ bias) for the rows [0, rows) and columns [0, cols), else 0; DEPTH columns. */
DEVICE void load_rows(
    unsigned char* tile, int count, const float* from, int stride, const float* bias, int first, int rows, int cols) {
  for (int e = ITEM; e < count * (DEPTH / 4); e += THREADS) {
    int r = first + e / (DEPTH / 4);
    int k = e % (DEPTH / 4) * 4;
    float4 x = {0.0f, 0.0f, 0.0f, 0.0f};
    if (r >= 0 && r < rows && k < cols) {
      x = *(const float4*)(from + (long long)r * stride + k);
      if (bias != nullptr) {
        x.x += bias[k];
        x.y += bias[k + 1];
        x.z += bias[k + 2];
        x.w += bias[k + 3];
      }
    }
    unsigned* to = (unsigned*)(tile + (e / (DEPTH / 4) * PITCH + k) * 2);
    to[0] = pack(x.x, x.y);
    to[1] = pack(x.z, x.w);
  }
}

/* The fragments of 16 rows of a tile. */
DEVICE void load_fragments(unsigned (&a)[K_STEPS][4], const unsigned char* tile, int row) {
  const unsigned char* p = tile + ((row + LANE % 16) * PITCH + LANE / 16 * 8) * 2;
  UNROLL
  for (int k = 0; k < K_STEPS; ++k) {
    load_matrices(a[k][0], a[k][1], a[k][2], a[k][3], p + k * 32);
  }
}

/* sums[j] += a times the rows 8j to 8j + 7 of a tile, from `row` on. */
template <int tiles>
DEVICE void multiply_rows(
    float (&sums)[tiles][4], const unsigned (&a)[K_STEPS][4], const unsigned char* tile, int row) {
  const unsigned char* p = tile + ((row + LANE / 16 * 8 + LANE % 8) * PITCH + LANE / 8 % 2 * 8) * 2;
  UNROLL
  for (int k = 0; k < K_STEPS; ++k) {
    UNROLL
    for (int j = 0; j < tiles; j += 2) {
      unsigned b[2][2];
      load_matrices(b[0][0], b[0][1], b[1][0], b[1][1], p + (j * 8 * PITCH + k * 16) * 2);
      multiply_add(sums[j], a[k], b[0]);
      multiply_add(sums[j + 1], a[k], b[1]);
    }
  }
}

DEVICE int first_key(int i, int chunk, int leftChunks) {
  return chunk == 0 || leftChunks < 0 ? 0 : most((i / chunk - leftChunks) * chunk, 0);
}

/* One past the last key; without overflow for a chunk longer than the segment. */
DEVICE int last_key(int i, int frames, int chunk) {
  return chunk == 0 || chunk >= frames ? frames : least((i / chunk + 1) * chunk, frames);
}

/* Over the four lanes that share a row. */
DEVICE float row_max(float x) {
  x = larger(x, __shfl_xor_sync(0xffffffffu, x, 1));
  return larger(x, __shfl_xor_sync(0xffffffffu, x, 2));
}

DEVICE float row_sum(float x) {
  x += __shfl_xor_sync(0xffffffffu, x, 1);
  return x + __shfl_xor_sync(0xffffffffu, x, 2);
}

KERNEL(THREADS) attention(
    const float* q, int qOffset, int qStride,
    const float* kv, int kvOffset, int kvStride,
    const float* positions, int pOffset, int pStride, int positionRows,
    const float* RESTRICT u, const float* RESTRICT v,
    float* RESTRICT out, int outOffset, int outStride,
    const int* RESTRICT blocks,
    int width, int headWidth, int chunk, int leftChunks, float scale) {
  DYNAMIC_MEMORY(memory);
  int start = blocks[3 * GROUP_X];
  int frames = blocks[3 * GROUP_X + 1];
  int first = blocks[3 * GROUP_X + 2];
  int head = GROUP_Y * headWidth;
  int mine = WARP_ID * 16; /* this warp's first query in the block */
  const float* queries = q + qOffset + (long long)start * qStride + head;
  const float* keys = kv + kvOffset + (long long)start * kvStride + head;

  unsigned char* biased = memory + QUERIES_AT;
  unsigned contentQueries[K_STEPS][4];
  load_rows(biased, QUERIES, queries, qStride, u + head, first, frames, headWidth);
#if TERM != POSITION_NONE
  unsigned positionQueries[K_STEPS][4];
  load_rows(biased + QUERIES * PITCH * 2, QUERIES, queries, qStride, v + head, first, frames, headWidth);
#endif
  BARRIER();
  load_fragments(contentQueries, biased, mine);
#if TERM != POSITION_NONE
  load_fragments(positionQueries, biased + QUERIES * PITCH * 2, mine);
#endif

  float results[VALUE_TILES][4] = {};
  float top[2] = {-INFINITY, -INFINITY}; /* of rows g and g + 8 */
  float total[2] = {0.0f, 0.0f};         /* of this lane's columns */
  int row[2] = {first + mine + LANE / 4, first + mine + LANE / 4 + 8};
  int from[2];
  int to[2];
  UNROLL
  for (int h = 0; h < 2; ++h) {
    from[h] = first_key(row[h], chunk, leftChunks);
    to[h] = last_key(row[h], frames, chunk);
  }
  int end = last_key(least(first + QUERIES, frames) - 1, frames, chunk);
  for (int key = first_key(first, chunk, leftChunks) / KEYS * KEYS; key < end; key += KEYS) {
    BARRIER(); /* all are done with what is there */
    load_rows(memory + KEYS_AT, KEYS, keys, kvStride, nullptr, key, frames, headWidth);
    load_rows(memory + VALUES_AT, KEYS, keys + width, kvStride, nullptr, key, frames, headWidth);
#if TERM == POSITION_KEY
    load_rows(memory + PLACES_AT, KEYS, positions + pOffset + head, pStride, nullptr, key, positionRows, headWidth);
#elif TERM == POSITION_RELATIVE
    load_rows(memory + PLACES_AT, PLACES, positions + pOffset + head, pStride, nullptr,
        positionRows / 2 - first - (QUERIES - 1) + key, positionRows, headWidth);
#endif
    BARRIER();
    float scores[KEY_TILES][4] = {};
    multiply_rows(scores, contentQueries, memory + KEYS_AT, 0);
#if TERM == POSITION_KEY
    multiply_rows(scores, positionQueries, memory + PLACES_AT, 0);
#elif TERM == POSITION_RELATIVE
    float products[WINDOW_TILES][4] = {};
    multiply_rows(products, positionQueries, memory + PLACES_AT, QUERIES - 16 - mine);
    float* window = (float*)(memory + WINDOWS_AT) + WARP_ID * 16 * WINDOW_PITCH;
    UNROLL
    for (int j = 0; j < WINDOW_TILES; ++j) {
      float* p = window + LANE / 4 * WINDOW_PITCH + j * 8 + LANE % 4 * 2;
      *(float2*)p = float2{products[j][0], products[j][1]};
      *(float2*)(p + 8 * WINDOW_PITCH) = float2{products[j][2], products[j][3]};
    }
    __syncwarp();
#endif
    float highest[2] = {-INFINITY, -INFINITY};
    UNROLL
    for (int j = 0; j < KEY_TILES; ++j) {
      UNROLL
      for (int e = 0; e < 4; ++e) {
        int h = e / 2;
        int column = j * 8 + LANE % 4 * 2 + e % 2;
        float score = scores[j][e];
#if TERM == POSITION_RELATIVE
        int r = LANE / 4 + h * 8;
        score += window[r * WINDOW_PITCH + 15 - r + column];
#endif
        int seen = key + column >= from[h] && key + column < to[h];
        scores[j][e] = seen ? score * scale : -INFINITY;
        highest[h] = larger(highest[h], scores[j][e]);
      }
    }
    UNROLL
    for (int h = 0; h < 2; ++h) {
      float next = larger(top[h], row_max(highest[h]));
      float factor = top[h] == -INFINITY ? 0.0f : EXP(top[h] - next);
      top[h] = next;
      total[h] *= factor;
      UNROLL
      for (int n = 0; n < VALUE_TILES; ++n) {
        results[n][2 * h] *= factor;
        results[n][2 * h + 1] *= factor;
      }
    }
    UNROLL
    for (int j = 0; j < KEY_TILES; ++j) {
      UNROLL
      for (int e = 0; e < 4; ++e) {
        scores[j][e] = scores[j][e] == -INFINITY ? 0.0f : EXP(scores[j][e] - top[e / 2]);
        total[e / 2] += scores[j][e];
      }
    }
    UNROLL
    for (int j = 0; j < KEY_TILES; j += 2) { /* 16 keys: what a product leaves is what the next one takes */
      unsigned a[4] = {
          pack(scores[j][0], scores[j][1]), pack(scores[j][2], scores[j][3]),
          pack(scores[j + 1][0], scores[j + 1][1]), pack(scores[j + 1][2], scores[j + 1][3])};
      const unsigned char* p = memory + VALUES_AT + ((j * 8 + LANE % 16) * PITCH + LANE / 16 * 8) * 2;
      UNROLL
      for (int n = 0; n < VALUE_TILES; n += 2) {
        unsigned b[2][2];
        load_matrices_transposed(b[0][0], b[0][1], b[1][0], b[1][1], p + n * 16);
        multiply_add(results[n], a, b[0]);
        multiply_add(results[n + 1], a, b[1]);
      }
    }
  }
  UNROLL
  for (int h = 0; h < 2; ++h) {
    float sum = row_sum(total[h]);
    float* result = out + outOffset + (long long)(start + row[h]) * outStride + head;
    UNROLL
    for (int n = 0; n < VALUE_TILES; ++n) {
      UNROLL
      for (int e = 0; e < 2; ++e) {
        int c = n * 8 + LANE % 4 * 2 + e;
        if (row[h] < frames && c < headWidth) {
          result[c] = sum == 0.0f ? 0.0f : results[n][2 * h + e] / sum;
        }
      }
    }
  }
}
