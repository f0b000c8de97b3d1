#include "ByteConvolution.h"
#include "Elementary.h"
#include "Instructions.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* An int32 holds as many products of 255 and 127. */
enum { MOST_TAPS = 66000 };

bool rt_multiplies_bytes(void) { return rt_processor == RT_AVX2_VNNI || rt_processor == RT_AVX512_VNNI; }

bool is_byte(const rt_convolution_shape *s) {
  return s->bytes && s->groups == 1 && s->channels * s->kernel_height * s->kernel_width <= MOST_TAPS;
}

/* Adding 1.5 * 2^23 leaves the integer in the low bits. */
#define BYTE_OF(x, inverse, shift) (to_bits((x) * (inverse) + (shift)) & 0xFF)

size_t byte_pass_size(size_t outputs, size_t channels, size_t tap_rows, size_t tap_columns) {
  return panels(outputs) * PANEL * (1 + tap_rows) + packed_of_group(outputs, quads(channels), tap_rows * tap_columns);
}

void byte_pack(const float *weights, const ptrdiff_t steps[4], size_t outputs, size_t channels, size_t tap_rows,
               size_t tap_columns, float *packed) {
#pragma clang fp contract(off)
  size_t wide = panels(outputs) * PANEL;
  memset(packed, 0, byte_pass_size(outputs, channels, tap_rows, tap_columns) * sizeof(float));
#define WEIGHT(o, c, i, j)                                                                                            \
  weights[(ptrdiff_t)(o) * steps[0] + (ptrdiff_t)(c) * steps[1] + (ptrdiff_t)(i) * steps[2] + (ptrdiff_t)(j) * steps[3]]
  for (size_t o = 0; o < outputs; o++) {
    float largest = 0;
    for (size_t c = 0; c < channels; c++)
      for (size_t i = 0; i < tap_rows; i++)
        for (size_t j = 0; j < tap_columns; j++) {
          float size = from_bits(to_bits(WEIGHT(o, c, i, j)) & 0x7FFFFFFFu);
          largest = size > largest ? size : largest;
        }
    packed[o] = largest / 127;
    float inverse = largest > 1e-30f ? 127 / largest : 0;
    int32_t *sums = (int32_t *)(void *)(packed + wide) + o;
    int8_t *to = (int8_t *)(packed + wide * (1 + tap_rows) +
                            o / PANEL * PANEL * quads(channels) * tap_rows * tap_columns + o % PANEL);
    for (size_t i = 0; i < tap_rows; i++)
      for (size_t quad = 0; quad < quads(channels); quad++)
        for (size_t j = 0; j < tap_columns; j++, to += PANEL * sizeof(float))
          for (size_t c = quad * 4; c < quad * 4 + 4 && c < channels; c++) {
            int8_t weight = (int8_t)(uint8_t)BYTE_OF(WEIGHT(o, c, i, j), inverse, 12582912.0f);
            to[c % 4] = weight;
            sums[i * wide] += weight;
          }
  }
}

/* The least and the largest of all, zero among them. */
EVERY_PROCESSOR
static void extremes(const float *restrict x, size_t count, float *least, float *largest) {
  float low[16] = {0}, high[16] = {0};
  size_t at = 0;
  for (; at + 16 <= count; at += 16)
    for (size_t lane = 0; lane < 16; lane++) {
      float value = x[at + lane];
      low[lane] = value < low[lane] ? value : low[lane];
      high[lane] = value > high[lane] ? value : high[lane];
    }
  for (; at < count; at++) {
    low[0] = x[at] < low[0] ? x[at] : low[0];
    high[0] = x[at] > high[0] ? x[at] : high[0];
  }
  for (size_t lane = 0; lane < 16; lane++) {
    *least = low[lane] < *least ? low[lane] : *least;
    *largest = high[lane] > *largest ? high[lane] : *largest;
  }
}

/* Four channels in one element. */
EVERY_PROCESSOR
static void interleave(const float *restrict a, const float *restrict b, const float *restrict c,
                       const float *restrict d, size_t count, float inverse, float shift, uint32_t *restrict to) {
#pragma clang fp contract(off)
  for (size_t i = 0; i < count; i++)
    to[i] = BYTE_OF(a[i], inverse, shift) | BYTE_OF(b[i], inverse, shift) << 8 | BYTE_OF(c[i], inverse, shift) << 16 |
            BYTE_OF(d[i], inverse, shift) << 24;
}

convolution_bytes byte_input(const rt_convolution_shape *s, const float *x, size_t x_channel, float *points) {
#pragma clang fp contract(off)
  size_t plane = s->height * s->width;
  float least = 0, largest = 0;
  for (size_t c = 0; c < s->channels; c++) extremes(x + c * x_channel, plane, &least, &largest);
  /* 254 steps, so that the last still is a byte when the first was rounded up. */
  float step = (largest - least) / 254, inverse = step > 1e-30f ? 1 / step : 0;
  uint32_t zero = BYTE_OF(-least, inverse, 12582912.0f);
  float shift = 12582912.0f + (float)zero;
  uint32_t *to = (uint32_t *)(void *)points;
  for (size_t quad = 0; quad < quads(s->channels); quad++, to += plane) {
    const float *from[4];
    for (size_t c = 0; c < 4; c++) {
      size_t channel = quad * 4 + c; /* what is behind the last meets weights of 0 */
      from[c] = x + (channel < s->channels ? channel : s->channels - 1) * x_channel;
    }
    interleave(from[0], from[1], from[2], from[3], plane, inverse, shift, to);
  }
  return (convolution_bytes){.step = step, .zero = (int32_t)zero, .blank = from_bits(zero * 0x01010101u)};
}

#define LANES 4
#define NAME(name) name##_portable
typedef int32_t four_ints __attribute__((vector_size(16), aligned(4)));
INLINE four_ints dot_portable(four_ints sum, four_ints x, int32_t weights) {
  for (size_t lane = 0; lane < 4; lane++)
    for (size_t c = 0; c < 4; c++) sum[lane] += (int32_t)((uint32_t)x[lane] >> 8 * c & 0xFF) * (int8_t)(weights >> 8 * c);
  return sum;
}
#define DOT dot_portable
#include "ByteConvolutionBody.h"
#undef LANES
#undef NAME
#undef DOT

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3,avxvnni"))), apply_to = function)
#define LANES 8
#define NAME(name) name##_avx2
#define DOT(sum, x, weights)                                                                                          \
  ((ints_avx2)_mm256_dpbusd_avx_epi32((__m256i)(sum), (__m256i)(x), _mm256_set1_epi32(weights)))
#include "ByteConvolutionBody.h"
#undef LANES
#undef NAME
#undef DOT
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512vnni"), min_vector_width(512))), \
                             apply_to = function)
#define LANES 16
#define NAME(name) name##_avx512
#define DOT(sum, x, weights)                                                                                          \
  ((ints_avx512)_mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(x), _mm512_set1_epi32(weights)))
#include "ByteConvolutionBody.h"
#undef LANES
#undef NAME
#undef DOT
#pragma clang attribute pop
#endif

void byte_outputs(const convolution_place *place) {
#if defined(__x86_64__)
  if (rt_processor == RT_AVX512_VNNI) return byte_outputs_avx512(place);
  if (rt_processor == RT_AVX2_VNNI) return byte_outputs_avx2(place);
#endif
  byte_outputs_portable(place);
}
