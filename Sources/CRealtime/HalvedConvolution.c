#include "HalvedConvolution.h"
#include "ConvolutionPass.h"
#include "WinogradConvolution.h"

/* How many rows of the output are computed at a time, if they meet the same rows of the kernel. */
enum { TOGETHER = 6 };

/* How far, in steps of two, the first tap reaches back. */
INLINE size_t back(const rt_convolution_shape *s) { return (s->left + 1) / 2; }

/* Which of even (0) and odd (1) points tap j meets. */
INLINE size_t parity(const rt_convolution_shape *s, size_t j) { return (j + s->left) % 2; }

/* Which of three taps it is among those of its parity. */
INLINE size_t place(const rt_convolution_shape *s, size_t j) { return (j + 2 * back(s) - s->left) / 2; }

/* A row of the output as a convolution of rows of the kernel times channels times parities, of which `rows` count. */
INLINE rt_convolution_shape line_of(const rt_convolution_shape *s, size_t rows) {
  rt_convolution_shape line =
      winograd_line(rows * s->channels * 2, (s->width + 1) / 2, s->outputs, back(s), rt_convolution_width(s));
  line.relu = s->relu;
  return line;
}

bool is_halved(const rt_convolution_shape *s) {
  if (s->bytes || s->stride_width != 2 || s->dilation_width != 1 || s->groups != 1 || s->kernel_width < 3) return false;
  rt_convolution_shape line = line_of(s, s->kernel_height);
  return place(s, s->kernel_width - 1) < 3 && rt_convolution_width(&line) == rt_convolution_width(s) &&
         is_winograd(&line);
}

size_t halved_size(const rt_convolution_shape *s) {
  rt_convolution_shape line = line_of(s, s->kernel_height);
  return winograd_rows_size(line.channels, line.outputs);
}

size_t halved_scratch(const rt_convolution_shape *s) {
  rt_convolution_shape line = line_of(s, s->kernel_height);
  return TOGETHER * line.channels * line.width + winograd_rows_scratch(&line);
}

void halved_pack(const rt_convolution_shape *s, const float *weights, float *packed) {
  rt_convolution_shape line = line_of(s, s->kernel_height);
  memset(packed, 0, halved_size(s) * sizeof(float));
  for (size_t o = 0; o < s->outputs; o++)
    for (size_t c = 0; c < s->channels; c++)
      for (size_t i = 0; i < s->kernel_height; i++, weights += s->kernel_width)
        for (size_t odd = 0; odd < 2; odd++) {
          float taps[3] = {0};
          for (size_t j = 0; j < s->kernel_width; j++)
            if (parity(s, j) == odd) taps[place(s, j)] = weights[j];
          winograd_rows_pack(taps, line.channels, line.outputs, (i * s->channels + c) * 2 + odd, o, packed);
        }
}

/* Even points of a row, and behind them odd ones. */
EVERY_PROCESSOR
static void part(const float *from, size_t count, float *even, float *odd) {
  for (size_t m = 0; m < count; m++) even[m] = from[2 * m], odd[m] = from[2 * m + 1];
}

void halved_convolution(const rt_convolution_shape *s, const float *packed, const float *bias, const float *x,
                        size_t x_channel, size_t first_row, float *y, size_t y_channel, float *scratch) {
  const rt_convolution_shape whole = line_of(s, s->kernel_height);
  size_t rows = rt_convolution_height(s), width = rt_convolution_width(s);
  const convolution_pass pass = {
      .input = x, .height = s->height, .first_row = first_row, .input_channel = x_channel, .input_row = s->width};
  const convolution_axis down = {s->kernel_height, s->stride_height, -(ptrdiff_t)s->top, (ptrdiff_t)s->dilation_height};
  float *points = scratch + winograd_rows_scratch(&whole);
  for (size_t row = 0, count; row < rows; row += count) {
    tap_range range = taps_within(&down, row, s->height), other = range;
    float *to = points;
    for (count = 0; count < TOGETHER && other.first == range.first && other.last == range.last;) {
      for (size_t i = range.first; i < range.last; i++) {
        ptrdiff_t at = (ptrdiff_t)((row + count) * down.stride) + down.origin + (ptrdiff_t)i * down.step;
        const float *from = row_of_input(&pass, 0, at);
        for (size_t c = 0; c < s->channels; c++, from += x_channel, to += 2 * whole.width) {
          part(from, s->width / 2, to, to + whole.width);
          if (s->width % 2) to[whole.width - 1] = from[s->width - 1], to[2 * whole.width - 1] = 0;
        }
      }
      if (row + ++count == rows) break;
      other = taps_within(&down, row + count, s->height);
    }
    rt_convolution_shape line = line_of(s, range.last - range.first);
    winograd_rows(&line, count, packed, whole.channels, range.first * s->channels * 2, bias, points, y + row * width,
                  y_channel, width, scratch);
  }
}
