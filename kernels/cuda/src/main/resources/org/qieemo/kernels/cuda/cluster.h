/*
 * Behind tensor_core.h: clusters of CLUSTER_BLOCKS groups, of compute capability 9.0, which run at the same time and may
 * read each other's shared memory. Groups of a cluster follow each other along x.
 *
 * What a group has written is there for the others behind a barrier of the cluster that all its threads have arrived at
 * afterwards, and it may change it, or end, behind one that the readers have arrived at.
 */
#define CLUSTER __cluster_dims__(CLUSTER_BLOCKS, 1, 1) /* behind KERNEL(items) */
#define RANK (GROUP_X % CLUSTER_BLOCKS)                /* of this group in its cluster */

#if !defined(EMULATION)

/* This thread has done what others wait for; it goes on. */
DEVICE void cluster_arrive() { asm volatile("barrier.cluster.arrive.release;" ::: "memory"); }

/* Waits until all threads of the cluster have arrived. */
DEVICE void cluster_wait() { asm volatile("barrier.cluster.wait.acquire;" ::: "memory"); }

/* Where in the cluster's memory another group has what lies here at `own`. */
DEVICE unsigned cluster_address(const void* own, int rank) {
  unsigned address;
  asm volatile("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(address) : "r"(shared_address(own)), "r"(rank));
  return address;
}

DEVICE float cluster_float(const float* own, int rank) {
  float value;
  asm volatile("ld.shared::cluster.f32 %0, [%1];" : "=f"(value) : "r"(cluster_address(own, rank)) : "memory");
  return value;
}

/* 16 bytes, aligned to 16. */
DEVICE float4 cluster_four(const void* own, int rank) {
  float4 four;
  asm volatile("ld.shared::cluster.v4.f32 {%0, %1, %2, %3}, [%4];"
               : "=f"(four.x), "=f"(four.y), "=f"(four.z), "=f"(four.w)
               : "r"(cluster_address(own, rank))
               : "memory");
  return four;
}

#endif

DEVICE void cluster_barrier() {
  cluster_arrive();
  cluster_wait();
}
