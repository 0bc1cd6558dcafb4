/* Storage in half precision, for kernels.h. */
#pragma once
#include <immintrin.h>

struct __half {
  unsigned short bits;
};

static inline float __half2float(__half h) { return _cvtsh_ss(h.bits); }
