#include "WinogradConvolution.h"

/* How many fours of points are computed at a time: the widest register full of them. */
enum { FOURS = 16, PRODUCTS = 6, TILE = 4 * FOURS };

size_t winograd_size(const rt_convolution_shape *s) { return PRODUCTS * s->channels * s->outputs; }

size_t winograd_scratch(const rt_convolution_shape *s) {
  return PRODUCTS * FOURS * (s->channels + s->outputs) + TILE;
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

#define BODY "WinogradBody.h"
#include "EachInstructionSet.h"

void winograd_convolution(const rt_convolution_shape *shape, const float *packed, const float *bias, const float *x,
                          size_t x_channel, size_t first_row, float *y, size_t y_channel, float *scratch) {
  size_t width = rt_convolution_width(shape);
  for (size_t row = 0; row < shape->height; row++) {
    size_t slot = row + first_row < shape->height ? row + first_row : row + first_row - shape->height;
    ON_THIS_PROCESSOR(winograd_row, shape, packed, bias, x + slot * shape->width, x_channel, y + row * width, y_channel,
                      width, scratch);
  }
}
