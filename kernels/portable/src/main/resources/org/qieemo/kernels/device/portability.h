/*
 * The words in which the kernels are written: C99 that compiles as OpenCL C 1.2 and as CUDA C++.
 *
 * KERNEL(items) NAME(...)   a kernel that runs in groups of exactly so many work-items (one dimension)
 * DEVICE                    a helper function
 * GLOBAL, LOCAL             address space of a pointer to device memory, to the group's memory
 * LOCAL_ARRAY               storage of an array that a group shares; at kernel scope, static size
 * ITEM                      work-item inside the group
 * GROUP_X, GROUP_Y, GROUP_Z group inside the grid; only x may exceed 65535
 * BARRIER()                 every work-item of the group must reach it
 * MAD(a, b, c)              a * b + c, fused where that is fast
 * LOAD_HALF, LOAD_BF16      float value of element i of 16-bit storage
 */
#if defined(__OPENCL_VERSION__)

#define KERNEL(items) __kernel __attribute__((reqd_work_group_size(items, 1, 1))) void
#define DEVICE static inline
#define GLOBAL __global
#define LOCAL __local
#define LOCAL_ARRAY __local
#define RESTRICT restrict
#define ITEM ((int)get_local_id(0))
#define GROUP_X ((int)get_group_id(0))
#define GROUP_Y ((int)get_group_id(1))
#define GROUP_Z ((int)get_group_id(2))
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
#if defined(FP_FAST_FMAF)
#define MAD(a, b, c) fma((a), (b), (c))
#else
#define MAD(a, b, c) ((a) * (b) + (c))
#endif
#define EXP(x) exp(x)
#define LOG(x) log(x)
#define TANH(x) tanh(x)
#define SQRT(x) sqrt(x)
#define UNROLL
typedef half half_storage; /* storage alone: needs no cl_khr_fp16 */
typedef ushort bf16_storage;
#define LOAD_HALF(p, i) vload_half((i), (p))
#define LOAD_BF16(p, i) as_float((uint)(p)[i] << 16)

#else /* CUDA */

#include <cuda_fp16.h>
#define KERNEL(items) extern "C" __global__ __launch_bounds__(items) void
#define DEVICE static __device__ __forceinline__
#define GLOBAL
#define LOCAL
#define LOCAL_ARRAY __shared__
#define RESTRICT __restrict__
#define ITEM ((int)threadIdx.x)
#define GROUP_X ((int)blockIdx.x)
#define GROUP_Y ((int)blockIdx.y)
#define GROUP_Z ((int)blockIdx.z)
#define BARRIER() __syncthreads()
#define MAD(a, b, c) fmaf((a), (b), (c))
#define EXP(x) expf(x)
#define LOG(x) logf(x)
#define TANH(x) tanhf(x)
#define SQRT(x) sqrtf(x)
#define UNROLL _Pragma("unroll")
#ifndef INFINITY
#define INFINITY __int_as_float(0x7f800000)
#endif
typedef __half half_storage;
typedef unsigned short bf16_storage;
#define LOAD_HALF(p, i) __half2float((p)[i])
#define LOAD_BF16(p, i) __uint_as_float((unsigned int)(p)[i] << 16)

#endif

/* The larger of two; not a number if one of them is, unlike fmax. */
DEVICE float larger(float a, float b) { return a > b || a != a ? a : b; }

DEVICE int least(int a, int b) { return a < b ? a : b; }

DEVICE int most(int a, int b) { return a > b ? a : b; }
