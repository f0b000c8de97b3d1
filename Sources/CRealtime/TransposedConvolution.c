#include "CRealtime.h"

size_t rt_transposed_convolution_height(const rt_convolution_shape *s) {
  return (s->height - 1) * s->stride_height + (s->kernel_height - 1) * s->dilation_height + 1 + s->extra_height -
         s->top - s->bottom;
}
size_t rt_transposed_convolution_width(const rt_convolution_shape *s) {
  return (s->width - 1) * s->stride_width + (s->kernel_width - 1) * s->dilation_width + 1 + s->extra_width - s->left -
         s->right;
}
size_t rt_transposed_convolution_size(const rt_convolution_shape *s) {
  return s->channels * (s->outputs / s->groups) * s->kernel_height * s->kernel_width;
}
size_t rt_transposed_convolution_scratch(const rt_convolution_shape *s) { return 1; }

void rt_transposed_convolution_pack(const rt_convolution_shape *s, const float *weights, float *packed) {
  memcpy(packed, weights, rt_transposed_convolution_size(s) * sizeof(float));
}

void rt_transposed_convolution(const rt_convolution_shape *s, const float *packed, const float *bias, const float *x,
                               size_t x_channel, size_t first_row, float *y, size_t y_channel, float *scratch) {
  size_t height = rt_transposed_convolution_height(s), width = rt_transposed_convolution_width(s);
  size_t inputs = s->channels / s->groups, outputs = s->outputs / s->groups;
  for (size_t o = 0; o < s->outputs; o++) {
    float *to = y + o * y_channel;
    for (size_t i = 0; i < height * width; i++) to[i] = bias ? bias[o] : 0;
    for (size_t c = o / outputs * inputs; c < (o / outputs + 1) * inputs; c++)
      for (size_t h = 0; h < s->height; h++)
        for (size_t w = 0; w < s->width; w++)
          for (size_t i = 0; i < s->kernel_height; i++)
            for (size_t j = 0; j < s->kernel_width; j++) {
              size_t row = h * s->stride_height + i * s->dilation_height - s->top;
              size_t column = w * s->stride_width + j * s->dilation_width - s->left;
              if (row >= height || column >= width) continue;
              to[row * width + column] +=
                  packed[((c * outputs + o % outputs) * s->kernel_height + i) * s->kernel_width + j] *
                  x[c * x_channel + (h + first_row) % s->height * s->width + w];
            }
    for (size_t i = 0; s->relu && i < height * width; i++) to[i] = to[i] < 0 ? 0 : to[i];
  }
}
