#include "Elementary.h"

EVERY_PROCESSOR
void rt_add(const float *a, const float *b, float *to, size_t count) {
  ELEMENT_BY_ELEMENT
  for (size_t i = 0; i < count; i++) to[i] = a[i] + b[i];
}

EVERY_PROCESSOR
void rt_subtract(const float *a, const float *b, float *to, size_t count) {
  ELEMENT_BY_ELEMENT
  for (size_t i = 0; i < count; i++) to[i] = a[i] - b[i];
}

EVERY_PROCESSOR
void rt_multiply(const float *a, const float *b, float *to, size_t count) {
  ELEMENT_BY_ELEMENT
  for (size_t i = 0; i < count; i++) to[i] = a[i] * b[i];
}

EVERY_PROCESSOR
void rt_divide(const float *a, const float *b, float *to, size_t count) {
  ELEMENT_BY_ELEMENT
  for (size_t i = 0; i < count; i++) to[i] = a[i] / b[i];
}

EVERY_PROCESSOR
void rt_multiply_add(const float *a, const float *b, const float *c, float *to, size_t count) {
#pragma clang fp contract(fast)
  ELEMENT_BY_ELEMENT
  for (size_t i = 0; i < count; i++) to[i] = a[i] * b[i] + c[i];
}

EVERY_PROCESSOR
void rt_affine(const float *from, float scale, float shift, float *to, size_t count) {
#pragma clang fp contract(fast)
  ELEMENT_BY_ELEMENT
  for (size_t i = 0; i < count; i++) to[i] = from[i] * scale + shift;
}

EVERY_PROCESSOR
void rt_add_scaled(const float *from, float factor, float *to, size_t count) {
#pragma clang fp contract(fast)
  ELEMENT_BY_ELEMENT
  for (size_t i = 0; i < count; i++) to[i] = from[i] * factor + to[i];
}

EVERY_PROCESSOR
void rt_leaky_relu(float *values, float slope, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = values[i] > 0 ? values[i] : values[i] * slope;
}

EVERY_PROCESSOR
void rt_absolute(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = from_bits(to_bits(values[i]) & 0x7FFFFFFFu);
}

EVERY_PROCESSOR
void rt_clip(float *values, float lowest, float highest, size_t count) {
  for (size_t i = 0; i < count; i++) {
    float x = values[i] < lowest ? lowest : values[i];
    values[i] = x > highest ? highest : x;
  }
}

EVERY_PROCESSOR
void rt_square_root(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = __builtin_elementwise_sqrt(values[i]);
}

EVERY_PROCESSOR
void rt_exp(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = exp_of(values[i]);
}

EVERY_PROCESSOR
void rt_expm1(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = expm1_of(values[i]);
}

EVERY_PROCESSOR
void rt_log(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = log_of(values[i]);
}

EVERY_PROCESSOR
void rt_log1p(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = log1p_of(values[i]);
}

EVERY_PROCESSOR
double rt_sum(const float *values, size_t count) {
#pragma clang fp reassociate(on)
  double sum = 0;
  for (size_t i = 0; i < count; i++) sum += (double)values[i];
  return sum;
}

EVERY_PROCESSOR
float rt_maximum(const float *values, size_t count) {
#pragma clang fp reassociate(on)
  /* Sixteen at a time by hand: the compiler makes no vector of a maximum that must mind NaN. */
  float highest[16];
  for (size_t lane = 0; lane < 16; lane++) highest[lane] = -__builtin_inff();
  size_t i = 0;
  for (; i + 16 <= count; i += 16)
    for (size_t lane = 0; lane < 16; lane++)
      highest[lane] = values[i + lane] > highest[lane] ? values[i + lane] : highest[lane];
  for (; i < count; i++) highest[0] = values[i] > highest[0] ? values[i] : highest[0];
  for (size_t lane = 1; lane < 16; lane++) highest[0] = highest[lane] > highest[0] ? highest[lane] : highest[0];
  return highest[0];
}

EVERY_PROCESSOR
void rt_moments(const float *values, size_t count, float *mean, float *variance) {
#pragma clang fp reassociate(on) contract(fast)
  double sum = 0, squares = 0;
  for (size_t i = 0; i < count; i++) sum += (double)values[i];
  double middle = sum / (double)count;
  for (size_t i = 0; i < count; i++) {
    double distance = (double)values[i] - middle;
    squares += distance * distance;
  }
  *mean = (float)middle;
  *variance = (float)(squares / (double)count);
}

EVERY_PROCESSOR
void rt_softmax(float *values, size_t count) {
#pragma clang fp reassociate(on)
  float highest = rt_maximum(values, count);
  for (size_t i = 0; i < count; i++) values[i] = exp_of(values[i] - highest);
  float sum = 0;
  for (size_t i = 0; i < count; i++) sum += values[i];
  float share = 1.0f / sum;
  for (size_t i = 0; i < count; i++) values[i] *= share;
}
