#include "Elementary.h"

/* The exponent moves from 5 bits to 8; what has none in half precision gets one by a subtraction. */
EVERY_PROCESSOR
void rt_widen_half(const uint16_t *restrict from, float *restrict to, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t size = (uint32_t)(from[i] & 0x7FFF) << 13;
    uint32_t sign = (uint32_t)(from[i] & 0x8000) << 16;
    uint32_t normal = size + (size >= 0x0F800000u ? 224u << 23 : 112u << 23);
    uint32_t small = to_bits(from_bits(size + (113u << 23)) - from_bits(113u << 23));
    to[i] = from_bits((size < 0x00800000u ? small : normal) | sign);
  }
}
