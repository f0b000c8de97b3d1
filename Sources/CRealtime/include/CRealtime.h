#pragma once
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

/*
 The C that the real-time threads may call. This header is the whole list: what is marked RT_SAFE here (and in the
 FFTW and JACK shims) neither allocates, locks nor blocks, for the reason given beside it; the compiler refuses every
 other C call from Swift code marked @_noLocks.
 */
#define RT_SAFE __attribute__((swift_attr("@_noLocks")))

/* Tell RealtimeSanitizer that real-time code begins and ends. Nothing at all unless linked with it. */
RT_SAFE void rt_enter(void);
RT_SAFE void rt_exit(void);

/* True inside a program linked with RealtimeSanitizer. */
bool rt_sanitizer_linked(void);

/* Flush denormals to zero on the calling thread: a decaying state must not become slow in silence. */
RT_SAFE void rt_flush_denormals(void);

/* One instruction each; Swift's own spellings are refused by the performance checks. */
RT_SAFE static inline float rt_sqrt(float x) { return __builtin_sqrtf(x); }
RT_SAFE static inline double rt_sqrt_double(double x) { return __builtin_sqrt(x); }
RT_SAFE static inline float rt_pow(float x, float y) { return __builtin_powf(x, y); }

/* libm, which neither allocates nor locks for these. */
RT_SAFE static inline float rt_exp(float x) { return __builtin_expf(x); }
RT_SAFE static inline float rt_log10(float x) { return __builtin_log10f(x); }
RT_SAFE static inline float rt_atan2(float y, float x) { return __builtin_atan2f(y, x); }

/* memmove and memset of floats: no allocation, no lock. */
RT_SAFE static inline void rt_copy(const float *from, float *to, size_t count) {
  memmove(to, from, count * sizeof(float));
}
RT_SAFE static inline void rt_clear(float *to, size_t count) { memset(to, 0, count * sizeof(float)); }

/* Read through the vDSO: no system call on x86-64 and aarch64 Linux. Nanoseconds. */
RT_SAFE static inline uint64_t rt_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The processor time of the calling thread in nanoseconds: what a step costs, however busy the machine is beside it. */
static inline uint64_t rt_thread_time(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* A POSIX semaphore: posting is async-signal-safe and never blocks, which is how an audio thread wakes a worker. */
RT_SAFE static inline void rt_post(sem_t *semaphore) { sem_post(semaphore); }

/* Waits at most `nanoseconds`; false when the time ran out. Blocks: never on the audio thread, save in freewheel. */
bool rt_wait(sem_t *semaphore, uint64_t nanoseconds);
RT_SAFE bool rt_wait_offline(sem_t *semaphore, uint64_t nanoseconds);

/*
 output = weights * input + bias for row-major weights, rows × columns. The inner loop is written so that the compiler
 may reassociate it into vectors; the loader of this program picks the widest version that the processor has.
 */
RT_SAFE void rt_matrix_vector(const float *weights, const float *bias, const float *input, float *output, size_t rows,
                              size_t columns);

/* 1 / (1 + exp(-x)) and tanh(x) over a vector, in place, within 2e-7 of the exact value, relative to it. Arithmetic
   only: no table, no errno, no libm. */
RT_SAFE void rt_sigmoid(float *values, size_t count);
RT_SAFE void rt_tanh(float *values, size_t count);

/* max(0, x) in place; factor * x; the sum of x * x. Arithmetic only. */
RT_SAFE void rt_relu(float *values, size_t count);
RT_SAFE void rt_scale(const float *from, float factor, float *to, size_t count);
RT_SAFE double rt_sum_of_squares(const float *values, size_t count);

/* mask = |v|^e / (|v|^e + |a|^e + 1e-10), where outputs beyond 1e9, Inf or NaN count as 1e9. Arithmetic and, unless e
   is 1 or 2, powf, which neither allocates nor locks. */
RT_SAFE void rt_soft_mask(const float *accompaniment, const float *voice, float exponent, float *mask, size_t count);

/* Index of the first NaN or Inf, or `count`. For checking weights at load. */
size_t rt_first_not_finite(const float *values, size_t count);
