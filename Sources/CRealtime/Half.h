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
