#include "CRealtime.h"
#include <math.h>

/* One function body, compiled for each of these processors and chosen once at load. Sanitizers run before the
   loader has made the choice, so under them only the baseline exists. */
#if defined(__x86_64__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define EVERY_PROCESSOR __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define EVERY_PROCESSOR
#endif
#define INLINE static inline __attribute__((always_inline))

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

/* e^x for x <= 0: x = n ln 2 + r, |r| <= ln 2 / 2, a polynomial for e^r (Cephes expf), and n into the exponent's bits.
   ln 2 in two parts keeps r exact. Below the smallest normal number the result is 0. */
INLINE float exp_of_negative(float x) {
#pragma clang fp contract(fast)
  float bounded = x < -87.0f ? -87.0f : x;
  float shifted = bounded * 1.44269504088896341f + 12582912.0f; /* 1.5 * 2^23: rounds to an integer */
  float n = shifted - 12582912.0f;
  float r = bounded - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  union { float value; int32_t bits; } scale = {.bits = ((int32_t)n + 127) << 23};
  return x < -87.0f ? 0.0f : p * scale.value;
}

/* From e^-|x|, so that nothing overflows and both tails keep their relative accuracy. */
EVERY_PROCESSOR
void rt_sigmoid(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) {
    float x = values[i];
    float e = exp_of_negative(x < 0 ? x : -x);
    values[i] = (x < 0 ? e : 1.0f) / (1.0f + e);
  }
}

/* Near 0 a polynomial, where 1 - e^-2|x| would cancel (Cephes tanhf); elsewhere (1 - e) / (1 + e), e = e^-2|x|. */
EVERY_PROCESSOR
void rt_tanh(float *values, size_t count) {
#pragma clang fp contract(fast)
  for (size_t i = 0; i < count; i++) {
    float x = values[i];
    float size = x < 0 ? -x : x;
    float z = x * x;
    float p = -5.70498872745e-3f;
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    float near = x + x * (z * p);
    float e = exp_of_negative(-2.0f * size);
    float far = (1.0f - e) / (1.0f + e);
    values[i] = size < 0.625f ? near : (x < 0 ? -far : far);
  }
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
