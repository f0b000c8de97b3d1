/*
 Includes BODY once for each set of instructions: the same source, with registers of LANES floats and about REGISTERS
 sums that may grow in them at a time. What it defines it calls NAME(...), which differs between the sets. With
 AVX2_IS_WIDEST defined there is nothing for AVX-512.
 */
#include "Instructions.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define LANES 4
#define REGISTERS 8
#define NAME(name) name##_portable
#include BODY
#undef LANES
#undef REGISTERS
#undef NAME

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define LANES 8
#define REGISTERS 8
#define NAME(name) name##_avx2
#include BODY
#undef LANES
#undef REGISTERS
#undef NAME
#pragma clang attribute pop

#ifndef AVX2_IS_WIDEST
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"), min_vector_width(512))), apply_to = function)
#define LANES 16
#define REGISTERS 16
#define NAME(name) name##_avx512
#include BODY
#undef LANES
#undef REGISTERS
#undef NAME
#pragma clang attribute pop

/* Calls what the processor has. */
#define ON_THIS_PROCESSOR(name, ...)                                                                                  \
  (rt_processor >= RT_AVX512 ? name##_avx512(__VA_ARGS__)                                                             \
   : rt_processor >= RT_AVX2 ? name##_avx2(__VA_ARGS__)                                                               \
                             : name##_portable(__VA_ARGS__))
#else
#define ON_THIS_PROCESSOR(name, ...)                                                                                  \
  (rt_processor >= RT_AVX2 ? name##_avx2(__VA_ARGS__) : name##_portable(__VA_ARGS__))
#endif
#else
#define ON_THIS_PROCESSOR(name, ...) name##_portable(__VA_ARGS__)
#endif
