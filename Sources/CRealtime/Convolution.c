#include "ByteConvolution.h"
#include "HalvedConvolution.h"
#include "WinogradConvolution.h"

size_t rt_convolution_height(const rt_convolution_shape *s) {
  return (s->top + s->height + s->bottom - (s->kernel_height - 1) * s->dilation_height - 1) / s->stride_height + 1;
}

size_t rt_convolution_width(const rt_convolution_shape *s) {
  return (s->left + s->width + s->right - (s->kernel_width - 1) * s->dilation_width - 1) / s->stride_width + 1;
}

static bool is_turned(const rt_convolution_shape *s) {
  return is_narrow(rt_convolution_height(s), rt_convolution_width(s));
}

size_t rt_convolution_size(const rt_convolution_shape *s) {
  if (is_byte(s)) {
    const rt_convolution_shape along = turned(s, is_turned(s));
    return byte_pass_size(along.outputs, along.channels, along.kernel_height, along.kernel_width);
  }
  return is_winograd(s) ? winograd_size(s) : is_halved(s) ? halved_size(s) : packed_of_shape(s);
}

size_t rt_convolution_scratch(const rt_convolution_shape *shape) {
  if (is_winograd(shape)) return winograd_scratch(shape);
  if (is_halved(shape)) return halved_scratch(shape);
  const rt_convolution_shape along = turned(shape, is_turned(shape)), *s = &along;
  return (is_byte(s) ? byte_points(s) : 0) +
         convolution_pass_scratch(s->outputs / s->groups, s->channels / s->groups, s->kernel_height, s->kernel_width,
                                  s->stride_width, s->dilation_width);
}

size_t rt_convolution_shared(const rt_convolution_shape *shape, size_t channels) {
  return is_winograd(shape) ? winograd_shared(shape, channels) : 0;
}

void rt_convolution_pack(const rt_convolution_shape *shape, const float *weights, float *packed) {
  if (is_winograd(shape)) return winograd_pack(shape, weights, packed);
  if (is_halved(shape)) return halved_pack(shape, weights, packed);
  bool turn = is_turned(shape);
  const rt_convolution_shape along = turned(shape, turn), *s = &along;
  size_t channels = s->channels / s->groups, outputs = s->outputs / s->groups;
  size_t taps = s->kernel_height * s->kernel_width;
  ptrdiff_t steps[4] = {(ptrdiff_t)(channels * taps), (ptrdiff_t)taps, (ptrdiff_t)shape->kernel_width, 1};
  if (turn) steps[2] = 1, steps[3] = (ptrdiff_t)shape->kernel_width;
  if (is_byte(s)) return byte_pack(weights, steps, outputs, channels, s->kernel_height, s->kernel_width, packed);
  for (size_t group = 0; group < s->groups; group++)
    convolution_pack_group(weights + group * outputs * channels * taps, steps, outputs, channels, s->kernel_height,
                           s->kernel_width, packed + group * packed_of_group(outputs, channels, taps));
}

void rt_convolution(const rt_convolution_shape *shape, const float *packed, const float *bias,
                    const float *x, size_t x_channel, size_t first_row, float *y, size_t y_channel, float *scratch,
                    const rt_shared_rows *shared) {
  if (is_winograd(shape))
    return winograd_convolution(shape, packed, bias, x, x_channel, first_row, y, y_channel, scratch, shared);
  if (is_halved(shape)) return halved_convolution(shape, packed, bias, x, x_channel, first_row, y, y_channel, scratch);
  bool turn = is_turned(shape);
  const rt_convolution_shape along = turned(shape, turn), *s = &along;
  size_t width = rt_convolution_width(shape);
  bool bytes = is_byte(shape);
  convolution_bytes found;
  if (bytes) {
    found = byte_input(shape, x, x_channel, scratch);
    x = scratch, x_channel = shape->height * shape->width, scratch += byte_points(shape);
  }
  convolution_pass pass = {
      .input = x,
      .height = s->height,
      .width = s->width,
      .first_row = turn ? 0 : first_row,
      .first_column = turn ? first_row : 0,
      .input_channel = x_channel,
      .input_row = turn ? 1 : shape->width,
      .input_column = turn ? shape->width : 1,
      .groups = s->groups,
      .channels = bytes ? quads(s->channels) : s->channels / s->groups,
      .outputs = s->outputs / s->groups,
      .packed = packed,
      .bias = bias,
      .vertical = {s->kernel_height, s->stride_height, -(ptrdiff_t)s->top, (ptrdiff_t)s->dilation_height},
      .horizontal = {s->kernel_width, s->stride_width, -(ptrdiff_t)s->left, (ptrdiff_t)s->dilation_width},
      .rows = rt_convolution_height(s),
      .columns = rt_convolution_width(s),
      .output = y,
      .output_channel = y_channel,
      .row_step = turn ? 1 : width,
      .column_step = turn ? width : 1,
      .relu = s->relu,
      .bytes = bytes ? &found : NULL,
      .scratch = scratch,
  };
  convolution_run(&pass);
}
