#include "Elementary.h"
#include "Instructions.h"
#include "Panels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/*
 A panel is 16 scales and then blocks of at most 128 quads of columns, since an int32 holds 512 * 127 * 32767.
 A block begins with 16 sums of its weights times -32768 (wrapping) and goes on with its quads: 4 weights for each row.

 A vector is its scale (and 4 bytes of nothing), then its quads of 4 numbers q of 16 bits: as they are, or for VNNI as
 the 4 high and the 4 low bytes of q + 32768, since its products are of unsigned bytes with signed ones. There
 256 * high + low - 32768 * (sum of the weights) is the same sum again, and wrapping on the way does it no harm.
 */
enum { BLOCK = 128 };

INLINE size_t quads(size_t columns) { return (columns + 3) / 4; }

INLINE size_t panel_bytes(size_t columns) {
  size_t blocks = (quads(columns) + BLOCK - 1) / BLOCK;
  return PANEL * (sizeof(float) + blocks * sizeof(int32_t) + quads(columns) * 4);
}

INLINE size_t vector_bytes(size_t columns) { return sizeof(float) * 2 + quads(columns) * 8; }

typedef struct {
  const uint8_t *packed, *vectors;
  size_t rows, columns;
  const float *bias;
  float *y;
  size_t bias_stride, y_stride;
} integer_layer;

/* The same from this row, a whole number of panels, and vector on. */
INLINE integer_layer part_of(integer_layer layer, size_t row, size_t vector) {
  layer.packed += row / PANEL * panel_bytes(layer.columns);
  layer.vectors += vector * vector_bytes(layer.columns);
  layer.rows -= row;
  layer.y += vector * layer.y_stride + row;
  if (layer.bias) layer.bias += vector * layer.bias_stride + row;
  return layer;
}

size_t rt_dense_int8_size(size_t rows, size_t columns) { return panels(rows) * panel_bytes(columns); }

size_t rt_dense_int8_scratch(size_t count, size_t columns) { return count * vector_bytes(columns); }

void rt_dense_int8_pack(const int8_t *weights, const float *scales, size_t rows, size_t columns, void *packed) {
  memset(packed, 0, rt_dense_int8_size(rows, columns));
  for (size_t row = 0; row < rows; row++) {
    uint8_t *panel = (uint8_t *)packed + row / PANEL * panel_bytes(columns);
    size_t lane = row % PANEL;
    memcpy(panel + lane * sizeof(float), scales + row, sizeof(float));
    uint8_t *block = panel + PANEL * sizeof(float);
    for (size_t start = 0; start < columns; start += 4 * BLOCK) {
      size_t here = columns - start < 4 * BLOCK ? columns - start : 4 * BLOCK;
      uint32_t sum = 0;
      uint8_t *first = block + PANEL * sizeof(int32_t);
      for (size_t column = 0; column < here; column++) {
        int8_t weight = weights[row * columns + start + column];
        sum += (uint32_t)(int32_t)weight;
        first[column / 4 * 4 * PANEL + lane * 4 + column % 4] = (uint8_t)weight;
      }
      sum *= 0xFFFF8000u;
      memcpy(block + lane * sizeof(int32_t), &sum, sizeof sum);
      block = first + quads(here) * 4 * PANEL;
    }
  }
}

/* Rounds to 16 bits: adding 1.5 * 2^23 leaves the integer in the low bits. */
EVERY_PROCESSOR
static void quantise(const float *restrict x, size_t columns, bool split, uint8_t *restrict to) {
#pragma clang fp contract(off)
  float largest[16] = {0};
  size_t column = 0;
  for (; column + 16 <= columns; column += 16)
    for (size_t lane = 0; lane < 16; lane++) {
      float size = from_bits(to_bits(x[column + lane]) & 0x7FFFFFFFu);
      largest[lane] = size > largest[lane] ? size : largest[lane];
    }
  for (; column < columns; column++) {
    float size = from_bits(to_bits(x[column]) & 0x7FFFFFFFu);
    largest[0] = size > largest[0] ? size : largest[0];
  }
  for (size_t lane = 1; lane < 16; lane++) largest[0] = largest[lane] > largest[0] ? largest[lane] : largest[0];

  float head[2] = {largest[0] / 32767.0f, 0};
  float inverse = largest[0] > 1e-30f ? 32767.0f / largest[0] : 0;
  memcpy(to, head, sizeof head);
  to += sizeof head;
  size_t whole = columns / 4;
#define ROUNDED(x) ((uint16_t)to_bits((x) * inverse + 12582912.0f))
  if (split) {
    for (size_t quad = 0; quad < whole; quad++)
      for (size_t i = 0; i < 4; i++) {
        uint16_t shifted = ROUNDED(x[quad * 4 + i]) ^ 0x8000u;
        to[quad * 8 + i] = (uint8_t)(shifted >> 8);
        to[quad * 8 + 4 + i] = (uint8_t)shifted;
      }
  } else {
    uint16_t *values = (uint16_t *)(void *)to;
    for (size_t i = 0; i < whole * 4; i++) values[i] = ROUNDED(x[i]);
  }
  if (columns % 4 == 0) return;
  uint8_t last[8];
  for (size_t i = 0; i < 4; i++) {
    uint16_t value = whole * 4 + i < columns ? ROUNDED(x[whole * 4 + i]) : 0;
    uint16_t shifted = value ^ 0x8000u;
    last[split ? i : 2 * i] = (uint8_t)(split ? shifted >> 8 : value);
    last[split ? 4 + i : 2 * i + 1] = (uint8_t)(split ? shifted : value >> 8);
  }
  memcpy(to + whole * 8, last, sizeof last);
#undef ROUNDED
}

