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

/* Name the calling thread, in 15 characters at most, for `top -H` and `chrt`: Glibc has it for C alone. */
void rt_name_thread(const char *name);

/* Flush denormals to zero on the calling thread: a decaying state must not become slow in silence. */
RT_SAFE void rt_flush_denormals(void);

/* One instruction each; Swift's own spellings are refused by the performance checks. */
RT_SAFE static inline float rt_sqrt(float x) { return __builtin_sqrtf(x); }
RT_SAFE static inline double rt_sqrt_double(double x) { return __builtin_sqrt(x); }
RT_SAFE static inline float rt_pow(float x, float y) { return __builtin_powf(x, y); }

/* libm, which neither allocates nor locks for these. */
RT_SAFE static inline float rt_exponential(float x) { return __builtin_expf(x); }
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

/* The sum of words, overflow lost: what reading memory from beginning to end costs at least. Arithmetic only. */
RT_SAFE uint64_t rt_sum_of_words(const uint64_t *words, size_t count);

/* mask = |v|^e / (|v|^e + |a|^e + 1e-10), where outputs beyond 1e9, Inf or NaN count as 1e9. Arithmetic and, unless e
   is 1 or 2, powf, which neither allocates nor locks. */
RT_SAFE void rt_soft_mask(const float *accompaniment, const float *voice, float exponent, float *mask, size_t count);

/*
 Memory for weights that are read once a step, from beginning to end: on huge pages where the system has them, since a
 cold read otherwise waits for the tables of the pages as well. Aligned to 64 bytes, filled with zeros; null when there
 is none. Not real-time.
 */
void *rt_allocate_weights(size_t bytes);
void rt_free_weights(void *memory);

/* The instructions that the kernels below are compiled for, from the least. */
typedef enum { RT_PORTABLE, RT_AVX2, RT_AVX2_VNNI, RT_AVX512, RT_AVX512_VNNI } rt_instructions;

/* What the kernels use: what the processor has, found when the program is loaded. */
RT_SAFE rt_instructions rt_used_instructions(void);

/* Use at most these from now on, in the whole process. For tests and measurements; not while a kernel runs. */
void rt_limit_instructions(rt_instructions limit);

/*
 Dense layers: y[j][row] = sum over columns of weights[row][column] * x[j][column] + bias[row], for `count` vectors at
 once, in one pass over the weights. x_stride and y_stride are the distances between vectors in floats. A bias may be
 null; bias_stride is 0 when all vectors share it, otherwise the distance between the vectors' own: with bias = y and
 bias_stride = y_stride the layer adds to what y holds. x and y must not overlap.

 The weights are packed once, at load (not real-time), from rows × columns, row by row: into panels of 16 rows that lie
 side by side, so that a pass reads memory from beginning to end and 16 sums grow without ever being added to each
 other. The packed form is the same for every processor. Sizes are in bytes. The kernels are arithmetic on the memory
 they are given: no allocation, no lock, no system call.
 */
size_t rt_dense_size(size_t rows, size_t columns);
void rt_dense_pack(const float *weights, size_t rows, size_t columns, float *packed);
RT_SAFE void rt_dense(const float *packed, const float *bias, size_t bias_stride, const float *x, size_t x_stride,
                      float *y, size_t y_stride, size_t count, size_t rows, size_t columns);

/* The same with weights in IEEE half precision (finite), sums in single precision. */
size_t rt_dense_half_size(size_t rows, size_t columns);
void rt_dense_half_pack(const uint16_t *weights, size_t rows, size_t columns, uint16_t *packed);
RT_SAFE void rt_dense_half(const uint16_t *packed, const float *bias, size_t bias_stride, const float *x,
                           size_t x_stride, float *y, size_t y_stride, size_t count, size_t rows, size_t columns);

/*
 The same with weights of 8 bits, -127...127, and a scale for each row: weight = scales[row] * weights[row][column].
 Each x is rounded to 16 bits by a scale of its own, max |x| / 32767, into `scratch` (aligned to 8 bytes). Sums are
 exact over 512 columns and in single precision beyond; every processor gives the same bits.
 */
size_t rt_dense_int8_size(size_t rows, size_t columns);
void rt_dense_int8_pack(const int8_t *weights, const float *scales, size_t rows, size_t columns, void *packed);
RT_SAFE size_t rt_dense_int8_scratch(size_t count, size_t columns);
RT_SAFE void rt_dense_int8(const void *packed, const float *bias, size_t bias_stride, const float *x, size_t x_stride,
                           float *y, size_t y_stride, size_t count, size_t rows, size_t columns, void *scratch);

