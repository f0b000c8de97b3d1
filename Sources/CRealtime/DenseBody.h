/* Sums of P panels, `wide` columns each, and C vectors at once. Included for each set of instructions and each kind of WEIGHT. */
typedef float NAME(lanes) __attribute__((vector_size(4 * LANES), aligned(4)));
#define FLOATS NAME(lanes)
#define PARTS (PANEL / LANES)

INLINE FLOATS NAME(load)(const float *from) { return *(const FLOATS *)from; }

#if WEIGHT_IS_HALF
#if LANES == 8
INLINE FLOATS NAME(weights)(const uint16_t *from) {
  return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)from));
}
#else
INLINE FLOATS NAME(weights)(const uint16_t *from) { return four_floats_of_half(from); }
#endif
#else
INLINE FLOATS NAME(weights)(const float *from) { return NAME(load)(from); }
#endif

/* The bias of the rows of a panel that exist, and the same for what is written to y. */
INLINE void NAME(finish)(const FLOATS *sums, const float *bias, float *y, size_t rows) {
  float whole[PANEL] = {0};
  bool full = rows >= PANEL;
  if (bias && !full) memcpy(whole, bias, rows * sizeof(float));
  const float *from = bias && full ? bias : whole;
  float *to = full ? y : whole;
  for (size_t part = 0; part < PARTS; part++) {
    FLOATS sum = sums[part] + NAME(load)(from + part * LANES);
    *(FLOATS *)(to + part * LANES) = sum;
  }
  if (!full) memcpy(y, whole, rows * sizeof(float));
}

/* The panels are so many streams of memory at once, which keeps more of its bandwidth busy than one. Sums are split
   further, by the column modulo `unrolled`, until there are enough of them to hide how long an addition takes. */
INLINE void NAME(tile)(size_t P, size_t C, const WEIGHT *packed, size_t wide, const float *bias, size_t bias_stride, const float *x,
                       size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns) {
#pragma clang fp contract(fast)
  const size_t unrolled = P * C * PARTS >= 8 ? 1 : P * C * PARTS >= 4 ? 2 : 4;
  FLOATS sums[4][4][4][PARTS] = {0};
  size_t column = 0;
  for (; column + unrolled <= columns; column += unrolled) {
#pragma clang loop unroll(full)
    for (size_t u = 0; u < unrolled; u++)
#pragma clang loop unroll(full)
      for (size_t p = 0; p < P; p++)
#pragma clang loop unroll(full)
        for (size_t part = 0; part < PARTS; part++) {
          FLOATS weights = NAME(weights)(packed + (p * wide + column + u) * PANEL + part * LANES);
#pragma clang loop unroll(full)
          for (size_t c = 0; c < C; c++) sums[u][p][c][part] += weights * x[c * x_stride + column + u];
        }
  }
  for (; column < columns; column++)
    for (size_t p = 0; p < P; p++)
      for (size_t part = 0; part < PARTS; part++) {
        FLOATS weights = NAME(weights)(packed + (p * wide + column) * PANEL + part * LANES);
        for (size_t c = 0; c < C; c++) sums[0][p][c][part] += weights * x[c * x_stride + column];
      }
#pragma clang loop unroll(full)
  for (size_t p = 0; p < P; p++)
#pragma clang loop unroll(full)
    for (size_t c = 0; c < C; c++) {
#pragma clang loop unroll(full)
      for (size_t u = 1; u < unrolled; u++)
#pragma clang loop unroll(full)
        for (size_t part = 0; part < PARTS; part++) sums[0][p][c][part] += sums[u][p][c][part];
      NAME(finish)(sums[0][p][c], bias ? bias + c * bias_stride + p * PANEL : NULL, y + c * y_stride + p * PANEL,
                   rows - p * PANEL);
    }
}

/* As many panels at a time as there are registers for `C` vectors. */
INLINE void NAME(panels)(size_t C, const WEIGHT *packed, size_t wide, const float *bias, size_t bias_stride, const float *x,
                         size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns) {
  const size_t most = REGISTERS / (C * PARTS) >= 4 ? 4 : REGISTERS / (C * PARTS) >= 2 ? 2 : 1;
  size_t row = 0;
#define TILE(P)                                                                                                       \
  for (; most >= P && row + (P - 1) * PANEL < rows; row += P * PANEL)                                                 \
  NAME(tile)                                                                                                          \
  (P, C, packed + row * wide, wide, bias ? bias + row : NULL, bias_stride, x, x_stride, y + row, y_stride, rows - row,   \
   columns)
  TILE(4);
  TILE(2);
  TILE(1);
#undef TILE
}

/* Four panels meet all vectors before the next four are read. */
static void NAME(dense)(const WEIGHT *packed, size_t wide, const float *bias, size_t bias_stride, const float *x, size_t x_stride,
                        float *y, size_t y_stride, size_t count, size_t rows, size_t columns) {
  for (size_t row = 0; row < rows; row += 4 * PANEL) {
    size_t here = rows - row < 4 * PANEL ? rows - row : 4 * PANEL;
    size_t together = 1;
    for (size_t j = 0; j < count; j += together) {
      const WEIGHT *from = packed + row * wide;
      const float *shift = bias ? bias + j * bias_stride + row : NULL;
      const float *vectors = x + j * x_stride;
      float *to = y + j * y_stride + row;
      size_t left = count - j;
      together = left >= 4 && LANES > 4 ? 4 : left >= 3 && LANES > 4 ? 3 : left >= 2 ? 2 : 1;
      switch (together) {
        case 4: NAME(panels)(4, from, wide, shift, bias_stride, vectors, x_stride, to, y_stride, here, columns); break;
        case 3: NAME(panels)(3, from, wide, shift, bias_stride, vectors, x_stride, to, y_stride, here, columns); break;
        case 2: NAME(panels)(2, from, wide, shift, bias_stride, vectors, x_stride, to, y_stride, here, columns); break;
        default: NAME(panels)(1, from, wide, shift, bias_stride, vectors, x_stride, to, y_stride, here, columns);
      }
    }
  }
}
#undef FLOATS
#undef PARTS
