#pragma once
#include "Elementary.h"

/* The exponent moves from 5 bits to 8; what has none in half precision gets one by a subtraction. Integers and a
   subtraction, so that it is right even where denormals are flushed. */
INLINE float float_of_half(uint16_t half) {
  uint32_t size = (uint32_t)(half & 0x7FFF) << 13;
  uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  uint32_t normal = size + (size >= 0x0F800000u ? 224u << 23 : 112u << 23);
  uint32_t small = to_bits(from_bits(size + (113u << 23)) - from_bits(113u << 23));
  return from_bits((size < 0x00800000u ? small : normal) | sign);
}

typedef float four_floats __attribute__((vector_size(16), aligned(4)));
#if defined(__aarch64__)
typedef __fp16 four_halves __attribute__((vector_size(8), aligned(2)));

INLINE four_floats four_floats_of_half(const uint16_t *from) {
  return __builtin_convertvector(*(const four_halves *)(const void *)from, four_floats);
}
#else
typedef uint16_t four_halves __attribute__((vector_size(8), aligned(2)));
typedef uint32_t four_words __attribute__((vector_size(16), aligned(4)));

/* float_of_half, four at a time: the comparisons are masks. */
INLINE four_floats four_floats_of_half(const uint16_t *from) {
  four_words half = __builtin_convertvector(*(const four_halves *)(const void *)from, four_words);
  four_words size = (half & 0x7FFF) << 13;
  four_words normal = size + (112u << 23) + ((four_words)(size >= 0x0F800000u) & (112u << 23));
  four_words one = (four_words){} + (113u << 23);
  four_words small = (four_words)((four_floats)(size + one) - (four_floats)one);
  four_words is_small = (four_words)(size < 0x00800000u);
  return (four_floats)((small & is_small) | (normal & ~is_small) | (half & 0x8000) << 16);
}
#endif
