/* Matrices times vectors. Included for each set of instructions and each kind of WEIGHT. */
typedef float NAME(lanes) __attribute__((vector_size(4 * LANES), aligned(4)));
#define FLOATS NAME(lanes)
#define PARTS (PANEL / LANES)

/* The panels of `packed` are `wide` columns; those from its first on are multiplied. */
typedef struct {
  const WEIGHT *packed;
  size_t wide, rows, columns;
  const float *bias, *x;
  float *y;
  size_t bias_stride, x_stride, y_stride;
} NAME(layer);

/* The same from this row, a whole number of panels, and vector on. */
INLINE NAME(layer) NAME(from)(NAME(layer) layer, size_t row, size_t vector) {
  layer.packed += row * layer.wide;
  layer.rows -= row;
  layer.x += vector * layer.x_stride;
  layer.y += vector * layer.y_stride + row;
  if (layer.bias) layer.bias += vector * layer.bias_stride + row;
  return layer;
}

#if WEIGHT_IS_HALF && LANES == 8
INLINE FLOATS NAME(weights)(const uint16_t *from) {
  return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)from));
}
#elif WEIGHT_IS_HALF
INLINE FLOATS NAME(weights)(const uint16_t *from) { return four_floats_of_half(from); }
#else
INLINE FLOATS NAME(weights)(const float *from) { return *(const FLOATS *)from; }
#endif

/* Adds the bias and writes those rows of a panel that exist. */
INLINE void NAME(finish)(const FLOATS *sums, const float *bias, float *y, size_t rows) {
  float whole[PANEL] = {0};
  bool is_full = rows >= PANEL;
  if (bias && !is_full) memcpy(whole, bias, rows * sizeof(float));
  const float *from = bias && is_full ? bias : whole;
  float *to = is_full ? y : whole;
  for (size_t part = 0; part < PARTS; part++)
    *(FLOATS *)(to + part * LANES) = sums[part] + *(const FLOATS *)(from + part * LANES);
  if (!is_full) memcpy(y, whole, rows * sizeof(float));
}

/* Sums of P panels and C vectors at once. The panels are so many streams of memory, which keeps more of its bandwidth
   busy than one. Sums are split further, by the column modulo `unrolled`, until there are enough of them to hide how
   long an addition takes. */
INLINE void NAME(tile)(size_t P, size_t C, NAME(layer) layer) {
#pragma clang fp contract(fast)
  const size_t unrolled = P * C * PARTS >= 8 ? 1 : P * C * PARTS >= 4 ? 2 : 4;
  FLOATS sums[4][4][4][PARTS] = {0};
  size_t column = 0;
  for (; column + unrolled <= layer.columns; column += unrolled) {
#pragma clang loop unroll(full)
    for (size_t u = 0; u < unrolled; u++)
#pragma clang loop unroll(full)
      for (size_t p = 0; p < P; p++)
#pragma clang loop unroll(full)
        for (size_t part = 0; part < PARTS; part++) {
          FLOATS weights = NAME(weights)(layer.packed + (p * layer.wide + column + u) * PANEL + part * LANES);
#pragma clang loop unroll(full)
          for (size_t c = 0; c < C; c++) sums[u][p][c][part] += weights * layer.x[c * layer.x_stride + column + u];
        }
  }
  for (; column < layer.columns; column++)
    for (size_t p = 0; p < P; p++)
      for (size_t part = 0; part < PARTS; part++) {
        FLOATS weights = NAME(weights)(layer.packed + (p * layer.wide + column) * PANEL + part * LANES);
        for (size_t c = 0; c < C; c++) sums[0][p][c][part] += weights * layer.x[c * layer.x_stride + column];
      }
#pragma clang loop unroll(full)
  for (size_t p = 0; p < P; p++)
#pragma clang loop unroll(full)
    for (size_t c = 0; c < C; c++) {
#pragma clang loop unroll(full)
      for (size_t u = 1; u < unrolled; u++)
#pragma clang loop unroll(full)
        for (size_t part = 0; part < PARTS; part++) sums[0][p][c][part] += sums[u][p][c][part];
      const float *bias = layer.bias ? layer.bias + c * layer.bias_stride + p * PANEL : NULL;
      NAME(finish)(sums[0][p][c], bias, layer.y + c * layer.y_stride + p * PANEL, layer.rows - p * PANEL);
    }
}

/* As many panels at a time as there are registers for C vectors. */
INLINE void NAME(vectors)(size_t C, NAME(layer) layer) {
  const size_t most = REGISTERS / (C * PARTS);
  size_t row = 0;
  for (; most >= 4 && row + 3 * PANEL < layer.rows; row += 4 * PANEL) NAME(tile)(4, C, NAME(from)(layer, row, 0));
  for (; most >= 2 && row + PANEL < layer.rows; row += 2 * PANEL) NAME(tile)(2, C, NAME(from)(layer, row, 0));
  for (; row < layer.rows; row += PANEL) NAME(tile)(1, C, NAME(from)(layer, row, 0));
}

/* Four panels meet all vectors before the next four are read. */
static void NAME(dense)(NAME(layer) layer, size_t count) {
  for (size_t row = 0; row < layer.rows; row += 4 * PANEL) {
    size_t together = 1;
    for (size_t vector = 0; vector < count; vector += together) {
      NAME(layer) part = NAME(from)(layer, row, vector);
      if (part.rows > 4 * PANEL) part.rows = 4 * PANEL;
      size_t left = count - vector, most = LANES > 4 ? 4 : 2;
      together = left < most ? left : most;
      switch (together) {
        case 4: NAME(vectors)(4, part); break;
        case 3: NAME(vectors)(3, part); break;
        case 2: NAME(vectors)(2, part); break;
        default: NAME(vectors)(1, part);
      }
    }
  }
}

static void NAME(multiply)(const WEIGHT *packed, size_t wide, const float *bias, size_t bias_stride, const float *x,
                           size_t x_stride, float *y, size_t y_stride, size_t count, size_t rows, size_t columns) {
  NAME(layer) layer = {packed, wide, rows, columns, bias, x, y, bias_stride, x_stride, y_stride};
  NAME(dense)(layer, count);
}
#undef FLOATS
#undef PARTS