/* Half precision to single, exact, Inf and NaN included. Arithmetic only. */
RT_SAFE void rt_widen_half(const uint16_t *from, float *to, size_t count);

/* The shape of a convolution over an input of channels × height × width. */
typedef struct {
  size_t channels, height, width;
  size_t outputs; /* output channels */
  size_t kernel_height, kernel_width;
  size_t stride_height, stride_width;
  size_t dilation_height, dilation_width;
  /* Zeros around the input; of a transposed convolution, what is cut off the output. */
  size_t top, bottom, left, right;
  /* Of a transposed convolution only: what is added to the output at the bottom and the right. */
  size_t extra_height, extra_width;
  size_t groups; /* divides channels and outputs */
  bool relu;     /* max(0, y) at the end */
  bool bytes;    /* multiply bytes: input and weights in steps, as said below */
} rt_convolution_shape;

/*
 y[o][h][w] = bias[o] + sum over channels c of o's group, i, j of
              weights[o][c][i][j] * x[c][h * stride_height + i * dilation_height - top][w * stride_width + ...]

 Weights come as outputs × (channels / groups) × kernel_height × kernel_width and are packed once, at load (not
 real-time). Channels of x and y lie x_channel and y_channel floats apart, so that they may be a part of something
 larger; rows follow each other. The rows of x may be a ring: row i of the convolution is row (first_row + i) mod height
 in memory, which is how a causal layer keeps the past. x and y must not overlap. Bias may be null. Sizes are in floats;
 the caller has bounded the shape (every product of its numbers fits), and the output is at least 1 × 1.
 The kernels are arithmetic on the memory they are given: no allocation, no lock, no system call.
 */
/*
 With `bytes`, and one group, input and weights are rounded: the input to 254 equal steps between the least and the
 largest of its numbers, 0 among them; the weights of an output, and of those taps of a transposed convolution that meet
 points of the same indices modulo the strides, to 127 steps from 0 to the largest, up and down. The sums are exact.
 rt_multiplies_bytes says whether the processor has dot products of bytes; otherwise floats are faster.
 */
RT_SAFE bool rt_multiplies_bytes(void);

RT_SAFE size_t rt_convolution_height(const rt_convolution_shape *shape);
RT_SAFE size_t rt_convolution_width(const rt_convolution_shape *shape);
RT_SAFE size_t rt_convolution_size(const rt_convolution_shape *shape);
RT_SAFE size_t rt_convolution_scratch(const rt_convolution_shape *shape);
void rt_convolution_pack(const rt_convolution_shape *shape, const float *weights, float *packed);
/*
 What convolutions over the same rows share, where they are filtered minimally: the sums of the input, which each would
 make again. There is room for those of `channels` of them, of which a convolution reads the last ones, and those of the
 last `ready` are there already. rt_convolution_shared says how many floats that takes; 0 where nothing can be shared.
 */
typedef struct {
  float *sums;
  size_t channels, ready;
} rt_shared_rows;

RT_SAFE size_t rt_convolution_shared(const rt_convolution_shape *shape, size_t channels);
/* `shared` may be null, or of no channels. */
RT_SAFE void rt_convolution(const rt_convolution_shape *shape, const float *packed, const float *bias, const float *x,
                            size_t x_channel, size_t first_row, float *y, size_t y_channel, float *scratch,
                            const rt_shared_rows *shared);

/*
 The transposed convolution: every x[c][h][w] adds weights[c][o][i][j] * x to
 y[o][h * stride_height + i * dilation_height - top][w * stride_width + j * dilation_width - left]. Weights come as
 channels × (outputs / groups) × kernel_height × kernel_width. Otherwise as above.
 */
RT_SAFE size_t rt_transposed_convolution_height(const rt_convolution_shape *shape);
RT_SAFE size_t rt_transposed_convolution_width(const rt_convolution_shape *shape);
RT_SAFE size_t rt_transposed_convolution_size(const rt_convolution_shape *shape);
RT_SAFE size_t rt_transposed_convolution_scratch(const rt_convolution_shape *shape);
void rt_transposed_convolution_pack(const rt_convolution_shape *shape, const float *weights, float *packed);
RT_SAFE void rt_transposed_convolution(const rt_convolution_shape *shape, const float *packed, const float *bias,
                                       const float *x, size_t x_channel, size_t first_row, float *y, size_t y_channel,
                                       float *scratch);

