/* One row of F(4, 3). A register holds one point of LANES fours, so that none of the sums crosses its lanes. */
typedef float NAME(lanes) __attribute__((vector_size(4 * LANES), aligned(4)));
#define FLOATS NAME(lanes)
#define VECTORS (FOURS / LANES)
#define PICK __builtin_shufflevector
#if LANES == 16
#define OUTPUTS 24
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODD 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define PUSHED_UP 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
#define PUSHED_DOWN 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
#elif LANES == 8
#define OUTPUTS 6
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14
#define ODD 1, 3, 5, 7, 9, 11, 13, 15
#define LOW 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH 4, 12, 5, 13, 6, 14, 7, 15
#define PUSHED_UP 0, 8, 9, 10, 11, 12, 13, 14
#define PUSHED_DOWN 1, 2, 3, 4, 5, 6, 7, 8
#else
#define OUTPUTS 2
#define EVEN 0, 2, 4, 6
#define ODD 1, 3, 5, 7
#define LOW 0, 4, 1, 5
#define HIGH 2, 6, 3, 7
#define PUSHED_UP 0, 4, 5, 6
#define PUSHED_DOWN 1, 2, 3, 4
#endif

/* The six sums of 4 * LANES points, the one before them and the one after them; `apart` floats apart. */
INLINE void NAME(sums_of_input)(const float *x, float before_x, float after_x, float *sums, size_t apart) {
#pragma clang fp contract(fast)
  const FLOATS *points = (const FLOATS *)(const void *)x;
  FLOATS even = PICK(points[0], points[1], EVEN), odd = PICK(points[0], points[1], ODD);
  FLOATS even_after = PICK(points[2], points[3], EVEN), odd_after = PICK(points[2], points[3], ODD);
  FLOATS x1 = PICK(even, even_after, EVEN), x2 = PICK(odd, odd_after, EVEN);
  FLOATS x3 = PICK(even, even_after, ODD), x4 = PICK(odd, odd_after, ODD);
  FLOATS before = {before_x}, after = {after_x};
  FLOATS x0 = PICK(before, x4, PUSHED_UP), x5 = PICK(x1, after, PUSHED_DOWN);
  FLOATS a = x4 - 4 * x2, b = x3 - 4 * x1, c = x4 - x2, d = x3 - x1;
  *(FLOATS *)sums = 4 * x0 - 5 * x2 + x4;
  *(FLOATS *)(sums + apart) = a + b;
  *(FLOATS *)(sums + 2 * apart) = a - b;
  *(FLOATS *)(sums + 3 * apart) = c + 2 * d;
  *(FLOATS *)(sums + 4 * apart) = c - 2 * d;
  *(FLOATS *)(sums + 5 * apart) = 4 * x1 - 5 * x3 + x5;
}

/* One of the six products, summed over the channels, of O outputs at V registers of fours. */
INLINE void NAME(products)(size_t O, size_t V, const float *weights, size_t outputs, const float *sums, size_t channels,
                           float *products) {
#pragma clang fp contract(fast)
  FLOATS totals[OUTPUTS][VECTORS] = {0};
  for (size_t c = 0; c < channels; c++, weights += outputs, sums += FOURS) {
    FLOATS values[VECTORS];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < V; v++) values[v] = *(const FLOATS *)(sums + v * LANES);
#pragma clang loop unroll(full)
    for (size_t o = 0; o < O; o++)
#pragma clang loop unroll(full)
      for (size_t v = 0; v < V; v++) totals[o][v] += weights[o] * values[v];
  }
#pragma clang loop unroll(full)
  for (size_t o = 0; o < O; o++)
#pragma clang loop unroll(full)
    for (size_t v = 0; v < V; v++) *(FLOATS *)(products + o * PRODUCTS * FOURS + v * LANES) = totals[o][v];
}

static void NAME(all_products)(const float *weights, size_t outputs, const float *sums, size_t channels, size_t vectors,
                               float *products) {
  size_t output = 0;
#define BLOCK(O)                                                                                                      \
  for (; OUTPUTS >= O && output + O <= outputs; output += O) {                                                        \
    float *to = products + output * PRODUCTS * FOURS;                                                                 \
    if (vectors == 1) NAME(products)(O, 1, weights + output, outputs, sums, channels, to);                            \
    else NAME(products)(O, VECTORS, weights + output, outputs, sums, channels, to);                                   \
  }
  BLOCK(24)
  BLOCK(20)
  BLOCK(16)
  BLOCK(12)
  BLOCK(8)
  BLOCK(6)
  BLOCK(4)
  BLOCK(2)
  BLOCK(1)
#undef BLOCK
}

