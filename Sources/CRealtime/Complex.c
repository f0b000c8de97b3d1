#include "Elementary.h"

EVERY_PROCESSOR
void rt_complex_apart(const float *from, float factor, float *real, float *imaginary, size_t count) {
  for (size_t i = 0; i < count; i++) {
    real[i] = from[2 * i] * factor;
    imaginary[i] = from[2 * i + 1] * factor;
  }
}

EVERY_PROCESSOR
void rt_complex_together(const float *real, const float *imaginary, float factor, float *to, size_t count) {
  for (size_t i = 0; i < count; i++) {
    to[2 * i] = real[i] * factor;
    to[2 * i + 1] = imaginary[i] * factor;
  }
}

EVERY_PROCESSOR
void rt_complex_ratio(float *values, const float *of, float limit, float nothing, size_t count) {
  for (size_t i = 0; i < count; i++) {
    float a = values[2 * i], b = values[2 * i + 1], c = of[2 * i], d = of[2 * i + 1];
    float power = c * c + d * d;
    float real = (a * c + b * d) / power, imaginary = (b * c - a * d) / power;
    float square = real * real + imaginary * imaginary;
    /* False also for what is not a number. */
    int usable = power > nothing && square < __builtin_inff();
    float large = limit / __builtin_elementwise_sqrt(square), factor = large < 1 ? large : 1;
    values[2 * i] = usable ? real * factor : 0;
    values[2 * i + 1] = usable ? imaginary * factor : 0;
  }
}
