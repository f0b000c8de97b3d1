#include "Elementary.h"
#include <math.h>

/* Four rows at a time: each load of the input serves four of them, and four streams of weights keep more of the
   memory's bandwidth busy than one. */
EVERY_PROCESSOR
void rt_matrix_vector(const float *restrict weights, const float *restrict bias, const float *restrict input,
                      float *restrict output, size_t rows, size_t columns) {
#pragma clang fp reassociate(on) contract(fast)
  size_t row = 0;
  for (; row + 4 <= rows; row += 4) {
    const float *restrict a = weights + row * columns;
    const float *restrict b = a + columns;
    const float *restrict c = b + columns;
    const float *restrict d = c + columns;
    float sum_a = 0, sum_b = 0, sum_c = 0, sum_d = 0;
    for (size_t column = 0; column < columns; column++) {
      sum_a += a[column] * input[column];
      sum_b += b[column] * input[column];
      sum_c += c[column] * input[column];
      sum_d += d[column] * input[column];
    }
    output[row] = sum_a + bias[row];
    output[row + 1] = sum_b + bias[row + 1];
    output[row + 2] = sum_c + bias[row + 2];
    output[row + 3] = sum_d + bias[row + 3];
  }
  for (; row < rows; row++) {
    const float *restrict line = weights + row * columns;
    float sum = 0;
    for (size_t column = 0; column < columns; column++) sum += line[column] * input[column];
    output[row] = sum + bias[row];
  }
}

EVERY_PROCESSOR
void rt_sigmoid(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = sigmoid_of(values[i]);
}

EVERY_PROCESSOR
void rt_tanh(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = tanh_of(values[i]);
}

EVERY_PROCESSOR
void rt_relu(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = values[i] > 0 ? values[i] : 0;
}

EVERY_PROCESSOR
void rt_scale(const float *restrict from, float factor, float *restrict to, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] = from[i] * factor;
}

EVERY_PROCESSOR
uint64_t rt_sum_of_words(const uint64_t *words, size_t count) {
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) sum += words[i];
  return sum;
}

EVERY_PROCESSOR
double rt_sum_of_squares(const float *values, size_t count) {
#pragma clang fp reassociate(on) contract(fast)
  double sum = 0;
  for (size_t i = 0; i < count; i++) sum += (double)values[i] * (double)values[i];
  return sum;
}

/* Written so that a NaN, which fails every comparison, becomes the bound too. */
INLINE float bounded_size(float x) {
  float size = x < 0 ? -x : x;
  return size < 1e9f ? size : 1e9f;
}

INLINE float share(float voice, float accompaniment) { return voice / (voice + accompaniment + 1e-10f); }

EVERY_PROCESSOR
void rt_soft_mask(const float *restrict accompaniment, const float *restrict voice, float exponent,
                  float *restrict mask, size_t count) {
  if (exponent == 1.0f) {
    for (size_t i = 0; i < count; i++) mask[i] = share(bounded_size(voice[i]), bounded_size(accompaniment[i]));
  } else if (exponent == 2.0f) {
    for (size_t i = 0; i < count; i++) {
      float v = bounded_size(voice[i]), a = bounded_size(accompaniment[i]);
      mask[i] = share(v * v, a * a);
    }
  } else {
    for (size_t i = 0; i < count; i++)
      mask[i] = share(powf(bounded_size(voice[i]), exponent), powf(bounded_size(accompaniment[i]), exponent));
  }
}

EVERY_PROCESSOR
size_t rt_first_not_finite(const float *values, size_t count) {
  /* Whole blocks without a branch, which the compiler turns into vectors; then the block that has one. */
  size_t start = 0;
  for (; start + 1024 <= count; start += 1024) {
    uint32_t found = 0;
    for (size_t i = 0; i < 1024; i++) {
      union { float value; uint32_t bits; } each = {.value = values[start + i]};
      found |= (each.bits & 0x7F800000u) == 0x7F800000u;
    }
    if (found) break;
  }
  for (; start < count; start++) {
    union { float value; uint32_t bits; } each = {.value = values[start]};
    if ((each.bits & 0x7F800000u) == 0x7F800000u) return start;
  }
  return count;
}

bool rt_all_finite(const float *values, size_t count) { return rt_first_not_finite(values, count) == count; }
