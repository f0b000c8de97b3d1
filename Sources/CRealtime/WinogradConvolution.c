#include "WinogradConvolution.h"

/* How many fours of points are a tile, the widest register full of them; and how many tiles are computed at a time where
   one weight serves several. */
enum { FOURS = 16, PRODUCTS = 6, TILE = 4 * FOURS, TILES = 3 };

/* Outputs whose weights lie side by side where several rows are computed at a time. */
enum { PANEL_OF_ROWS = 8 };

size_t winograd_size(const rt_convolution_shape *s) { return PRODUCTS * s->channels * s->outputs; }

size_t winograd_scratch(const rt_convolution_shape *s) {
  return PRODUCTS * FOURS * (s->channels + s->outputs) + TILE;
}

size_t winograd_rows_scratch(const rt_convolution_shape *s) {
  return PRODUCTS * FOURS * (s->channels + s->outputs) * TILES + TILE;
}

INLINE size_t tiles_of(size_t width) { return (width + TILE - 1) / TILE; }

size_t winograd_shared(const rt_convolution_shape *s, size_t channels) {
  return s->height * tiles_of(rt_convolution_width(s)) * PRODUCTS * FOURS * channels;
}

/* Six weights for three taps, so many floats apart. */
static void winograd_pack_taps(const float taps[3], size_t product, float *packed) {
  double a = taps[0], b = taps[1], d = taps[2];
  packed[0] = (float)(a / 4);
  packed[product] = (float)(-(a + b + d) / 6);
  packed[2 * product] = (float)(-(a - b + d) / 6);
  packed[3 * product] = (float)((a + 2 * b + 4 * d) / 24);
  packed[4 * product] = (float)((a - 2 * b + 4 * d) / 24);
  packed[5 * product] = (float)d;
}

void winograd_pack(const rt_convolution_shape *s, const float *weights, float *packed) {
  for (size_t c = 0; c < s->channels; c++)
    for (size_t o = 0; o < s->outputs; o++)
      winograd_pack_taps(weights + (o * s->channels + c) * 3, s->channels * s->outputs, packed++);
}

INLINE float point_of_row(const float *row, ptrdiff_t width, ptrdiff_t at) {
  return at >= 0 && at < width ? row[at] : 0;
}

/* A row of the output, and where its sums lie: of the channels it reads, of one tile after the other. */
typedef struct {
  const rt_convolution_shape *shape;
  const float *packed, *bias, *input;
  size_t product; /* weights from one of the six products to the next */
  float *output;
  size_t input_channel, output_channel, width;
  size_t rows, input_row, output_row; /* of several rows of all channels, and floats between them */
  size_t panel;                       /* weights from one panel of outputs to the next */
  float *sums;
  size_t apart, tile; /* floats between the six sums, and between tiles */
  size_t ready;       /* channels whose sums are there */
  float *products, *window; /* the latter for a tile of the input */
} winograd_row;

#define BODY "WinogradBody.h"
#include "EachInstructionSet.h"

void winograd_convolution(const rt_convolution_shape *shape, const float *packed, const float *bias, const float *x,
                          size_t x_channel, size_t first_row, float *y, size_t y_channel, float *scratch,
                          const rt_shared_rows *shared) {
  if (shared && shared->channels == 0) shared = NULL;
  size_t width = rt_convolution_width(shape), channels = shared ? shared->channels : shape->channels;
  float *sums = shared ? shared->sums : scratch, *products = scratch + PRODUCTS * FOURS * shape->channels;
  size_t tile = shared ? PRODUCTS * FOURS * channels : 0; /* else each lies where the one before did */
  winograd_row row = {
      .shape = shape,
      .packed = packed,
      .bias = bias,
      .product = shape->channels * shape->outputs,
      .input_channel = x_channel,
      .output_channel = y_channel,
      .width = width,
      .apart = FOURS * channels,
      .tile = tile,
      .ready = shared ? shared->ready : 0,
      .products = products,
      .window = products + PRODUCTS * FOURS * shape->outputs,
  };
  for (size_t n = 0; n < shape->height; n++) {
    size_t slot = n + first_row < shape->height ? n + first_row : n + first_row - shape->height;
    row.input = x + slot * shape->width;
    row.output = y + n * width;
    row.sums = sums + n * tiles_of(width) * tile + FOURS * (channels - shape->channels);
    ON_THIS_PROCESSOR(convolve_row, &row);
  }
}

size_t winograd_rows_size(size_t channels, size_t outputs) {
  return PRODUCTS * channels * ((outputs + PANEL_OF_ROWS - 1) / PANEL_OF_ROWS * PANEL_OF_ROWS);
}

void winograd_rows_pack(const float taps[3], size_t channels, size_t outputs, size_t channel, size_t output,
                        float *packed) {
  float *to = packed + (output / PANEL_OF_ROWS * channels + channel) * PANEL_OF_ROWS + output % PANEL_OF_ROWS;
  winograd_pack_taps(taps, winograd_rows_size(channels, outputs) / PRODUCTS, to);
}

void winograd_rows(const rt_convolution_shape *row_shape, size_t rows, const float *packed, size_t channels,
                   size_t first_channel, const float *bias, const float *x, float *y, size_t y_channel, size_t y_row, float *scratch) {
  winograd_row all = {
      .shape = row_shape,
      .packed = packed + first_channel * PANEL_OF_ROWS,
      .bias = bias,
      .input = x,
      .product = winograd_rows_size(channels, row_shape->outputs) / PRODUCTS,
      .panel = channels * PANEL_OF_ROWS,
      .output = y,
      .input_channel = row_shape->width,
      .output_channel = y_channel,
      .width = rt_convolution_width(row_shape),
      .rows = rows,
      .input_row = row_shape->channels * row_shape->width,
      .output_row = y_row,
      .sums = scratch,
      .apart = FOURS * row_shape->channels,
      .tile = PRODUCTS * FOURS * row_shape->channels,
      .products = scratch + PRODUCTS * FOURS * row_shape->channels * TILES,
      .window = scratch + PRODUCTS * FOURS * (row_shape->channels + row_shape->outputs) * TILES,
  };
  ON_THIS_PROCESSOR(convolve_rows, &all);
}
