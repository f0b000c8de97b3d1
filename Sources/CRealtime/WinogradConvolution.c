#include "WinogradConvolution.h"

/* How many fours of points are computed at a time: the widest register full of them. */
enum { FOURS = 16, PRODUCTS = 6, TILE = 4 * FOURS };

size_t winograd_size(const rt_convolution_shape *s) { return PRODUCTS * s->channels * s->outputs; }

size_t winograd_scratch(const rt_convolution_shape *s) {
  return PRODUCTS * FOURS * (s->channels + s->outputs) + TILE;
}

INLINE size_t tiles_of(size_t width) { return (width + TILE - 1) / TILE; }

size_t winograd_shared(const rt_convolution_shape *s, size_t channels) {
  return s->height * tiles_of(rt_convolution_width(s)) * PRODUCTS * FOURS * channels;
}

void winograd_pack(const rt_convolution_shape *s, const float *weights, float *packed) {
  size_t each = s->channels * s->outputs;
  for (size_t c = 0; c < s->channels; c++)
    for (size_t o = 0; o < s->outputs; o++, packed++) {
      const float *taps = weights + (o * s->channels + c) * 3;
      double a = taps[0], b = taps[1], d = taps[2];
      packed[0] = (float)(a / 4);
      packed[each] = (float)(-(a + b + d) / 6);
      packed[2 * each] = (float)(-(a - b + d) / 6);
      packed[3 * each] = (float)((a + 2 * b + 4 * d) / 24);
      packed[4 * each] = (float)((a - 2 * b + 4 * d) / 24);
      packed[5 * each] = (float)d;
    }
}

INLINE float point_of_row(const float *row, ptrdiff_t width, ptrdiff_t at) {
  return at >= 0 && at < width ? row[at] : 0;
}

/* A row of the output, and where its sums lie: of the channels it reads, of one tile after the other. */
typedef struct {
  const rt_convolution_shape *shape;
  const float *packed, *bias, *input;
  float *output;
  size_t input_channel, output_channel, width;
  float *sums;
  size_t apart, tile; /* floats between the six sums, and between tiles */
  size_t ready;       /* channels whose sums are there */
  float *products;    /* and behind them room for a tile of the input */
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
      .input_channel = x_channel,
      .output_channel = y_channel,
      .width = width,
      .apart = FOURS * channels,
      .tile = tile,
      .ready = shared ? shared->ready : 0,
      .products = products,
  };
  for (size_t n = 0; n < shape->height; n++) {
    size_t slot = n + first_row < shape->height ? n + first_row : n + first_row - shape->height;
    row.input = x + slot * shape->width;
    row.output = y + n * width;
    row.sums = sums + n * tiles_of(width) * tile + FOURS * (channels - shape->channels);
    ON_THIS_PROCESSOR(convolve_row, &row);
  }
}
