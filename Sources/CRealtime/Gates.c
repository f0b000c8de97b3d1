#include "Elementary.h"

EVERY_PROCESSOR
void rt_lstm_gates(const float *input, const float *forget, const float *cell, const float *output, float *c, float *h,
                   size_t count) {
#pragma clang fp contract(fast)
  ELEMENT_BY_ELEMENT
  for (size_t i = 0; i < count; i++) {
    float kept = sigmoid_of(forget[i]) * c[i] + sigmoid_of(input[i]) * tanh_of(cell[i]);
    c[i] = kept;
    h[i] = sigmoid_of(output[i]) * tanh_of(kept);
  }
}

EVERY_PROCESSOR
void rt_gru_gates_reset_after(const float *reset_x, const float *update_x, const float *candidate_x,
                              const float *reset_h, const float *update_h, const float *candidate_h, float *h,
                              size_t count) {
#pragma clang fp contract(fast)
  ELEMENT_BY_ELEMENT
  for (size_t i = 0; i < count; i++) {
    float r = sigmoid_of(reset_x[i] + reset_h[i]);
    float z = sigmoid_of(update_x[i] + update_h[i]);
    float n = tanh_of(candidate_x[i] + r * candidate_h[i]);
    h[i] = n + z * (h[i] - n);
  }
}

EVERY_PROCESSOR
void rt_gru_reset(const float *reset, const float *h, float *reset_h, size_t count) {
  ELEMENT_BY_ELEMENT
  for (size_t i = 0; i < count; i++) reset_h[i] = sigmoid_of(reset[i]) * h[i];
}

EVERY_PROCESSOR
void rt_gru_update(const float *update, const float *candidate, float *h, size_t count) {
#pragma clang fp contract(fast)
  ELEMENT_BY_ELEMENT
  for (size_t i = 0; i < count; i++) {
    float z = sigmoid_of(update[i]);
    float n = tanh_of(candidate[i]);
    h[i] = n + z * (h[i] - n);
  }
}