/* 4 * LANES points of one output. */
INLINE void NAME(points_of_output)(const float *products, float bias, bool relu, float *to) {
#pragma clang fp contract(fast)
  FLOATS p[PRODUCTS];
#pragma clang loop unroll(full)
  for (size_t j = 0; j < PRODUCTS; j++) p[j] = *(const FLOATS *)(products + j * FOURS);
  FLOATS a = p[1] + p[2], b = p[1] - p[2], c = p[3] + p[4], d = p[3] - p[4], zero = {0};
  FLOATS y[4] = {p[0] + a + c + bias, b + 2 * d + bias, a + 4 * c + bias, b + 8 * d + p[5] + bias};
  if (relu)
#pragma clang loop unroll(full)
    for (size_t n = 0; n < 4; n++) y[n] = __builtin_elementwise_max(y[n], zero);
  FLOATS even = PICK(y[0], y[2], LOW), odd = PICK(y[1], y[3], LOW);
  FLOATS even_after = PICK(y[0], y[2], HIGH), odd_after = PICK(y[1], y[3], HIGH);
  FLOATS *points = (FLOATS *)(void *)to;
  points[0] = PICK(even, odd, LOW), points[1] = PICK(even, odd, HIGH);
  points[2] = PICK(even_after, odd_after, LOW), points[3] = PICK(even_after, odd_after, HIGH);
}

/* The sums of a tile, of `channels` rows of the input, from tap 1 of its first point on. */
INLINE void NAME(sums_of_tile)(const winograd_row *row, const float *input, ptrdiff_t first, size_t channels,
                               size_t vectors, float *sums) {
  ptrdiff_t reach = (ptrdiff_t)row->shape->width;
  bool inside = first >= 0 && first + TILE <= reach;
  for (size_t c = 0; c < channels; c++, input += row->input_channel) {
    for (ptrdiff_t m = 0; !inside && m < TILE; m++) row->window[m] = point_of_row(input, reach, first + m);
    const float *from = inside ? input + first : row->window;
    float before = point_of_row(input, reach, first - 1), after = point_of_row(input, reach, first + TILE);
    for (size_t v = 0; v < vectors; v++, from += 4 * LANES)
      NAME(sums_of_input)(from, v == 0 ? before : from[-1], v == VECTORS - 1 ? after : from[4 * LANES],
                          sums + c * FOURS + v * LANES, row->apart);
  }
}

/* `count` points of all outputs. */
INLINE void NAME(points_of_tile)(const winograd_row *row, const float *products, float *output, size_t count) {
  for (size_t o = 0; o < row->shape->outputs; o++)
    for (size_t at = 0; at < count; at += 4 * LANES) {
      float lines[4 * LANES], *to = output + o * row->output_channel + at;
      size_t left = count - at;
      bool whole = left >= 4 * LANES;
      NAME(points_of_output)(products + o * PRODUCTS * FOURS + at / 4, row->bias ? row->bias[o] : 0, row->shape->relu,
                             whole ? to : lines);
      if (!whole) memcpy(to, lines, left * sizeof(float));
    }
}

static void NAME(convolve_row)(const winograd_row *row) {
  const rt_convolution_shape *s = row->shape;
  size_t channels = s->channels, outputs = s->outputs, width = row->width;
  float *sums = row->sums;
  for (size_t column = 0; column < width; column += TILE, sums += row->tile) {
    size_t count = width - column < TILE ? width - column : TILE;
    size_t vectors = (count + 4 * LANES - 1) / (4 * LANES);
    /* Taps 0 and 2 of the first point lie around it. */
    ptrdiff_t first = (ptrdiff_t)column - (ptrdiff_t)s->left + 1;
    NAME(sums_of_tile)(row, row->input, first, channels - row->ready, vectors, sums);
    for (size_t j = 0; j < PRODUCTS; j++)
      NAME(all_products)(row->packed + j * row->product, outputs, sums + j * row->apart, channels, vectors,
                         row->products + j * FOURS);
    NAME(points_of_tile)(row, row->products, row->output + column, count);
  }
}

