/*
 * Behind tensor_core.h: instructions of compute capability 9.0 (sm_90a), products of 16-bit factors by a warpgroup, which
 * is four warps. wgmma.m64n256k16 multiplies a [64 rows, 16 deep] by b [256 columns, 16 deep]:
 *
 *   a        in registers: warp w of the group has rows 16 w to 16 w + 15, laid out as for mma.m16n8k16
 *   b        in shared memory, told by a matrix descriptor
 *   c[128]   warp w has the same rows; c[4 j + i] is value i of an mma's c in columns 8 j to 8 j + 7
 *
 * The products run on their own, beside the program: between `multiply_async` and the wait for its group nobody may touch
 * c, a and b. They read shared memory past the usual way, hence `reveal_copies`.
 */
#define GROUP_COLS 256
#define GROUP_SUMS (GROUP_COLS / 2) /* in each of 128 lanes */
#define ROW_BYTES 128               /* a row of b as it lies in shared memory: 64 factors */
#define ATOM_BYTES (8 * ROW_BYTES)  /* in which its pieces are permuted */

/* Where piece p (16 bytes) of row n of b lies, in bytes: the 128-byte swizzle, of a tile aligned to ATOM_BYTES. */
DEVICE int swizzled(int n, int p) { return n * ROW_BYTES + (p ^ n % 8) * 16; }

/*
 * The matrix descriptor of 16 columns of depth from `at` on, which is a multiple of 32 bytes inside a tile's first row:
 * address and distance of eight rows in units of 16 bytes; the other distance has no meaning here; swizzle of 128 bytes.
 */
DEVICE unsigned long long descriptor(const void* at) {
  return (unsigned long long)(shared_address(at) % (1 << 18) / 16) | 1ull << 16 |
      (unsigned long long)(ATOM_BYTES / 16) << 32 | 1ull << 62;
}

#if !defined(EMULATION)

/* Lets products see what this thread has copied to shared memory. */
DEVICE void reveal_copies() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

/* Before products whose registers something else has written. */
DEVICE void products_begin() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }

/* Ends a group of products. */
DEVICE void products_commit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

/* Waits until at most `groups` groups of products are under way. */
template <int groups>
DEVICE void products_wait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(groups) : "memory");
}

/* The compiler must not take these values from before this place. */
DEVICE void settle(float (&c)[GROUP_SUMS]) {
  UNROLL
  for (int i = 0; i < GROUP_SUMS; ++i) {
    asm volatile("" : "+f"(c[i])::"memory");
  }
}

#define C8(i) \
  "+f"(c[i]), "+f"(c[i + 1]), "+f"(c[i + 2]), "+f"(c[i + 3]), "+f"(c[i + 4]), "+f"(c[i + 5]), "+f"(c[i + 6]), \
      "+f"(c[i + 7])
#define C32(i) C8(i), C8(i + 8), C8(i + 16), C8(i + 24)

/* c = a b, with `add` c += a b, some time before the wait for its group ends. */
DEVICE void multiply_async(float (&c)[GROUP_SUMS], const unsigned (&a)[4], unsigned long long b, int add) {
  asm volatile(
      "{.reg .pred add;\nsetp.ne.s32 add, %133, 0;\n"
      "wgmma.mma_async.sync.aligned.m64n256k16.f32." FACTOR_TYPE "." FACTOR_TYPE " {"
      "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
      "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
      "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "
      "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "
      "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "
      "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, "
      "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127}, "
      "{%128, %129, %130, %131}, %132, add, 1, 1, 0;}" /* signs of a and b as they are, b by depth */
      : C32(0), C32(32), C32(64), C32(96)
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(add)
      : "memory");
}

#endif
