#include "HalvedConvolution.h"
#include "TransposedTaps.h"
#include "WinogradConvolution.h"

/* The taps of a row that even (0) and odd (1) points of the output meet. */
INLINE convolution_axis across(const rt_convolution_shape *s, size_t odd, size_t *first) {
  phase_taps taps = taps_of_phase(odd, s->kernel_width, 2, 1, s->left);
  *first = taps.first;
  return taps.axis;
}

INLINE phase_taps down(const rt_convolution_shape *s, size_t phase) {
  return taps_of_phase(phase, s->kernel_height, s->stride_height, s->dilation_height, s->top);
}

/* How far back the taps reach at most; a tap meets a point later the earlier it is. */
INLINE ptrdiff_t back(const rt_convolution_shape *s) {
  ptrdiff_t most = 0;
  for (size_t odd = 0; odd < 2; odd++) {
    size_t first;
    convolution_axis axis = across(s, odd, &first);
    ptrdiff_t reached = (ptrdiff_t)axis.count - 1 - axis.origin;
    most = reached > most ? reached : most;
  }
  return most;
}

/* Even and odd points of a row of the output, of so many rows of the kernel. */
INLINE rt_convolution_shape line_of(const rt_convolution_shape *s, size_t rows) {
  size_t points = rt_transposed_convolution_width(s) / 2;
  return winograd_line(rows * s->channels, s->width, 2 * s->outputs, (size_t)back(s), points);
}

bool is_doubled(const rt_convolution_shape *s) {
  if (s->bytes || s->stride_width != 2 || s->dilation_width != 1 || s->groups != 1 || s->kernel_width < 3) return false;
  for (size_t odd = 0; odd < 2; odd++) {
    size_t first;
    if (across(s, odd, &first).origin + back(s) > 2) return false;
  }
  rt_convolution_shape line = line_of(s, s->kernel_height);
  return rt_transposed_convolution_width(s) == 2 * rt_convolution_width(&line) && is_winograd(&line);
}

size_t doubled_size(const rt_convolution_shape *s) {
  size_t size = 0, phases_down = phases(s->stride_height, rt_transposed_convolution_height(s));
  for (size_t h = 0; h < phases_down; h++)
    size += winograd_rows_size(down(s, h).axis.count * s->channels, 2 * s->outputs);
  return size;
}

size_t doubled_scratch(const rt_convolution_shape *s) {
  rt_convolution_shape line = line_of(s, s->kernel_height);
  return winograd_rows_scratch(&line) + line.channels * line.width + line.outputs * rt_convolution_width(&line);
}

void doubled_pack(const rt_convolution_shape *s, const float *weights, float *packed) {
  size_t phases_down = phases(s->stride_height, rt_transposed_convolution_height(s));
  memset(packed, 0, doubled_size(s) * sizeof(float));
  for (size_t h = 0; h < phases_down; h++) {
    phase_taps rows = down(s, h);
    size_t channels = rows.axis.count * s->channels, outputs = 2 * s->outputs;
    for (size_t k = 0; k < rows.axis.count; k++)
      for (size_t c = 0; c < s->channels; c++)
        for (size_t o = 0; o < outputs; o++) {
          size_t row = rows.first + k * rows.every, first;
          convolution_axis axis = across(s, o / s->outputs, &first);
          const float *from =
              weights + ((c * s->outputs + o % s->outputs) * s->kernel_height + row) * s->kernel_width;
          float taps[3] = {0};
          for (size_t j = 0; j < axis.count; j++) taps[axis.origin - (ptrdiff_t)j + back(s)] = from[first + 2 * j];
          winograd_rows_pack(taps, channels, outputs, k * s->channels + c, o, packed);
        }
    packed += winograd_rows_size(channels, outputs);
  }
}

/* Even and odd points in turn. */
EVERY_PROCESSOR
static void in_turn(const float *even, const float *odd, size_t count, float bias, bool relu, float *to) {
  for (size_t m = 0; m < count; m++) {
    float a = even[m] + bias, b = odd[m] + bias;
    to[2 * m] = relu && !(a > 0) ? 0 : a;
    to[2 * m + 1] = relu && !(b > 0) ? 0 : b;
  }
}

void doubled_convolution(const rt_convolution_shape *s, const float *packed, const float *bias, const float *x,
                         size_t x_channel, size_t first_row, float *y, size_t y_channel, float *scratch) {
  const rt_convolution_shape whole = line_of(s, s->kernel_height);
  size_t height = rt_transposed_convolution_height(s), half = rt_convolution_width(&whole);
  const convolution_pass pass = {
      .input = x, .height = s->height, .first_row = first_row, .input_channel = x_channel, .input_row = s->width};
  float *points = scratch + winograd_rows_scratch(&whole), *found = points + whole.channels * whole.width;
  for (size_t h = 0; h < phases(s->stride_height, height); h++) {
    phase_taps rows = down(s, h);
    size_t channels = rows.axis.count * s->channels;
    for (size_t row = 0; h + row * s->stride_height < height; row++) {
      tap_range range = rows.axis.count ? taps_within(&rows.axis, row, s->height) : (tap_range){0, 0};
      float *to = points;
      for (size_t k = range.first; k < range.last; k++) {
        ptrdiff_t at = (ptrdiff_t)row + rows.axis.origin + (ptrdiff_t)k * rows.axis.step;
        const float *from = row_of_input(&pass, 0, at);
        for (size_t c = 0; c < s->channels; c++, from += x_channel, to += s->width)
          memcpy(to, from, s->width * sizeof(float));
      }
      rt_convolution_shape line = line_of(s, range.last - range.first);
      winograd_rows(&line, 1, packed, channels, range.first * s->channels, NULL, points, found, half, 0, scratch);
      for (size_t o = 0; o < s->outputs; o++) {
        const float *even = found + o * half, *odd = even + s->outputs * half;
        in_turn(even, odd, half, bias ? bias[o] : 0, s->relu,
                y + o * y_channel + (h + row * s->stride_height) * 2 * half);
      }
    }
    packed += winograd_rows_size(channels, whole.outputs);
  }
}
