/* What is the same for every set of instructions once a NAME(block) multiplies C vectors with one block of P panels. */

/* Exact sums within a block, single precision beyond; nothing is fused, so that every processor gives the same. */
INLINE void NAME(tile)(size_t P, size_t C, integer_layer layer) {
#pragma clang fp contract(off)
  size_t panel = panel_bytes(layer.columns), vector = vector_bytes(layer.columns), whole = quads(layer.columns);
  float sums[4][2][PANEL] = {0};
  int32_t exact[4][2][PANEL];
  const uint8_t *block = layer.packed + PANEL * sizeof(float), *x = layer.vectors + 2 * sizeof(float);
  for (size_t quad = 0, here; quad < whole; quad += here) {
    here = whole - quad < BLOCK ? whole - quad : BLOCK;
    NAME(block)(P, C, block, panel, x + quad * 8, vector, here, exact);
    for (size_t p = 0; p < P; p++)
      for (size_t c = 0; c < C; c++)
        for (size_t lane = 0; lane < PANEL; lane++) sums[p][c][lane] += (float)exact[p][c][lane];
    block += PANEL * sizeof(int32_t) + here * 4 * PANEL;
  }
  for (size_t p = 0; p < P; p++)
    for (size_t c = 0; c < C; c++) {
      float scales[PANEL], scale;
      memcpy(scales, layer.packed + p * panel, sizeof scales);
      memcpy(&scale, layer.vectors + c * vector, sizeof scale);
      for (size_t lane = 0; lane < PANEL; lane++) sums[p][c][lane] *= scales[lane] * scale;
      size_t rows = layer.rows - p * PANEL < PANEL ? layer.rows - p * PANEL : PANEL;
      if (layer.bias)
        for (size_t lane = 0; lane < rows; lane++)
          sums[p][c][lane] += layer.bias[c * layer.bias_stride + p * PANEL + lane];
      memcpy(layer.y + c * layer.y_stride + p * PANEL, sums[p][c], rows * sizeof(float));
    }
}

static void NAME(dense)(integer_layer layer, size_t count) {
  for (size_t row = 0, panels; row < layer.rows; row += panels * PANEL) {
    panels = layer.rows - row > 3 * PANEL ? 4 : 1;
    for (size_t vector = 0, together; vector < count; vector += together) {
      together = count - vector >= 2 ? 2 : 1;
      integer_layer part = part_of(layer, row, vector);
      if (panels == 4 && together == 2) NAME(tile)(4, 2, part);
      else if (panels == 4) NAME(tile)(4, 1, part);
      else if (together == 2) NAME(tile)(1, 2, part);
      else NAME(tile)(1, 1, part);
    }
  }
}
