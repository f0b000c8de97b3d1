#include "Dense.h"
#include "Panels.h"

#define WEIGHT float
#define WEIGHT_IS_HALF 0
#define BODY "DenseBody.h"
#include "EachInstructionSet.h"

size_t rt_dense_size(size_t rows, size_t columns) { return panels(rows) * PANEL * columns * sizeof(float); }

void rt_dense_pack(const float *weights, size_t rows, size_t columns, float *packed) {
  memset(packed, 0, rt_dense_size(rows, columns));
  for (size_t row = 0; row < rows; row++)
    for (size_t column = 0; column < columns; column++)
      packed[(row / PANEL * columns + column) * PANEL + row % PANEL] = weights[row * columns + column];
}

void dense_part(const float *packed, size_t panel_columns, const float *bias, size_t bias_stride, const float *x,
                size_t x_stride, float *y, size_t y_stride, size_t count, size_t rows, size_t columns) {
  ON_THIS_PROCESSOR(multiply, packed, panel_columns, bias, bias_stride, x, x_stride, y, y_stride, count, rows, columns);
}

void rt_dense(const float *packed, const float *bias, size_t bias_stride, const float *x, size_t x_stride, float *y,
              size_t y_stride, size_t count, size_t rows, size_t columns) {
  dense_part(packed, columns, bias, bias_stride, x, x_stride, y, y_stride, count, rows, columns);
}
