/* What is multiplied by a weight: rows of float32, of which four values that follow each other are copied at a time. */
typedef unsigned short factor_storage;

/* The rows of x. */
struct MatrixRows {
  const float* x;
  int stride;
  int rows;
  int depth;

  /* A place inside the rows. */
  METHOD int column(int k) const { return k; }

  /* Four floats of row r from column k on; null outside. */
  METHOD const float* four(int r, int k) const {
    return r < rows && k < depth ? x + (long long)r * stride + k : nullptr;
  }
};

/* What becomes of x before it is rounded: nothing. */
struct Unchanged {
  METHOD void load(unsigned char*, int, int) const {}
  METHOD void begin(const unsigned char*) {}
  METHOD void step(const unsigned char*, int) {}
  METHOD unsigned pair(float2 x, int, int, int) const { return pack(x.x, x.y); }
};
