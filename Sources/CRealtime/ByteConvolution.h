#pragma once
#include "ConvolutionPass.h"

/*
 Convolutions of bytes: the input in 254 steps from its least number to its largest, the weights in 127 steps from 0 to
 the largest of their output, up and down. The products of the steps are summed exactly, four at a time.

 Four channels of a point of the input lie together as one element of 32 bits, and so do the weights that they meet. All
 else is a pass as over floats: how tiles are found and copied does not depend on what an element is.
 */
bool is_byte(const rt_convolution_shape *shape);

/* Elements of the input as bytes, for scratch. */
INLINE size_t quads(size_t channels) { return (channels + 3) / 4; }
INLINE size_t byte_points(const rt_convolution_shape *s) { return quads(s->channels) * s->height * s->width; }

/* Floats of the packed weights of a pass: steps of the outputs, for each row of taps the sums of the weights of the
   outputs, and the weights. */
size_t byte_pass_size(size_t outputs, size_t channels, size_t tap_rows, size_t tap_columns);

/* Packs those of a pass; weights and steps as of convolution_pack_group. */
void byte_pack(const float *weights, const ptrdiff_t steps[4], size_t outputs, size_t channels, size_t tap_rows,
               size_t tap_columns, float *packed);

/* Makes bytes of the input at `points`, with x_channel floats from one channel to the next. */
convolution_bytes byte_input(const rt_convolution_shape *shape, const float *x, size_t x_channel, float *points);

/* All outputs of a tile, which is as wide as registers are where there are dot products of bytes. */
void byte_outputs(const convolution_place *place);
