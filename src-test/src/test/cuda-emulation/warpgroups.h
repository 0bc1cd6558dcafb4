/*
 * What warpgroup.h has as instructions, as the PTX manual defines them. Products are done when somebody waits for them,
 * with what registers and shared memory hold then. An error is whatever a device may answer with wrong numbers: products
 * of copies that have not ended or were not revealed, copies over what products still read, registers that are not fenced.
 */
#pragma once

namespace emulation {

struct Product {
  float* c;
  const unsigned* a;
  uint64_t b;
  int add;
};

struct Products {
  std::vector<std::vector<Product>> groups; /* the last one is open */
  std::vector<Copy> hidden;                 /* copies that ended and were not revealed */
  bool fenced;
};

constexpr int GROUP_COLUMNS = 256, GROUP_DEPTH = 16;
static std::vector<Products> products; /* of each thread */
static float factors[GROUP_COLUMNS][GROUP_DEPTH]; /* b of the product that a warp does */

[[noreturn]] static void fail(const char* what) {
  std::fprintf(stderr, "emulation: %s\n", what);
  std::abort();
}

static Products& mine() { return products[current]; }

/* An address in shared memory, where DYNAMIC_MEMORY begins at 128. */
static unsigned shared(const void* pointer) {
  return unsigned(reinterpret_cast<uintptr_t>(pointer) - reinterpret_cast<uintptr_t>(memory_here()));
}

/* What the bits of a matrix descriptor say. */
struct Descriptor {
  unsigned start, eight_rows;

  explicit Descriptor(uint64_t bits) : start((bits & 0x3fff) << 4), eight_rows((bits >> 32 & 0x3fff) << 4) {
    if (bits >> 62 != 1 || (bits >> 49 & 7) != 0) {
      fail("a matrix descriptor without the swizzle of 128 bytes, or with a base offset");
    }
  }

  /* Depth is contiguous, rows 128 bytes apart; bits 4 to 6 of an address are permuted by its bits 7 to 9. */
  unsigned place(int n, int k) const {
    unsigned linear = start + n / 8 * eight_rows + n % 8 * 128 + k * 2;
    return linear ^ (linear >> 7 & 7) << 4;
  }

  bool reads(const Copy& copy) const {
    unsigned at = shared(copy.to);
    return at + 16 > start && at < start + (GROUP_COLUMNS / 8 - 1) * eight_rows + 7 * 128 + GROUP_DEPTH * 2;
  }
};

static void prepare_products() {
  products.resize(threads.size());
  for (Products& of : products) {
    of.groups.assign(1, {});
    of.hidden.clear();
    of.fenced = false;
  }
}

/* Warps do the same, so that one thread of each tells. */
static void require_free(const Copy& copy) {
  for (unsigned warp = 0; warp < thread_count; warp += WARP) {
    for (const auto& group : products[warp].groups) {
      for (const Product& product : group) {
        if (Descriptor(product.b).reads(copy)) {
          fail("a copy over what a product still reads");
        }
      }
    }
  }
}

static void require_visible(const Descriptor& descriptor) {
  for (unsigned i = 0; i < thread_count; ++i) {
    for (const Copy& copy : products[i].hidden) {
      if (descriptor.reads(copy)) {
        fail("a product of copies that were not revealed");
      }
    }
    for (const auto& group : threads[i].copies) {
      for (const Copy& copy : group) {
        if (descriptor.reads(copy)) {
          fail("a product of copies that have not ended");
        }
      }
    }
  }
}

static float factor_at(unsigned at);
static float factor_of(unsigned bits);

static void load_factors(const Product& product) {
  Descriptor descriptor(product.b);
  for (int n = 0; n < GROUP_COLUMNS; ++n) {
    for (int k = 0; k < GROUP_DEPTH; ++k) {
      factors[n][k] = factor_at(descriptor.place(n, k));
    }
  }
}

/* This lane's part of a product: rows g and g + 8 of its warp, columns 2 t and 2 t + 1 of every eight. */
static void multiply(const Product& product, const Product* const* lanes) {
  int g = current % WARP / 4, t = current % 4;
  for (int half = 0; half < 2; ++half) {
    float row[GROUP_DEPTH];
    for (int k = 0; k < GROUP_DEPTH; ++k) {
      row[k] = factor_of(lanes[g * 4 + k % 8 / 2]->a[half + k / 8 * 2] >> k % 2 * 16);
    }
    for (int column = 0; column < GROUP_COLUMNS / 4; ++column) {
      const float* by = factors[column / 2 * 8 + 2 * t + column % 2];
      float& c = product.c[column / 2 * 4 + half * 2 + column % 2];
      double sum = product.add != 0 ? c : 0;
      for (int k = 0; k < GROUP_DEPTH; ++k) { /* not as mma.h does: what the device rounds where, nobody knows */
        sum += double(row[k]) * by[k];
      }
      c = float(sum);
    }
  }
}

static void finish(std::vector<Product>& group) {
  show(&group);
  const std::vector<Product>* all[WARP];
  for (int lane = 0; lane < WARP; ++lane) {
    all[lane] = seen<std::vector<Product>*>(lane);
  }
  for (size_t i = 0; i < group.size(); ++i) {
    const Product* lanes[WARP];
    for (int lane = 0; lane < WARP; ++lane) {
      if (all[lane]->size() != group.size() || (*all[lane])[i].b != group[i].b) {
        fail("the lanes of a warp multiply by different matrices");
      }
      lanes[lane] = &(*all[lane])[i];
    }
    if (current % WARP == 0) {
      load_factors(group[i]);
    }
    warp_barrier();
    multiply(group[i], lanes);
    warp_barrier();
  }
}

} /* namespace emulation */

static inline unsigned shared_address(const void* pointer) { return emulation::shared(pointer); }

static inline void reveal_copies() { emulation::mine().hidden.clear(); }

static inline void products_begin() { emulation::mine().fenced = true; }

static inline void products_commit() {
  emulation::mine().groups.emplace_back();
  emulation::mine().fenced = false;
}

template <int groups>
static inline void products_wait() {
  auto& mine = emulation::mine().groups;
  while (mine.size() > groups + 1) { /* the last one is open */
    emulation::finish(mine.front());
    mine.erase(mine.begin());
  }
}

template <int n>
static inline void settle(float (&)[n]) {}

static inline void multiply_async(float (&c)[128], const unsigned (&a)[4], uint64_t b, int add) {
  if (!emulation::mine().fenced) {
    emulation::fail("a product of registers that are not fenced");
  }
  if (emulation::current % emulation::WARP == 0) {
    emulation::require_visible(emulation::Descriptor(b));
  }
  emulation::mine().groups.back().push_back({c, a, b, add});
}
