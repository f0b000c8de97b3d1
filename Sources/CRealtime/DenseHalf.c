#include "CRealtime.h"

enum { PANEL = 16 };

size_t rt_dense_half_size(size_t rows, size_t columns) { return (rows + 15) / PANEL * PANEL * columns * 2; }

void rt_dense_half_pack(const uint16_t *weights, size_t rows, size_t columns, uint16_t *packed) {
  memset(packed, 0, rt_dense_half_size(rows, columns));
  for (size_t row = 0; row < rows; row++)
    for (size_t column = 0; column < columns; column++)
      packed[(row / PANEL * columns + column) * PANEL + row % PANEL] = weights[row * columns + column];
}

void rt_dense_half(const uint16_t *packed, const float *bias, size_t bias_stride, const float *x, size_t x_stride,
                   float *y, size_t y_stride, size_t count, size_t rows, size_t columns) {
  for (size_t j = 0; j < count; j++)
    for (size_t row = 0; row < rows; row++) {
      float sum = 0;
      for (size_t column = 0; column < columns; column++) {
        float weight;
        rt_widen_half(packed + (row / PANEL * columns + column) * PANEL + row % PANEL, &weight, 1);
        sum += weight * x[j * x_stride + column];
      }
      y[j * y_stride + row] = sum + (bias ? bias[j * bias_stride + row] : 0);
    }
}
