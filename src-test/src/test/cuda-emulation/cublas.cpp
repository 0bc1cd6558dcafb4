/*
 * A libcublas.so.12 without a GPU: the calls that the CUDA back end makes, on the emulated driver's streams. Its symbols
 * carry the version that JCublas asks for. Only products as the back end asks for them: transposed first factor, sums
 * and results in float32.
 */
#include <immintrin.h>

#include <cstdint>
#include <cstring>

typedef void (*Work)(void*);

/* of the emulated driver */
extern "C" int emulation_enqueue(void* stream, Work work, void* argument);

enum { SUCCESS = 0, INVALID_VALUE = 7, EXECUTION_FAILED = 13 };
enum { OP_N = 0, OP_T = 1, R_32F = 0, R_16F = 2, R_16BF = 14, COMPUTE_32F = 68 };

struct Handle {
  void* stream;
};

struct Product {
  int m, n, k, type;
  const uint16_t* a; /* k x m, column by column */
  const uint16_t* b; /* k x n */
  float* c;          /* m x n */
};

static float value(uint16_t bits, int type) {
  if (type == R_16F) return _cvtsh_ss(bits);
  uint32_t wide = uint32_t(bits) << 16;
  float result;
  std::memcpy(&result, &wide, 4);
  return result;
}

static void multiply(void* argument) {
  Product* p = static_cast<Product*>(argument);
  for (int j = 0; j < p->n; ++j) {
    for (int i = 0; i < p->m; ++i) {
      double sum = 0;
      for (int l = 0; l < p->k; ++l) {
        sum += double(value(p->a[size_t(i) * p->k + l], p->type)) * value(p->b[size_t(j) * p->k + l], p->type);
      }
      p->c[size_t(j) * p->m + i] = float(sum);
    }
  }
  delete p;
}

extern "C" {

int cublasCreate_v2(Handle** made) {
  *made = new Handle{nullptr};
  return SUCCESS;
}

int cublasDestroy_v2(Handle* handle) {
  delete handle;
  return SUCCESS;
}

int cublasSetStream_v2(Handle* handle, void* stream) {
  handle->stream = stream;
  return SUCCESS;
}

int cublasGetVersion_v2(Handle*, int* version) {
  *version = 120001;
  return SUCCESS;
}

int cublasGemmEx(Handle* handle, int opA, int opB, int m, int n, int k, const float* alpha, const void* a, int typeA,
                 int lda, const void* b, int typeB, int ldb, const float* beta, void* c, int typeC, int ldc, int compute,
                 int) {
  if (opA != OP_T || opB != OP_N || *alpha != 1 || *beta != 0 || typeA != typeB || (typeA != R_16F && typeA != R_16BF) ||
      typeC != R_32F || compute != COMPUTE_32F || lda != k || ldb != k || ldc != m) {
    return INVALID_VALUE;
  }
  auto* product = new Product{m, n, k, typeA, static_cast<const uint16_t*>(a), static_cast<const uint16_t*>(b),
                              static_cast<float*>(c)};
  return emulation_enqueue(handle->stream, multiply, product) == 0 ? SUCCESS : EXECUTION_FAILED;
}

} /* extern "C" */
