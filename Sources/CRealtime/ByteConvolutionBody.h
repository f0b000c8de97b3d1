/* Outputs of a tile of columns, whose taps are elements of four bytes. LANES elements fill a register. */
typedef int32_t NAME(ints) __attribute__((vector_size(4 * LANES), aligned(4)));
typedef float NAME(floats) __attribute__((vector_size(4 * LANES), aligned(4)));

INLINE void NAME(byte_tile)(size_t O, size_t V, const convolution_place *place, size_t output) {
#pragma clang fp contract(off)
  const convolution_pass *pass = place->pass;
  size_t channels = pass->channels, taps = pass->horizontal.count, wide = panels(pass->outputs) * PANEL;
  const float *steps = pass->packed + output;
  const int32_t *corrections = (const int32_t *)(const void *)(pass->packed + wide) + output;
  const float *panel = pass->packed + wide * (1 + pass->vertical.count) +
                       output / PANEL * PANEL * taps_of_group(pass) + output % PANEL;
  NAME(ints) sums[16][3] = {0};
  for (size_t i = place->range.first; i < place->range.last; i++)
#pragma clang loop unroll(full)
    for (size_t o = 0; o < O; o++)
#pragma clang loop unroll(full)
      for (size_t v = 0; v < V; v++) sums[o][v] -= corrections[i * wide + o] * pass->bytes->zero;
  for (size_t i = place->range.first; i < place->range.last; i++) {
    const float *x = row_of_tile(place, i);
    const float *weights = panel + i * channels * taps * PANEL;
    for (size_t c = 0; c < channels; c++, x += place->channel)
      for (size_t j = 0; j < taps; j++, weights += PANEL) {
        const float *from = x + place->columns[j];
        NAME(ints) values[3];
#pragma clang loop unroll(full)
        for (size_t v = 0; v < V; v++) values[v] = *(const NAME(ints) *)(const void *)(from + v * LANES);
#pragma clang loop unroll(full)
        for (size_t o = 0; o < O; o++) {
          int32_t four;
          memcpy(&four, weights + o, sizeof four);
#pragma clang loop unroll(full)
          for (size_t v = 0; v < V; v++) sums[o][v] = DOT(sums[o][v], values[v], four);
        }
      }
  }
#pragma clang loop unroll(full)
  for (size_t o = 0; o < O; o++) {
    float bias = pass->bias ? pass->bias[output + o] : 0, step = steps[o] * pass->bytes->step;
    float lines[WIDEST_TILE], *to = place_of_output(place, output + o);
    float *whole = pass->column_step == 1 && place->count == V * LANES ? to : lines;
#pragma clang loop unroll(full)
    for (size_t v = 0; v < V; v++) {
      NAME(floats) sum = __builtin_convertvector(sums[o][v], NAME(floats)) * step + bias, zero = {0};
      if (pass->relu) sum = __builtin_elementwise_max(sum, zero);
      *(NAME(floats) *)(whole + v * LANES) = sum;
    }
    if (whole != to) store_line(place, lines, to);
  }
}

/* The fewer registers a row of the tile takes, the more outputs share them. */
static void NAME(byte_outputs)(const convolution_place *place) {
  size_t output = 0, outputs = place->pass->outputs, vectors = (place->count + LANES - 1) / LANES;
#define TILE(O, V)                                                                                                    \
  for (; output + O <= outputs; output += O) NAME(byte_tile)(O, V, place, output)
  if (vectors == 1) {
#if LANES == 16
    TILE(16, 1);
#endif
    TILE(8, 1);
    TILE(4, 1);
    TILE(1, 1);
  } else if (vectors == 2) {
#if LANES == 16
    TILE(8, 2);
#endif
    TILE(4, 2);
    TILE(1, 2);
  } else {
#if LANES == 16
    TILE(8, 3);
#endif
    TILE(4, 3);
    TILE(1, 3);
  }
#undef TILE
}
