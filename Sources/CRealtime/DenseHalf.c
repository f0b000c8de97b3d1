#include "Half.h"
#include "Panels.h"

#define WEIGHT uint16_t
#define WEIGHT_IS_HALF 1
/* Conversion is what counts here, and processors of today convert to 8 floats at full speed, but not to 16. */
#define AVX2_IS_WIDEST
#define BODY "DenseBody.h"
#include "EachInstructionSet.h"

size_t rt_dense_half_size(size_t rows, size_t columns) { return panels(rows) * PANEL * columns * sizeof(uint16_t); }

void rt_dense_half_pack(const uint16_t *weights, size_t rows, size_t columns, uint16_t *packed) {
  memset(packed, 0, rt_dense_half_size(rows, columns));
  for (size_t row = 0; row < rows; row++)
    for (size_t column = 0; column < columns; column++)
      packed[(row / PANEL * columns + column) * PANEL + row % PANEL] = weights[row * columns + column];
}

void rt_dense_half(const uint16_t *packed, const float *bias, size_t bias_stride, const float *x, size_t x_stride,
                   float *y, size_t y_stride, size_t count, size_t rows, size_t columns) {
  ON_THIS_PROCESSOR(multiply, packed, columns, bias, bias_stride, x, x_stride, y, y_stride, count, rows, columns);
}

EVERY_PROCESSOR
void rt_widen_half(const uint16_t *restrict from, float *restrict to, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] = float_of_half(from[i]);
}
