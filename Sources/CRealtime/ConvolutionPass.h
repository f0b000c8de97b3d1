#pragma once
#include "Panels.h"

/* The taps of a kernel along one axis: output point q meets input point q * stride + origin + k * step with tap k. */
typedef struct {
  size_t count, stride;
  ptrdiff_t origin, step;
} convolution_axis;

/* What numbers from 0 to 255 stand for: `step` times as many as they are above `zero`, which `blank` has four times. */
typedef struct {
  float step;
  int32_t zero;
  float blank;
} convolution_bytes;

/*
 One convolution over points that lie on a grid. An ordinary convolution is one such pass; a transposed one is a pass
 for each remainder of the output's indices modulo the strides, since those meet the same taps.

 Packed weights, for each group: panels of 16 outputs, and in a panel rows of taps, channels, columns of taps. The taps
 of consecutive rows lie together, so that at the edges whole rows can be left out.
 */
typedef struct {
  const float *input;
  size_t height, width, first_row, first_column; /* rows or columns of the input may be a ring */
  size_t input_channel, input_row, input_column; /* floats between channels, rows and columns of the input */
  size_t groups, channels, outputs; /* channels and outputs of a group */
  const float *packed, *bias;
  convolution_axis vertical, horizontal;
  size_t rows, columns; /* points of the output */
  float *output;
  size_t output_channel, row_step, column_step; /* floats between channels, rows and columns of the output */
  bool relu;
  const convolution_bytes *bytes; /* where an element of input and weights is four channels; null where it is a float */
  float *scratch;
} convolution_pass;

/* What is high and narrow is computed turned, so that what is long lies along a row and fills registers. */
INLINE bool is_narrow(size_t height, size_t width) { return width < 32 && height > width; }

INLINE rt_convolution_shape turned(const rt_convolution_shape *s, bool turn) {
  rt_convolution_shape shape = *s;
  if (!turn) return shape;
  shape.height = s->width, shape.width = s->height;
  shape.kernel_height = s->kernel_width, shape.kernel_width = s->kernel_height;
  shape.stride_height = s->stride_width, shape.stride_width = s->stride_height;
  shape.dilation_height = s->dilation_width, shape.dilation_width = s->dilation_height;
  shape.top = s->left, shape.left = s->top;
  shape.bottom = s->right, shape.right = s->bottom;
  shape.extra_height = s->extra_width, shape.extra_width = s->extra_height;
  return shape;
}

/* The widest tile of a row, and how many points are gathered at a time where rows are short. */
enum { WIDEST_TILE = 48, POINTS = 16 };

INLINE size_t taps_of_group(const convolution_pass *pass) {
  return pass->vertical.count * pass->channels * pass->horizontal.count;
}

INLINE size_t packed_of_group(size_t outputs, size_t channels, size_t taps) {
  return panels(outputs) * PANEL * channels * taps;
}

/* Floats of the packed weights of all groups. */
INLINE size_t packed_of_shape(const rt_convolution_shape *s) {
  return s->groups *
         packed_of_group(s->outputs / s->groups, s->channels / s->groups, s->kernel_height * s->kernel_width);
}

/* Packs one group, whose weight of output o, channel c and tap (i, j) is weights[o * steps[0] + c * steps[1] + ...]. */
void convolution_pack_group(const float *weights, const ptrdiff_t steps[4], size_t outputs, size_t channels,
                            size_t tap_rows, size_t tap_columns, float *packed);

/* Floats of scratch for a pass. */
size_t convolution_pass_scratch(size_t outputs, size_t channels, size_t tap_rows, size_t tap_columns, size_t stride,
                                size_t dilation);

void convolution_run(const convolution_pass *pass);

/* Which rows of taps meet the input for output row q: [first, last). */
typedef struct { size_t first, last; } tap_range;

INLINE tap_range taps_within(const convolution_axis *axis, size_t q, size_t size) {
  ptrdiff_t at = (ptrdiff_t)(q * axis->stride) + axis->origin;
  tap_range range = {axis->count, 0};
  for (size_t k = 0; k < axis->count; k++, at += axis->step) {
    if (at < 0 || at >= (ptrdiff_t)size) continue;
    range.first = k < range.first ? k : range.first;
    range.last = k + 1;
  }
  if (range.last == 0) range.first = 0;
  return range;
}

/* Where row `row` of the input begins in memory, for the group's first channel. */
INLINE const float *row_of_input(const convolution_pass *pass, size_t group, ptrdiff_t row) {
  size_t slot = (size_t)row + pass->first_row;
  slot = slot >= pass->height ? slot - pass->height : slot;
  return pass->input + group * pass->channels * pass->input_channel + slot * pass->input_row;
}

/* Where the taps of a tile find their input: row of taps i of channel c begins at rows + ..., tap j at columns[j]. */
typedef struct {
  const convolution_pass *pass;
  size_t group, row, column, count; /* the tile: `count` points of the output's row */
  tap_range range;
  const float *window; /* null where the input itself serves */
  size_t window_row, channel;
  const int32_t *columns;
} convolution_place;

/* Where row of taps i finds the tile's input. */
INLINE const float *row_of_tile(const convolution_place *place, size_t i) {
  const convolution_pass *pass = place->pass;
  if (place->window) return place->window + (i - place->range.first) * place->window_row;
  ptrdiff_t row = (ptrdiff_t)(place->row * pass->vertical.stride) + pass->vertical.origin +
                  (ptrdiff_t)i * pass->vertical.step;
  return row_of_input(pass, place->group, row) + place->column;
}

/* Where the tile of this channel of the output begins. */
INLINE float *place_of_output(const convolution_place *place, size_t channel) {
  const convolution_pass *pass = place->pass;
  return pass->output + channel * pass->output_channel + place->row * pass->row_step +
         place->column * pass->column_step;
}

/* The points that the tile has of a line of the output. */
INLINE void store_line(const convolution_place *place, const float *line, float *to) {
  size_t step = place->pass->column_step;
  if (step == 1) memcpy(to, line, place->count * sizeof(float));
  else
    for (size_t n = 0; n < place->count; n++) to[n * step] = line[n];
}