/* Element by element, `to` may be an operand: a + b, a - b, a * b, a / b, a * b + c; arithmetic only. */
RT_SAFE void rt_add(const float *a, const float *b, float *to, size_t count);
RT_SAFE void rt_subtract(const float *a, const float *b, float *to, size_t count);
RT_SAFE void rt_multiply(const float *a, const float *b, float *to, size_t count);
RT_SAFE void rt_divide(const float *a, const float *b, float *to, size_t count);
RT_SAFE void rt_multiply_add(const float *a, const float *b, const float *c, float *to, size_t count);

/* x * scale + shift and to + factor * x; arithmetic only. */
RT_SAFE void rt_affine(const float *from, float scale, float shift, float *to, size_t count);
RT_SAFE void rt_add_scaled(const float *from, float factor, float *to, size_t count);

/*
 Of complex numbers, each its real part and its imaginary one; arithmetic only. What they are `factor` times as large, real and
 imaginary parts apart, and together again; `values` divided by `of`, in place: no larger than `limit`, and 0 where the power of
 `of` is at most `nothing`, or the ratio no number.
 */
RT_SAFE void rt_complex_apart(const float *from, float factor, float *real, float *imaginary, size_t count);
RT_SAFE void rt_complex_together(const float *real, const float *imaginary, float factor, float *to, size_t count);
RT_SAFE void rt_complex_ratio(float *values, const float *of, float limit, float nothing, size_t count);

/* In place, arithmetic only: x below 0 times the slope; |x|; x kept within bounds; the square root. */
RT_SAFE void rt_leaky_relu(float *values, float slope, size_t count);
RT_SAFE void rt_absolute(float *values, size_t count);
RT_SAFE void rt_clip(float *values, float lowest, float highest, size_t count);
RT_SAFE void rt_square_root(float *values, size_t count);

/*
 In place, within 3e-7 of the exact value, relative to it. exp gives 0 below -87 and is bounded by exp(88); the
 logarithms are of normal positive numbers, of zero -Inf, of less NaN. No table, no errno, no libm.
 */
RT_SAFE void rt_exp(float *values, size_t count);
RT_SAFE void rt_expm1(float *values, size_t count);
RT_SAFE void rt_log(float *values, size_t count);
RT_SAFE void rt_log1p(float *values, size_t count);

/* Sum (in double precision) and largest value of a vector (-Inf of none); its mean and its variance about the mean,
   over count. Arithmetic only. */
RT_SAFE double rt_sum(const float *values, size_t count);
RT_SAFE float rt_maximum(const float *values, size_t count);
RT_SAFE void rt_moments(const float *values, size_t count, float *mean, float *variance);

/* exp(x) over its sum, in place. Arithmetic only. */
RT_SAFE void rt_softmax(float *values, size_t count);

/*
 The rest of a recurrent layer once its matrices have been multiplied (biases included), for `count` units. Arithmetic
 only; sigmoid and tanh are those above.

 LSTM: c = sigmoid(forget) * c + sigmoid(input) * tanh(cell); h = sigmoid(output) * tanh(c).
 */
RT_SAFE void rt_lstm_gates(const float *input, const float *forget, const float *cell, const float *output, float *c,
                           float *h, size_t count);

/* GRU, reset after the matrix: r = sigmoid(reset_x + reset_h), z = sigmoid(update_x + update_h),
   n = tanh(candidate_x + r * candidate_h), h = (1 - z) * n + z * h. */
RT_SAFE void rt_gru_gates_reset_after(const float *reset_x, const float *update_x, const float *candidate_x,
                                      const float *reset_h, const float *update_h, const float *candidate_h, float *h,
                                      size_t count);

/* GRU, reset before the matrix: reset_h = sigmoid(reset) * h is what the candidate's recurrent matrix is multiplied
   with; then h = (1 - sigmoid(update)) * tanh(candidate) + sigmoid(update) * h. */
RT_SAFE void rt_gru_reset(const float *reset, const float *h, float *reset_h, size_t count);
RT_SAFE void rt_gru_update(const float *update, const float *candidate, float *h, size_t count);

/* Index of the first NaN or Inf, or `count`; whether there is none. Arithmetic only. */
RT_SAFE size_t rt_first_not_finite(const float *values, size_t count);
RT_SAFE bool rt_all_finite(const float *values, size_t count);