#define NAME(name) name##_portable
INLINE void block_portable(size_t P, size_t C, const uint8_t *packed, size_t panel, const uint8_t *vectors,
                           size_t vector, size_t count, int32_t sums[4][2][PANEL]) {
  for (size_t p = 0; p < P; p++)
    for (size_t c = 0; c < C; c++) {
      const int8_t *weights = (const int8_t *)packed + p * panel + PANEL * sizeof(int32_t);
      int32_t sum[PANEL] = {0};
      for (size_t quad = 0; quad < count; quad++) {
        int16_t x[4];
        memcpy(x, vectors + c * vector + quad * 8, sizeof x);
        const int8_t *from = weights + quad * 4 * PANEL;
        for (size_t lane = 0; lane < PANEL; lane++)
          sum[lane] += from[4 * lane] * x[0] + from[4 * lane + 1] * x[1] + from[4 * lane + 2] * x[2] +
                       from[4 * lane + 3] * x[3];
      }
      memcpy(sums[p][c], sum, sizeof sum);
    }
}
#include "DenseInt8Body.h"
#undef NAME

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define NAME(name) name##_avx2
/* Four rows of a quad fill a register; what it sums is two numbers a row, which meet at the end. */
INLINE void block_avx2(size_t P, size_t C, const uint8_t *packed, size_t panel, const uint8_t *vectors, size_t vector,
                       size_t count, int32_t sums[4][2][PANEL]) {
  for (size_t p = 0; p < P; p++) {
    const uint8_t *weights = packed + p * panel + PANEL * sizeof(int32_t);
    __m256i sum[2][4] = {0};
    for (size_t quad = 0; quad < count; quad++) {
      __m256i x[2];
      for (size_t c = 0; c < C; c++) {
        long long four;
        memcpy(&four, vectors + c * vector + quad * 8, sizeof four);
        x[c] = _mm256_set1_epi64x(four);
      }
      for (size_t part = 0; part < 4; part++) {
        const void *from = weights + quad * 4 * PANEL + part * 16;
        __m256i wide = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)from));
        for (size_t c = 0; c < C; c++) sum[c][part] = _mm256_add_epi32(sum[c][part], _mm256_madd_epi16(wide, x[c]));
      }
    }
    for (size_t c = 0; c < C; c++)
      for (size_t half = 0; half < 2; half++) {
        __m256i pairs = _mm256_hadd_epi32(sum[c][2 * half], sum[c][2 * half + 1]);
        _mm256_storeu_si256((__m256i *)(void *)(sums[p][c] + 8 * half), _mm256_permute4x64_epi64(pairs, 0xD8));
      }
  }
}
#include "DenseInt8Body.h"
#undef NAME
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512vnni"), min_vector_width(512))), \
                             apply_to = function)
#define NAME(name) name##_vnni
INLINE void block_vnni(size_t P, size_t C, const uint8_t *packed, size_t panel, const uint8_t *vectors, size_t vector,
                       size_t count, int32_t sums[4][2][PANEL]) {
  __m512i high[4][2] = {0}, low[4][2];
  for (size_t p = 0; p < P; p++)
    for (size_t c = 0; c < C; c++) low[p][c] = _mm512_loadu_si512(packed + p * panel);
  packed += PANEL * sizeof(int32_t);
  for (size_t quad = 0; quad < count; quad++) {
    __m512i x_high[2], x_low[2];
#pragma clang loop unroll(full)
    for (size_t c = 0; c < C; c++) {
      int parts[2];
      memcpy(parts, vectors + c * vector + quad * 8, sizeof parts);
      x_high[c] = _mm512_set1_epi32(parts[0]);
      x_low[c] = _mm512_set1_epi32(parts[1]);
    }
#pragma clang loop unroll(full)
    for (size_t p = 0; p < P; p++) {
      __m512i weights = _mm512_loadu_si512(packed + p * panel + quad * 4 * PANEL);
#pragma clang loop unroll(full)
      for (size_t c = 0; c < C; c++) {
        high[p][c] = _mm512_dpbusd_epi32(high[p][c], x_high[c], weights);
        low[p][c] = _mm512_dpbusd_epi32(low[p][c], x_low[c], weights);
      }
    }
  }
  for (size_t p = 0; p < P; p++)
    for (size_t c = 0; c < C; c++)
      _mm512_storeu_si512(sums[p][c], _mm512_add_epi32(_mm512_slli_epi32(high[p][c], 8), low[p][c]));
}
#include "DenseInt8Body.h"
#undef NAME
#pragma clang attribute pop
#endif

void rt_dense_int8(const void *packed, const float *bias, size_t bias_stride, const float *x, size_t x_stride, float *y,
                   size_t y_stride, size_t count, size_t rows, size_t columns, void *scratch) {
  bool split = rt_processor == RT_AVX512_VNNI;
  for (size_t j = 0; j < count; j++)
    quantise(x + j * x_stride, columns, split, (uint8_t *)scratch + j * vector_bytes(columns));
  integer_layer layer = {packed, scratch, rows, columns, bias, y, bias_stride, y_stride};
#if defined(__x86_64__)
  if (split) return dense_vnni(layer, count);
  if (rt_processor >= RT_AVX2) return dense_avx2(layer, count);
#endif
  dense_portable(layer, count);
}
