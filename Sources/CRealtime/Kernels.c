#include "CRealtime.h"
#include <math.h>

/* One function body, compiled for each of these processors and chosen once at load. Sanitizers run before the
   loader has made the choice, so under them only the baseline exists. */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define EVERY_PROCESSOR __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define EVERY_PROCESSOR
#endif

EVERY_PROCESSOR
void rt_matrix_vector(const float *restrict weights, const float *restrict bias, const float *restrict input,
                      float *restrict output, size_t rows, size_t columns) {
#pragma clang fp reassociate(on) contract(fast)
  for (size_t row = 0; row < rows; row++) {
    const float *restrict line = weights + row * columns;
    float sum = 0;
    for (size_t column = 0; column < columns; column++) sum += line[column] * input[column];
    output[row] = sum + bias[row];
  }
}

EVERY_PROCESSOR
void rt_sigmoid(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = 1.0f / (1.0f + expf(-values[i]));
}

EVERY_PROCESSOR
void rt_tanh(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = tanhf(values[i]);
}
