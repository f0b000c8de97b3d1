#pragma once
#include "EveryProcessor.h"

/* Elementary functions of one number, without a branch, so that a loop over them becomes vectors. The polynomials are
   those of Cephes (Moshier 1992). */

INLINE float from_bits(uint32_t bits) {
  union { uint32_t bits; float value; } each = {.bits = bits};
  return each.value;
}

INLINE uint32_t to_bits(float value) {
  union { float value; uint32_t bits; } each = {.value = value};
  return each.bits;
}

/* e^x - 1 = (e^r - 1) 2^n + (2^n - 1) for x = n ln 2 + r, |r| <= ln 2 / 2, |x| <= 88: its two parts. ln 2 in two parts
   keeps r exact. */
typedef struct { float power, rest; } exp_parts;

INLINE exp_parts exp_split(float x) {
#pragma clang fp contract(fast)
  float shifted = x * 1.44269504088896341f + 12582912.0f; /* 1.5 * 2^23: rounds to an integer */
  float n = shifted - 12582912.0f;
  float r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  exp_parts parts = {.power = from_bits((to_bits(shifted) + 127) << 23), .rest = p * (r * r) + r};
  return parts;
}

/* Below the smallest normal number the result is 0. */
INLINE float exp_of(float x) {
  float bounded = x < -87.0f ? -87.0f : x > 88.0f ? 88.0f : x;
  exp_parts parts = exp_split(bounded);
  return x < -87.0f ? 0.0f : (parts.rest + 1.0f) * parts.power;
}

INLINE float expm1_of(float x) {
#pragma clang fp contract(fast)
  float bounded = x < -87.0f ? -87.0f : x > 88.0f ? 88.0f : x;
  exp_parts parts = exp_split(bounded);
  return parts.rest * parts.power + (parts.power - 1.0f);
}

/* From e^-|x|, so that nothing overflows and both tails keep their relative accuracy. */
INLINE float sigmoid_of(float x) {
  float e = exp_of(x < 0 ? x : -x);
  return (x < 0 ? e : 1.0f) / (1.0f + e);
}

/* Near 0 a polynomial, where 1 - e^-2|x| would cancel; elsewhere (1 - e) / (1 + e), e = e^-2|x|. */
INLINE float tanh_of(float x) {
#pragma clang fp contract(fast)
  float size = x < 0 ? -x : x;
  float z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  float near = x + x * (z * p);
  float e = exp_of(-2.0f * size);
  float far = (1.0f - e) / (1.0f + e);
  return size < 0.625f ? near : (x < 0 ? -far : far);
}

/* ln (m 2^n) = ln m + n ln 2, m between sqrt(1/2) and sqrt(2). What is below the smallest normal number counts as 0. */
INLINE float log_of(float x) {
#pragma clang fp contract(fast)
  uint32_t bits = to_bits(x) - 0x3F3504F3u; /* sqrt(1/2) */
  float n = (float)((int32_t)bits >> 23);
  float f = from_bits((bits & 0x007FFFFFu) + 0x3F3504F3u) - 1.0f;
  float z = f * f;
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  float sum = f * z * p + n * -2.12194440e-4f;
  sum = sum - 0.5f * z;
  sum = f + sum + n * 0.693359375f;
  float large = x > 3.40282347e38f ? x : sum;
  float small = x >= 0 ? -__builtin_inff() : __builtin_nanf("");
  return x >= 1.17549435e-38f ? large : small;
}

/* ln(1 + x) is ln u for the rounded u = 1 + x, and what the rounding lost over u. */
INLINE float log1p_of(float x) {
  float u = 1.0f + x;
  float lost = (x - (u - 1.0f)) / u;
  float sum = log_of(u);
  return u > 3.40282347e38f || x <= -1.0f ? sum : sum + lost;
}
