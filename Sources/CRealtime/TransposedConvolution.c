#include "ByteConvolution.h"
#include "HalvedConvolution.h"
#include "TransposedTaps.h"

size_t rt_transposed_convolution_height(const rt_convolution_shape *s) {
  return (s->height - 1) * s->stride_height + (s->kernel_height - 1) * s->dilation_height + 1 + s->extra_height -
         s->top - s->bottom;
}

size_t rt_transposed_convolution_width(const rt_convolution_shape *s) {
  return (s->width - 1) * s->stride_width + (s->kernel_width - 1) * s->dilation_width + 1 + s->extra_width - s->left -
         s->right;
}

static bool is_turned(const rt_convolution_shape *s) { return is_narrow(s->height, s->width); }

/* Floats of the packed weights of all phases, of which each is a pass. */
static size_t byte_size(const rt_convolution_shape *shape) {
  const rt_convolution_shape along = turned(shape, is_turned(shape)), *s = &along;
  size_t size = 0, rows = phases(s->stride_height, rt_transposed_convolution_height(s));
  size_t columns = phases(s->stride_width, rt_transposed_convolution_width(s));
  for (size_t h = 0; h < rows; h++)
    for (size_t w = 0; w < columns; w++) {
      phase_taps down = taps_of_phase(h, s->kernel_height, s->stride_height, s->dilation_height, s->top);
      phase_taps across = taps_of_phase(w, s->kernel_width, s->stride_width, s->dilation_width, s->left);
      size += byte_pass_size(s->outputs, s->channels, across.axis.count ? down.axis.count : 0, across.axis.count);
    }
  return size;
}

size_t rt_transposed_convolution_size(const rt_convolution_shape *s) {
  return is_byte(s) ? byte_size(s) : is_doubled(s) ? doubled_size(s) : packed_of_shape(s);
}

size_t rt_transposed_convolution_scratch(const rt_convolution_shape *shape) {
  if (is_doubled(shape)) return doubled_scratch(shape);
  const rt_convolution_shape along = turned(shape, is_turned(shape)), *s = &along;
  return (is_byte(s) ? byte_points(s) : 0) +
         convolution_pass_scratch(s->outputs / s->groups, s->channels / s->groups, s->kernel_height, s->kernel_width,
                                  1, s->dilation_width);
}

void rt_transposed_convolution_pack(const rt_convolution_shape *shape, const float *weights, float *packed) {
  if (is_doubled(shape)) return doubled_pack(shape, weights, packed);
  bool turn = is_turned(shape), bytes = is_byte(shape);
  const rt_convolution_shape along = turned(shape, turn), *s = &along;
  size_t channels = s->channels / s->groups, outputs = s->outputs / s->groups;
  size_t taps = s->kernel_height * s->kernel_width;
  /* How far apart rows and columns of the kernel lie. */
  size_t row = turn ? 1 : s->kernel_width, column = turn ? s->kernel_height : 1;
  size_t rows = phases(s->stride_height, rt_transposed_convolution_height(s));
  size_t columns = phases(s->stride_width, rt_transposed_convolution_width(s));
  for (size_t h = 0; h < rows; h++)
    for (size_t w = 0; w < columns; w++) {
      phase_taps down = taps_of_phase(h, s->kernel_height, s->stride_height, s->dilation_height, s->top);
      phase_taps across = taps_of_phase(w, s->kernel_width, s->stride_width, s->dilation_width, s->left);
      if (across.axis.count == 0) down.axis.count = 0;
      if (down.axis.count == 0) across.axis.count = 0;
      ptrdiff_t steps[4] = {(ptrdiff_t)taps, (ptrdiff_t)(outputs * taps), (ptrdiff_t)(down.every * row),
                            (ptrdiff_t)(across.every * column)};
      const float *first = weights + down.first * row + across.first * column;
      if (bytes) {
        byte_pack(first, steps, outputs, channels, down.axis.count, across.axis.count, packed);
        packed += byte_pass_size(outputs, channels, down.axis.count, across.axis.count);
        continue;
      }
      for (size_t group = 0; group < s->groups; group++) {
        convolution_pack_group(first + group * channels * outputs * taps, steps, outputs, channels, down.axis.count,
                               across.axis.count, packed);
        packed += packed_of_group(outputs, channels, down.axis.count * across.axis.count);
      }
    }
}

void rt_transposed_convolution(const rt_convolution_shape *shape, const float *packed, const float *bias,
                               const float *x, size_t x_channel, size_t first_row, float *y, size_t y_channel,
                               float *scratch) {
  if (is_doubled(shape)) return doubled_convolution(shape, packed, bias, x, x_channel, first_row, y, y_channel, scratch);
  bool turn = is_turned(shape), bytes = is_byte(shape);
  convolution_bytes found;
  if (bytes) {
    found = byte_input(shape, x, x_channel, scratch);
    x = scratch, x_channel = shape->height * shape->width, scratch += byte_points(shape);
  }
  const rt_convolution_shape along = turned(shape, turn), *s = &along;
  size_t row = turn ? 1 : rt_transposed_convolution_width(s), column = turn ? rt_transposed_convolution_height(s) : 1;
  size_t height = rt_transposed_convolution_height(s), width = rt_transposed_convolution_width(s);
  size_t rows = phases(s->stride_height, height), columns = phases(s->stride_width, width);
  for (size_t h = 0; h < rows; h++)
    for (size_t w = 0; w < columns; w++) {
      phase_taps down = taps_of_phase(h, s->kernel_height, s->stride_height, s->dilation_height, s->top);
      phase_taps across = taps_of_phase(w, s->kernel_width, s->stride_width, s->dilation_width, s->left);
      if (across.axis.count == 0) down.axis.count = 0;
      if (down.axis.count == 0) across.axis.count = 0;
      convolution_pass pass = {
          .input = x,
          .height = s->height,
          .width = s->width,
          .first_row = turn ? 0 : first_row,
          .first_column = turn ? first_row : 0,
          .input_channel = x_channel,
          .input_row = turn ? 1 : s->width,
          .input_column = turn ? s->height : 1,
          .groups = s->groups,
          .channels = bytes ? quads(s->channels) : s->channels / s->groups,
          .outputs = s->outputs / s->groups,
          .packed = packed,
          .bias = bias,
          .vertical = down.axis,
          .horizontal = across.axis,
          .rows = (height - h - 1) / s->stride_height + 1,
          .columns = (width - w - 1) / s->stride_width + 1,
          .output = y + h * row + w * column,
          .output_channel = y_channel,
          .row_step = s->stride_height * row,
          .column_step = s->stride_width * column,
          .relu = s->relu,
          .bytes = bytes ? &found : NULL,
          .scratch = scratch,
      };
      convolution_run(&pass);
      packed += bytes ? byte_pass_size(s->outputs, s->channels, down.axis.count, across.axis.count)
                      : s->groups * packed_of_group(pass.outputs, pass.channels, down.axis.count * across.axis.count);
    }
}
