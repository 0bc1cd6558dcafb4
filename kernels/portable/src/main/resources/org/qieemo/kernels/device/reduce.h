/* Reductions over a group of ROW_ITEMS work-items, a power of two; every work-item gets the result. */

DEVICE float group_sum(float value, LOCAL float* scratch /* [ROW_ITEMS] */) {
  scratch[ITEM] = value;
  BARRIER();
  for (int half_way = ROW_ITEMS / 2; half_way > 0; half_way /= 2) {
    if (ITEM < half_way) {
      scratch[ITEM] += scratch[ITEM + half_way];
    }
    BARRIER();
  }
  float sum = scratch[0];
  BARRIER(); /* scratch may be used again */
  return sum;
}

DEVICE float group_max(float value, LOCAL float* scratch /* [ROW_ITEMS] */) {
  scratch[ITEM] = value;
  BARRIER();
  for (int half_way = ROW_ITEMS / 2; half_way > 0; half_way /= 2) {
    if (ITEM < half_way) {
      scratch[ITEM] = larger(scratch[ITEM], scratch[ITEM + half_way]);
    }
    BARRIER();
  }
  float top = scratch[0];
  BARRIER();
  return top;
}
