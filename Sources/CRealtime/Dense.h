#pragma once
#include "CRealtime.h"

/* rt_dense over a part of the columns: the panels of `packed` are panel_columns wide. */
void dense_part(const float *packed, size_t panel_columns, const float *bias, size_t bias_stride, const float *x,
                size_t x_stride, float *y, size_t y_stride, size_t count, size_t rows, size_t columns);
