/*
 * Instructions of compute capability 8.0 by name: asynchronous copies to the group's memory, and products of 16-bit
 * factors by a warp. Fragments lie in registers as the PTX manual shows them for mma.m16n8k16: with g = LANE / 4 and
 * t = LANE % 4,
 *
 *   a[0..3]  (row g, columns 2t, 2t+1), (g+8, 2t..), (g, 2t+8..), (g+8, 2t+8..) of [16 rows, 16 deep]
 *   b[0..1]  (column g, depth 2t, 2t+1), (column g, 2t+8..) of [8 columns, 16 deep]
 *   c[0..3]  (row g, columns 2t, 2t+1), (row g+8, columns 2t, 2t+1)
 */
#define METHOD __device__ __forceinline__
#define ROLLED _Pragma("unroll 1") /* a loop whose code is larger than what unrolling saves */
#define LANE (ITEM % 32)
#define WARP_ID (ITEM / 32)

#if !defined(EMULATION) /* the tests' emulation has functions of these names */

#define DYNAMIC_MEMORY(name) extern __shared__ __align__(16) unsigned char name[]

DEVICE unsigned shared_address(const void* pointer) { return (unsigned)__cvta_generic_to_shared(pointer); }

/* Copies 16 bytes to shared memory, the first `bytes` of them from `from` and zeros behind; both aligned to 16. */
DEVICE void copy_async(void* to, const void* from, int bytes) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)), "l"(from), "r"(bytes)
               : "memory");
}

/* Ends a group of copies. */
DEVICE void copy_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }

/* Waits until at most `groups` of this thread's groups are under way. */
template <int groups>
DEVICE void copy_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(groups) : "memory");
}

/* Four matrices of 8 x 8 16-bit values; lane l gives the address of row l % 8 of matrix l / 8, aligned to 16. */
DEVICE void load_matrices(unsigned& m0, unsigned& m1, unsigned& m2, unsigned& m3, const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(m0), "=r"(m1), "=r"(m2), "=r"(m3)
               : "r"(shared_address(row))
               : "memory");
}

/* The same, each matrix transposed. */
DEVICE void load_matrices_transposed(unsigned& m0, unsigned& m1, unsigned& m2, unsigned& m3, const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(m0), "=r"(m1), "=r"(m2), "=r"(m3)
               : "r"(shared_address(row))
               : "memory");
}

#if defined(FACTOR_BF16)
#define FACTOR_TYPE "bf16"
#else
#define FACTOR_TYPE "f16"
#endif

/* Two factors, the first in the low half. */
DEVICE unsigned pack(float low, float high) {
  unsigned both;
  asm("cvt.rn." FACTOR_TYPE "x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
  return both;
}

/* c += a b */
DEVICE void multiply_add(float (&c)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32." FACTOR_TYPE "." FACTOR_TYPE
               ".f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

#endif
