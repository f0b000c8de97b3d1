#pragma once
#include "Elementary.h"

/*
 Convolutions that halve a row, and transposed ones that double it, by minimal filtering. Of a row that is read in steps of
 two, points of even index meet every second tap, those of odd index the others: as channels of their own they are two
 convolutions in steps of one, of three taps at most if the kernel has no more than six. What a transposed convolution
 gives at even and at odd points are two such convolutions of one input. The rows of the kernel are channels, too. So five
 taps cost three fifths of their products.
 */
bool is_halved(const rt_convolution_shape *shape);
size_t halved_size(const rt_convolution_shape *shape);
size_t halved_scratch(const rt_convolution_shape *shape);
void halved_pack(const rt_convolution_shape *shape, const float *weights, float *packed);
void halved_convolution(const rt_convolution_shape *shape, const float *packed, const float *bias, const float *x,
                        size_t x_channel, size_t first_row, float *y, size_t y_channel, float *scratch);

bool is_doubled(const rt_convolution_shape *shape);
size_t doubled_size(const rt_convolution_shape *shape);
size_t doubled_scratch(const rt_convolution_shape *shape);
void doubled_pack(const rt_convolution_shape *shape, const float *weights, float *packed);
void doubled_convolution(const rt_convolution_shape *shape, const float *packed, const float *bias, const float *x,
                         size_t x_channel, size_t first_row, float *y, size_t y_channel, float *scratch);
