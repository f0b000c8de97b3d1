/* Rows of a convolution, so many outputs times so many registers of columns at once. */
typedef float NAME(lanes) __attribute__((vector_size(4 * LANES), aligned(4)));
#define FLOATS NAME(lanes)
#if LANES == 16
#define OUTPUTS 8
#define VECTORS 3
#elif LANES == 8
#define OUTPUTS 4
#define VECTORS 3
#else
#define OUTPUTS 4
#define VECTORS 2
#endif

INLINE void NAME(tile)(size_t O, size_t V, const convolution_place *place, size_t output) {
#pragma clang fp contract(fast)
  const convolution_pass *pass = place->pass;
  size_t channels = pass->channels, taps = pass->horizontal.count, group = place->group;
  const float *panel = pass->packed + group * packed_of_group(pass->outputs, 1, taps_of_group(pass)) +
                       output / PANEL * PANEL * taps_of_group(pass) + output % PANEL;
  FLOATS sums[8][3] = {0};
  for (size_t i = place->range.first; i < place->range.last; i++) {
    const float *x = row_of_tile(place, i);
    const float *weights = panel + i * channels * taps * PANEL;
    for (size_t c = 0; c < channels; c++, x += place->channel)
      for (size_t j = 0; j < taps; j++, weights += PANEL) {
        const float *from = x + place->columns[j];
        FLOATS values[3];
#pragma clang loop unroll(full)
        for (size_t v = 0; v < V; v++) values[v] = *(const FLOATS *)(from + v * LANES);
#pragma clang loop unroll(full)
        for (size_t o = 0; o < O; o++)
#pragma clang loop unroll(full)
          for (size_t v = 0; v < V; v++) sums[o][v] += weights[o] * values[v];
      }
  }
#pragma clang loop unroll(full)
  for (size_t o = 0; o < O; o++) {
    size_t channel = group * pass->outputs + output + o;
    float bias = pass->bias ? pass->bias[channel] : 0;
    float lines[VECTORS * LANES], *to = place_of_output(place, channel);
    float *whole = pass->column_step == 1 && place->count == V * LANES ? to : lines;
#pragma clang loop unroll(full)
    for (size_t v = 0; v < V; v++) {
      FLOATS sum = sums[o][v] + bias;
      FLOATS zero = {0};
      if (pass->relu) sum = __builtin_elementwise_max(sum, zero);
      *(FLOATS *)(whole + v * LANES) = sum;
    }
    if (whole != to) store_line(place, lines, to);
  }
}

static void NAME(outputs)(const convolution_place *place) {
  size_t output = 0, outputs = place->pass->outputs;
  size_t vectors = (place->count + LANES - 1) / LANES;
#define TILE(O)                                                                                                       \
  for (; OUTPUTS >= O && output + O <= outputs; output += O) {                                                        \
    if (vectors == 1) NAME(tile)(O, 1, place, output);                                                                \
    else if (vectors == 2 || VECTORS == 2) NAME(tile)(O, 2, place, output);                                           \
    else NAME(tile)(O, VECTORS, place, output);                                                                       \
  }
  TILE(8)
  TILE(4)
  TILE(2)
  TILE(1)
#undef TILE
}

static void NAME(convolve)(const convolution_pass *pass) {
  const convolution_axis *across = &pass->horizontal;
  /* A column of the input is stride * shift + remainder; each remainder has a line of its own in the window. */
  ptrdiff_t stride = (ptrdiff_t)across->stride, least = 0, most = 0, lowest = 0, highest = 0;
  for (size_t j = 0; j < across->count; j++) {
    ptrdiff_t at = across->origin + (ptrdiff_t)j * across->step, shift = floor_of(at, stride);
    least = j == 0 || shift < least ? shift : least;
    most = j == 0 || shift > most ? shift : most;
    lowest = j == 0 || at < lowest ? at : lowest;
    highest = j == 0 || at > highest ? at : highest;
  }
  int32_t *direct = (int32_t *)(void *)pass->scratch, *columns = direct + across->count;
  float *window = pass->scratch + 2 * across->count;

  for (size_t row = 0; row < pass->rows; row++) {
    convolution_place place = {.pass = pass, .row = row, .range = taps_within(&pass->vertical, row, pass->height)};
    for (size_t column = 0; column < pass->columns; column += VECTORS * LANES) {
      size_t left = pass->columns - column;
      place.column = column;
      place.count = left < VECTORS * LANES ? left : VECTORS * LANES;
      size_t reached = (place.count + LANES - 1) / LANES * LANES;
      bool inside = stride == 1 && pass->input_column == 1 && pass->first_column == 0 &&
                    (ptrdiff_t)column + lowest >= 0 &&
                    (ptrdiff_t)(column + reached) + highest <= (ptrdiff_t)pass->width;
      size_t length = reached + (size_t)(most - least);
      for (size_t j = 0; j < across->count; j++) {
        ptrdiff_t at = across->origin + (ptrdiff_t)j * across->step, shift = floor_of(at, stride);
        direct[j] = (int32_t)at;
        columns[j] = (int32_t)((at - shift * stride) * (ptrdiff_t)length + shift - least);
      }
      place.columns = inside ? direct : columns;
      place.window = inside ? NULL : window;
      place.channel = inside ? pass->input_channel : length * across->stride;
      place.window_row = place.channel * pass->channels;
      for (place.group = 0; place.group < pass->groups; place.group++) {
        if (!inside) convolution_window(pass, place.group, row, place.range, (ptrdiff_t)column + least, length, window);
        if (pass->bytes) byte_outputs(&place);
        else NAME(outputs)(&place);
      }
    }
  }
}
#undef FLOATS
#undef OUTPUTS
#undef VECTORS
