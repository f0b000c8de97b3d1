#include "CRealtime.h"

size_t rt_convolution_height(const rt_convolution_shape *s) {
  return (s->top + s->height + s->bottom - (s->kernel_height - 1) * s->dilation_height - 1) / s->stride_height + 1;
}
size_t rt_convolution_width(const rt_convolution_shape *s) {
  return (s->left + s->width + s->right - (s->kernel_width - 1) * s->dilation_width - 1) / s->stride_width + 1;
}
size_t rt_convolution_size(const rt_convolution_shape *s) {
  return s->outputs * (s->channels / s->groups) * s->kernel_height * s->kernel_width;
}
size_t rt_convolution_scratch(const rt_convolution_shape *s) { return 1; }

void rt_convolution_pack(const rt_convolution_shape *s, const float *weights, float *packed) {
  memcpy(packed, weights, rt_convolution_size(s) * sizeof(float));
}

void rt_convolution(const rt_convolution_shape *s, const float *packed, const float *bias, const float *x,
                    size_t x_channel, size_t first_row, float *y, size_t y_channel, float *scratch) {
  size_t height = rt_convolution_height(s), width = rt_convolution_width(s), inputs = s->channels / s->groups;
  for (size_t o = 0; o < s->outputs; o++)
    for (size_t h = 0; h < height; h++)
      for (size_t w = 0; w < width; w++) {
        float sum = bias ? bias[o] : 0;
        for (size_t c = 0; c < inputs; c++)
          for (size_t i = 0; i < s->kernel_height; i++)
            for (size_t j = 0; j < s->kernel_width; j++) {
              size_t row = h * s->stride_height + i * s->dilation_height - s->top;
              size_t column = w * s->stride_width + j * s->dilation_width - s->left;
              if (row >= s->height || column >= s->width) continue;
              size_t channel = o / (s->outputs / s->groups) * inputs + c;
              sum += packed[((o * inputs + c) * s->kernel_height + i) * s->kernel_width + j] *
                     x[channel * x_channel + (row + first_row) % s->height * s->width + column];
            }
        y[o * y_channel + h * width + w] = s->relu && sum < 0 ? 0 : sum;
      }
}