/* One of the six products, of O outputs of a panel at T tiles: a weight that comes from far away serves all of them. */
INLINE void NAME(products_of_tiles)(size_t O, size_t T, const winograd_row *row, const float *weights, const float *sums,
                                    float *products) {
#pragma clang fp contract(fast)
  FLOATS totals[OUTPUTS][TILES * VECTORS] = {0};
  size_t channels = row->shape->channels;
  for (size_t c = 0; c < channels; c++, weights += PANEL_OF_ROWS, sums += FOURS) {
    FLOATS values[TILES * VECTORS];
#pragma clang loop unroll(full)
    for (size_t t = 0; t < T; t++)
#pragma clang loop unroll(full)
      for (size_t v = 0; v < VECTORS; v++)
        values[t * VECTORS + v] = *(const FLOATS *)(sums + t * row->tile + v * LANES);
#pragma clang loop unroll(full)
    for (size_t o = 0; o < O; o++)
#pragma clang loop unroll(full)
      for (size_t v = 0; v < T * VECTORS; v++) totals[o][v] += weights[o] * values[v];
  }
#pragma clang loop unroll(full)
  for (size_t o = 0; o < O; o++)
#pragma clang loop unroll(full)
    for (size_t t = 0; t < T; t++)
#pragma clang loop unroll(full)
      for (size_t v = 0; v < VECTORS; v++)
        *(FLOATS *)(products + (t * row->shape->outputs + o) * PRODUCTS * FOURS + v * LANES) = totals[o][t * VECTORS + v];
}

/* How many tiles and outputs fill the registers. */
#if LANES == 16
#define MOST_TILES 3
#define AT_ONCE 8
#elif LANES == 8
#define MOST_TILES 1
#define AT_ONCE 4
#else
#define MOST_TILES 1
#define AT_ONCE 2
#endif

static void NAME(convolve_rows)(const winograd_row *row) {
  size_t outputs = row->shape->outputs, along = tiles_of(row->width), tiles = row->rows * along;
  for (size_t begin = 0; begin < tiles; begin += MOST_TILES) {
    size_t here = tiles - begin < MOST_TILES ? tiles - begin : MOST_TILES;
    for (size_t t = 0; t < here; t++) {
      size_t of = (begin + t) / along, column = (begin + t) % along * TILE, left = row->width - column;
      NAME(sums_of_tile)(row, row->input + of * row->input_row, (ptrdiff_t)column - (ptrdiff_t)row->shape->left + 1,
                         row->shape->channels, left < TILE ? (left + 4 * LANES - 1) / (4 * LANES) : VECTORS,
                         row->sums + t * row->tile);
    }
    for (size_t j = 0; j < PRODUCTS; j++) {
      const float *weights = row->packed + j * row->product, *sums = row->sums + j * row->apart;
      for (size_t output = 0; output < outputs; output += AT_ONCE) {
        const float *from = weights + output / PANEL_OF_ROWS * row->panel + output % PANEL_OF_ROWS;
        float *to = row->products + (output * PRODUCTS + j) * FOURS;
        bool whole = output + AT_ONCE <= outputs;
#define TILES_AT_ONCE(T)                                                                                              \
  if (here == T && whole) NAME(products_of_tiles)(AT_ONCE, T, row, from, sums, to);                                   \
  for (size_t o = 0; here == T && !whole && output + o < outputs; o++)                                                \
    NAME(products_of_tiles)(1, T, row, from + o, sums, to + o * PRODUCTS * FOURS);
        TILES_AT_ONCE(1)
#if MOST_TILES > 1
        TILES_AT_ONCE(2)
        TILES_AT_ONCE(3)
#endif
#undef TILES_AT_ONCE
      }
    }
    for (size_t t = 0; t < here; t++) {
      size_t of = (begin + t) / along, column = (begin + t) % along * TILE, left = row->width - column;
      NAME(points_of_tile)(row, row->products + t * outputs * PRODUCTS * FOURS,
                           row->output + of * row->output_row + column, left < TILE ? left : TILE);
    }
  }
}
#undef MOST_TILES
#undef AT_ONCE
#undef FLOATS
#undef VECTORS
#undef OUTPUTS
#undef PICK
#undef EVEN
#undef ODD
#undef LOW
#undef HIGH
#undef PUSHED_UP
#undef PUSHED_DOWN
