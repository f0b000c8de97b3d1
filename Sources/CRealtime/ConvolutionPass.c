#include "ByteConvolution.h"
#include "Dense.h"

void convolution_pack_group(const float *weights, const ptrdiff_t steps[4], size_t outputs, size_t channels,
                            size_t tap_rows, size_t tap_columns, float *packed) {
  memset(packed, 0, packed_of_group(outputs, channels, tap_rows * tap_columns) * sizeof(float));
  for (size_t o = 0; o < outputs; o++) {
    float *to = packed + o / PANEL * PANEL * channels * tap_rows * tap_columns + o % PANEL;
    for (size_t i = 0; i < tap_rows; i++)
      for (size_t c = 0; c < channels; c++)
        for (size_t j = 0; j < tap_columns; j++, to += PANEL)
          *to = weights[(ptrdiff_t)o * steps[0] + (ptrdiff_t)c * steps[1] + (ptrdiff_t)i * steps[2] +
                        (ptrdiff_t)j * steps[3]];
  }
}

size_t convolution_pass_scratch(size_t outputs, size_t channels, size_t tap_rows, size_t tap_columns, size_t stride,
                                size_t dilation) {
  size_t length = WIDEST_TILE + (tap_columns - 1) * dilation / stride + 1;
  size_t window = 2 * tap_columns + tap_rows * channels * stride * length;
  size_t gathered = POINTS * (tap_rows * channels * tap_columns + panels(outputs) * PANEL);
  return window > gathered ? window : gathered;
}

INLINE ptrdiff_t floor_of(ptrdiff_t a, ptrdiff_t b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

INLINE size_t column_of_input(const convolution_pass *pass, size_t column) {
  size_t slot = column + pass->first_column;
  return (slot >= pass->width ? slot - pass->width : slot) * pass->input_column;
}

/* Copies what one tile reads, with blanks where the input ends, and every stride-th column together. */
static void convolution_window(const convolution_pass *pass, size_t group, size_t row, tap_range range,
                               ptrdiff_t first, size_t length, float *window) {
  size_t stride = pass->horizontal.stride;
  float blank = pass->bytes ? pass->bytes->blank : 0;
  for (size_t i = range.first; i < range.last; i++) {
    ptrdiff_t at = (ptrdiff_t)(row * pass->vertical.stride) + pass->vertical.origin +
                   (ptrdiff_t)i * pass->vertical.step;
    const float *from = row_of_input(pass, group, at);
    for (size_t c = 0; c < pass->channels; c++, from += pass->input_channel)
      for (size_t remainder = 0; remainder < stride; remainder++, window += length) {
        /* Element m is column (first + m) * stride + remainder. */
        ptrdiff_t begin = -first, end = ((ptrdiff_t)pass->width - (ptrdiff_t)remainder + (ptrdiff_t)stride - 1);
        end = floor_of(end, (ptrdiff_t)stride) - first;
        size_t low = begin < 0 ? 0 : begin > (ptrdiff_t)length ? length : (size_t)begin;
        size_t high = end < (ptrdiff_t)low ? low : end > (ptrdiff_t)length ? length : (size_t)end;
        for (size_t m = 0; m < low; m++) window[m] = blank;
        for (size_t m = high; m < length; m++) window[m] = blank;
        if (high == low) continue;
        float *to = window + low;
        size_t column = (size_t)(first + (ptrdiff_t)low) * stride + remainder, count = high - low;
        size_t step = stride * pass->input_column;
        const float *line = from + column * pass->input_column;
        if (pass->first_column)
          for (size_t m = 0; m < count; m++) to[m] = from[column_of_input(pass, column + m * stride)];
        else if (step == 1)
          for (size_t m = 0; m < count; m++) to[m] = line[m];
        else if (step == 2)
          for (size_t m = 0; m < count; m++) to[m] = line[2 * m];
        else
          for (size_t m = 0; m < count; m++) to[m] = line[m * step];
      }
  }
}

/* Where rows are short: the input of a few points side by side, and outputs, not columns, in the registers. */
static void convolve_points(const convolution_pass *pass) {
  const convolution_axis *down = &pass->vertical, *across = &pass->horizontal;
  size_t together = pass->columns < POINTS ? POINTS / pass->columns : 1;
  size_t line = pass->channels * across->count, taps = taps_of_group(pass), stride = panels(pass->outputs) * PANEL;
  float *points = pass->scratch, *sums = points + POINTS * taps;
  for (size_t group = 0; group < pass->groups; group++)
    for (size_t row = 0; row < pass->rows; row += together) {
      size_t rows = pass->rows - row < together ? pass->rows - row : together, count = rows * pass->columns;
      tap_range range = taps_within(down, row, pass->height);
      for (size_t r = 1; r < rows; r++) {
        tap_range other = taps_within(down, row + r, pass->height);
        if (other.last == 0) continue;
        range.first = range.last == 0 || other.first < range.first ? other.first : range.first;
        range.last = other.last > range.last ? other.last : range.last;
      }
      size_t columns = (range.last - range.first) * line;
      float *to = points;
      for (size_t point = 0; point < count; point++)
        for (size_t i = range.first; i < range.last; i++) {
          ptrdiff_t at = (ptrdiff_t)((row + point / pass->columns) * down->stride) + down->origin +
                         (ptrdiff_t)i * down->step;
          ptrdiff_t start = (ptrdiff_t)(point % pass->columns * across->stride) + across->origin;
          if (at < 0 || at >= (ptrdiff_t)pass->height) {
            for (size_t k = 0; k < line; k++) *to++ = 0;
            continue;
          }
          const float *from = row_of_input(pass, group, at);
          for (size_t c = 0; c < pass->channels; c++, from += pass->input_channel) {
            ptrdiff_t column = start;
            for (size_t j = 0; j < across->count; j++, column += across->step)
              *to++ = column >= 0 && column < (ptrdiff_t)pass->width
                          ? from[column_of_input(pass, (size_t)column)]
                          : 0;
          }
        }
      /* A part of the taps at a time, so that it stays in a near cache while all points meet it. */
      const float *packed = pass->packed + group * packed_of_group(pass->outputs, 1, taps);
      const float *bias = pass->bias ? pass->bias + group * pass->outputs : NULL;
      size_t begin = 0;
      do {
        size_t here = columns - begin < 1024 ? columns - begin : 1024;
        dense_part(packed + (range.first * line + begin) * PANEL, taps, begin ? sums : bias, begin ? stride : 0,
                   points + begin, columns, sums, stride, count, pass->outputs, here);
        begin += here;
      } while (begin < columns);
      for (size_t o = 0; o < pass->outputs; o++) {
        float *channel = pass->output + (group * pass->outputs + o) * pass->output_channel;
        for (size_t point = 0; point < count; point++) {
          float sum = sums[point * stride + o];
          channel[(row + point / pass->columns) * pass->row_step + point % pass->columns * pass->column_step] =
              pass->relu && !(sum > 0) ? 0 : sum;
        }
      }
    }
}

#define BODY "ConvolutionBody.h"
#include "EachInstructionSet.h"

void convolution_run(const convolution_pass *pass) {
  size_t lanes = rt_processor >= RT_AVX512 ? 16 : rt_processor >= RT_AVX2 ? 8 : 4;
  if (pass->rows == 0 || pass->columns == 0) return;
  if (pass->columns < lanes && pass->outputs >= 8 && !pass->bytes) convolve_points(pass);
  else if (pass->bytes && !rt_multiplies_bytes()) convolve_portable(pass);
  else ON_THIS_PROCESSOR(convolve, pass);
}
