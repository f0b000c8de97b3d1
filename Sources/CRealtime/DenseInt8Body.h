/* What is the same for every set of instructions once a NAME(block) multiplies C vectors with one block of P panels. */

/* Exact sums within a block, single precision beyond; nothing is fused, so that every processor gives the same. */
INLINE void NAME(tile)(size_t P, size_t C, const uint8_t *packed, const float *bias, size_t bias_stride,
                       const uint8_t *vectors, float *y, size_t y_stride, size_t rows, size_t columns) {
#pragma clang fp contract(off)
  size_t panel = panel_bytes(columns), vector = vector_bytes(columns);
  float sums[4][4][PANEL] = {0};
  int32_t exact[4][4][PANEL];
  size_t offset = PANEL * sizeof(float), quad = 0, whole = quads(columns);
  while (quad < whole) {
    size_t here = whole - quad < BLOCK ? whole - quad : BLOCK;
    NAME(block)(P, C, packed + offset, panel, vectors + sizeof(float) * 2 + quad * 8, vector, here, exact);
    for (size_t p = 0; p < P; p++)
      for (size_t c = 0; c < C; c++)
        for (size_t lane = 0; lane < PANEL; lane++) sums[p][c][lane] += (float)exact[p][c][lane];
    quad += here;
    offset += PANEL * sizeof(int32_t) + here * 4 * PANEL;
  }
  for (size_t p = 0; p < P; p++)
    for (size_t c = 0; c < C; c++) {
      float scales[PANEL], scale;
      memcpy(scales, packed + p * panel, sizeof scales);
      memcpy(&scale, vectors + c * vector, sizeof scale);
      size_t here = rows - p * PANEL < PANEL ? rows - p * PANEL : PANEL;
      float *to = y + c * y_stride + p * PANEL;
      const float *shift = bias ? bias + c * bias_stride + p * PANEL : NULL;
      for (size_t lane = 0; lane < PANEL; lane++) sums[p][c][lane] *= scales[lane] * scale;
      if (shift)
        for (size_t lane = 0; lane < here; lane++) sums[p][c][lane] += shift[lane];
      memcpy(to, sums[p][c], here * sizeof(float));
    }
}

static void NAME(dense)(const uint8_t *packed, const float *bias, size_t bias_stride, const uint8_t *vectors, float *y,
                        size_t y_stride, size_t count, size_t rows, size_t columns) {
  size_t row = 0, taken;
  for (; row < rows; row += taken * PANEL) {
    taken = rows - row > 3 * PANEL ? 4 : 1;
    const uint8_t *from = packed + row / PANEL * panel_bytes(columns);
    size_t together;
    for (size_t j = 0; j < count; j += together) {
      together = count - j >= 2 ? 2 : 1;
      const float *shift = bias ? bias + j * bias_stride + row : NULL;
      const uint8_t *x = vectors + j * vector_bytes(columns);
      float *to = y + j * y_stride + row;
      if (taken == 4 && together == 2)
        NAME(tile)(4, 2, from, shift, bias_stride, x, to, y_stride, rows - row, columns);
      else if (taken == 4)
        NAME(tile)(4, 1, from, shift, bias_stride, x, to, y_stride, rows - row, columns);
      else if (together == 2)
        NAME(tile)(1, 2, from, shift, bias_stride, x, to, y_stride, rows - row, columns);
      else
        NAME(tile)(1, 1, from, shift, bias_stride, x, to, y_stride, rows - row, columns);
    }
  }
}
