#pragma once
#include "Elementary.h"

/*
 Rows under a kernel of three taps by minimal filtering, F(4, 3) of Winograd (1980; Lavin and Gray 2016): four points of
 the output cost six products for every input channel, where they cost twelve otherwise. Six points of the input are
 brought into six sums, each of which meets a weight of its own, and six sums of products into the four points.
 */
INLINE bool is_winograd(const rt_convolution_shape *s) {
  size_t reached = s->left + s->width + s->right;
  return !s->bytes && s->kernel_height == 1 && s->kernel_width == 3 && s->stride_height == 1 && s->stride_width == 1 &&
         s->dilation_width == 1 && s->top == 0 && s->bottom == 0 && s->groups == 1 && s->outputs >= 8 &&
         reached >= 48 + 2;
}

size_t winograd_size(const rt_convolution_shape *shape);
size_t winograd_scratch(const rt_convolution_shape *shape);
size_t winograd_shared(const rt_convolution_shape *shape, size_t channels);

/* Products, channels, outputs. */
void winograd_pack(const rt_convolution_shape *shape, const float *weights, float *packed);

void winograd_convolution(const rt_convolution_shape *shape, const float *packed, const float *bias, const float *x,
                          size_t x_channel, size_t first_row, float *y, size_t y_channel, float *scratch,
                          const rt_shared_rows *shared);

/* The shape of a row of so many points, of three taps along an input of `width`, the first of them `left` before its point. */
INLINE rt_convolution_shape winograd_line(size_t channels, size_t width, size_t outputs, size_t left, size_t points) {
  return (rt_convolution_shape){
      .channels = channels,
      .height = 1,
      .width = width,
      .outputs = outputs,
      .kernel_height = 1,
      .kernel_width = 3,
      .stride_height = 1,
      .stride_width = 1,
      .dilation_height = 1,
      .dilation_width = 1,
      .left = left,
      .right = points + 2 > width + left ? points + 2 - width - left : 0,
      .groups = 1,
  };
}

/*
 Rows of all channels one behind the other, each of `shape`, which has one, under weights for `channels` channels, of which
 these are some from `first_channel` on. Where several rows meet the same weights these are read once for three tiles of 64
 points.
 */
size_t winograd_rows_size(size_t channels, size_t outputs);
size_t winograd_rows_scratch(const rt_convolution_shape *shape);
void winograd_rows_pack(const float taps[3], size_t channels, size_t outputs, size_t channel, size_t output,
                        float *packed);
void winograd_rows(const rt_convolution_shape *shape, size_t rows, const float *packed, size_t channels,
                   size_t first_channel, const float *bias, const float *x, float *y, size_t y_channel, size_t y_row,
                   float *scratch);
