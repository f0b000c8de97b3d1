#include "CRealtime.h"

size_t rt_dense_int8_size(size_t rows, size_t columns) { return (rows + 15) / 16 * 16 * (columns + 8); }

void rt_dense_int8_pack(const int8_t *weights, const float *scales, size_t rows, size_t columns, void *packed) {
  memcpy(packed, scales, rows * sizeof(float));
  memcpy((float *)packed + rows, weights, rows * columns);
}

size_t rt_dense_int8_scratch(size_t count, size_t columns) { return count * ((columns + 3) / 4 * 8 + 4); }

void rt_dense_int8(const void *packed, const float *bias, size_t bias_stride, const float *x, size_t x_stride, float *y,
                   size_t y_stride, size_t count, size_t rows, size_t columns, void *scratch) {
  const float *scales = packed;
  const int8_t *weights = (const int8_t *)(scales + rows);
  for (size_t j = 0; j < count; j++)
    for (size_t row = 0; row < rows; row++) {
      float sum = 0;
      for (size_t column = 0; column < columns; column++)
        sum += (float)weights[row * columns + column] * x[j * x_stride + column];
      y[j * y_stride + row] = scales[row] * sum + (bias ? bias[j * bias_stride + row] : 0);
    }
}
