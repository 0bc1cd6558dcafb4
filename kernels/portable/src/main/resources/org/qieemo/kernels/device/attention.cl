/*
 * Multi-head attention inside each segment: out = softmax(score + mask) V, score[i,j] =
 * ((q_i + u).k_j + bd[i,j]) * scale, with the position term bd that TERM names:
 *
 *   POSITION_NONE      0
 *   POSITION_KEY       (q_i + v).p_j
 *   POSITION_RELATIVE  (q_i + v).p_(middle - i + j), middle = (position rows - 1) / 2
 *   POSITION_LEGACY    (q_i + v).p_(T-1-i+j) for j <= i, 0 for j = i+1, (q_(i+1) + v).p_(j-i-2) beyond
 *
 * q, out [rows, width], kv [rows, 2 width] (keys, then values), positions [_, width], u, v [width].
 * blocks [_, 3]: first row of a segment, its frames T, first query of the block inside the segment.
 *
 * A group takes QUERIES queries of one head through all keys that they see, KEYS at a time, with the
 * running maximum and sum of the softmax, and writes SLICE columns of the head. Key tiles begin at
 * multiples of KEYS inside the segment, so that a result does not depend on the batch around it.
 * Grid: x = blocks, y = heads, z = slices of the head's width.
 */
#define QUERIES 16
#define KEYS 32
#define SLICE 64
#define DEPTH 16
#define ROW_PITCH (DEPTH + 1)
#define SCORE_PITCH (KEYS + 1)
#define PLACES (KEYS + QUERIES - 1)
#define PAIRS (QUERIES * KEYS / ATTENTION_ITEMS)
#define RESULTS (QUERIES * SLICE / ATTENTION_ITEMS)

/* Query and key inside their tiles of the work-item's pair e. */
#define PAIR_QUERY(e) ((ITEM + (e) * ATTENTION_ITEMS) / KEYS)
#define PAIR_KEY(e) ((ITEM + (e) * ATTENTION_ITEMS) % KEYS)

/* tile[r][k] = from[(first + r) * stride + k] for the rows [0, rows) and columns [0, cols), else 0. */
DEVICE void load_rows(
    LOCAL float* tile, int count, GLOBAL const float* from, int stride, int first, int rows, int cols) {
  for (int e = ITEM; e < count * DEPTH; e += ATTENTION_ITEMS) {
    int r = first + e / DEPTH;
    int k = e % DEPTH;
    int inside = r >= 0 && r < rows && k < cols;
    tile[e / DEPTH * ROW_PITCH + k] = inside ? from[r * stride + k] : 0.0f;
  }
}

/* The same with a bias [cols] on every row. */
DEVICE void load_queries(
    LOCAL float* tile, GLOBAL const float* from, int stride, GLOBAL const float* bias,
    int first, int rows, int cols) {
  for (int e = ITEM; e < QUERIES * DEPTH; e += ATTENTION_ITEMS) {
    int r = first + e / DEPTH;
    int k = e % DEPTH;
    int inside = r < rows && k < cols;
    tile[e / DEPTH * ROW_PITCH + k] = inside ? from[r * stride + k] + bias[k] : 0.0f;
  }
}

/*
 * sums[e] += a[query] . b[key + slope * (QUERIES - 1 - query)] for the pairs whose key is at least
 * `from` and at most `to` behind the query, key 0 being `ahead` behind query 0.
 */
DEVICE void add_products(
    LOCAL const float* a, LOCAL const float* b, int slope, int ahead, int from, int to, float* sums) {
  for (int e = 0; e < PAIRS; ++e) {
    int i = PAIR_QUERY(e);
    int j = PAIR_KEY(e);
    int distance = ahead + j - i;
    if (distance >= from && distance <= to) {
      LOCAL const float* x = a + i * ROW_PITCH;
      LOCAL const float* y = b + (j + slope * (QUERIES - 1 - i)) * ROW_PITCH;
      float sum = sums[e];
      UNROLL
      for (int k = 0; k < DEPTH; ++k) {
        sum = MAD(x[k], y[k], sum);
      }
      sums[e] = sum;
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

#define ANY 0x40000000

KERNEL(ATTENTION_ITEMS) attention(
    GLOBAL const float* q, int qOffset, int qStride,
    GLOBAL const float* kv, int kvOffset, int kvStride,
    GLOBAL const float* positions, int pOffset, int pStride, int positionRows,
    GLOBAL const float* RESTRICT u, GLOBAL const float* RESTRICT v,
    GLOBAL float* RESTRICT out, int outOffset, int outStride,
    GLOBAL const int* RESTRICT blocks,
    int width, int headWidth, int chunk, int leftChunks, float scale) {
  LOCAL_ARRAY float queries[QUERIES * ROW_PITCH];
  LOCAL_ARRAY float others[PLACES * ROW_PITCH];
  LOCAL_ARRAY float scores[QUERIES * SCORE_PITCH];
  LOCAL_ARRAY float top[QUERIES];
  LOCAL_ARRAY float total[QUERIES];
  LOCAL_ARRAY float factor[QUERIES];
  int start = blocks[3 * GROUP_X];
  int frames = blocks[3 * GROUP_X + 1];
  int first = blocks[3 * GROUP_X + 2];
  int head = GROUP_Y * headWidth;
  int slice = GROUP_Z * SLICE;
  int end = last_key(least(first + QUERIES, frames) - 1, frames, chunk);
  GLOBAL const float* segmentQueries = q + qOffset + start * qStride + head;
  GLOBAL const float* segmentKeys = kv + kvOffset + start * kvStride + head;
  GLOBAL const float* segmentValues = segmentKeys + width + slice;
  float results[RESULTS];
  for (int e = 0; e < RESULTS; ++e) {
    results[e] = 0.0f;
  }
  if (ITEM < QUERIES) {
    top[ITEM] = -INFINITY;
    total[ITEM] = 0.0f;
  }
  for (int key = first_key(first, chunk, leftChunks) / KEYS * KEYS; key < end; key += KEYS) {
    float sums[PAIRS];
    for (int e = 0; e < PAIRS; ++e) {
      sums[e] = 0.0f;
    }
    for (int k = 0; k < headWidth; k += DEPTH) {
      int cols = headWidth - k;
      load_queries(queries, segmentQueries + k, qStride, u + head + k, first, frames, cols);
      load_rows(others, KEYS, segmentKeys + k, kvStride, key, frames, cols);
      BARRIER();
      add_products(queries, others, 0, key - first, -ANY, ANY, sums);
      BARRIER();
#if TERM != POSITION_NONE
      GLOBAL const float* places = positions + pOffset + head + k;
      load_queries(queries, segmentQueries + k, qStride, v + head + k, first, frames, cols);
#if TERM == POSITION_KEY
      load_rows(others, KEYS, places, pStride, key, positionRows, cols);
      BARRIER();
      add_products(queries, others, 0, key - first, -ANY, ANY, sums);
#elif TERM == POSITION_RELATIVE
      load_rows(others, PLACES, places, pStride,
          positionRows / 2 - first + key - QUERIES + 1, positionRows, cols);
      BARRIER();
      add_products(queries, others, 1, key - first, -ANY, ANY, sums);
#else
      load_rows(others, PLACES, places, pStride,
          frames - 1 - first + key - QUERIES + 1, positionRows, cols);
      BARRIER();
      add_products(queries, others, 1, key - first, -ANY, 0, sums);
      BARRIER();
      load_queries(queries, segmentQueries + k, qStride, v + head + k, first + 1, frames, cols);
      load_rows(others, PLACES, places, pStride,
          -2 - first + key - QUERIES + 1, positionRows, cols);
      BARRIER();
      add_products(queries, others, 1, key - first, 2, ANY, sums);
#endif
      BARRIER();
#endif
    }
    for (int e = 0; e < PAIRS; ++e) {
      int i = first + PAIR_QUERY(e);
      int j = key + PAIR_KEY(e);
      int seen = j >= first_key(i, chunk, leftChunks) && j < last_key(i, frames, chunk);
      scores[PAIR_QUERY(e) * SCORE_PITCH + PAIR_KEY(e)] = seen ? sums[e] * scale : -INFINITY;
    }
    BARRIER();
    if (ITEM < QUERIES) {
      float highest = top[ITEM];
      for (int j = 0; j < KEYS; ++j) {
        highest = larger(highest, scores[ITEM * SCORE_PITCH + j]);
      }
      factor[ITEM] = top[ITEM] == -INFINITY ? 0.0f : EXP(top[ITEM] - highest);
      top[ITEM] = highest;
    }
    BARRIER();
    for (int e = 0; e < PAIRS; ++e) {
      int at = PAIR_QUERY(e) * SCORE_PITCH + PAIR_KEY(e);
      scores[at] = scores[at] == -INFINITY ? 0.0f : EXP(scores[at] - top[PAIR_QUERY(e)]);
    }
    BARRIER();
    if (ITEM < QUERIES) {
      float sum = total[ITEM] * factor[ITEM];
      for (int j = 0; j < KEYS; ++j) {
        sum += scores[ITEM * SCORE_PITCH + j];
      }
      total[ITEM] = sum;
    }
    int keys = least(KEYS, frames - key);
    for (int e = 0; e < RESULTS; ++e) {
      int i = (ITEM + e * ATTENTION_ITEMS) / SLICE;
      int c = (ITEM + e * ATTENTION_ITEMS) % SLICE;
      if (slice + c < headWidth) {
        float sum = results[e] * factor[i];
        for (int j = 0; j < keys; ++j) {
          sum = MAD(scores[i * SCORE_PITCH + j], segmentValues[(key + j) * kvStride + c], sum);
        }
        results[e] = sum;
      }
    }
    BARRIER();
  }
  for (int e = 0; e < RESULTS; ++e) {
    int i = (ITEM + e * ATTENTION_ITEMS) / SLICE;
    int c = slice + (ITEM + e * ATTENTION_ITEMS) % SLICE;
    if (first + i < frames && c < headWidth) {
      float result = total[i] == 0.0f ? 0.0f : results[e] / total[i];
      out[outOffset + (start + first + i) * outStride + head + c] = result;
    }
  }
}
