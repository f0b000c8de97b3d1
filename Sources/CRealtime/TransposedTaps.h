#pragma once
#include "ConvolutionPass.h"

/* The taps that meet output points of index `phase` modulo the stride: first, first + every, ... */
typedef struct {
  size_t first, every;
  convolution_axis axis;
} phase_taps;

INLINE phase_taps taps_of_phase(size_t phase, size_t taps, size_t stride, size_t dilation, size_t cut) {
  size_t a = stride, b = dilation % stride;
  while (b) {
    size_t rest = a % b;
    a = b;
    b = rest;
  }
  phase_taps found = {.every = stride / a, .axis.stride = 1};
  while (found.first < taps && found.first * dilation % stride != (phase + cut) % stride) found.first++;
  if (found.first == taps) return found;
  found.axis.count = (taps - 1 - found.first) / found.every + 1;
  /* Exact divisions both. */
  found.axis.origin = ((ptrdiff_t)(phase + cut) - (ptrdiff_t)(found.first * dilation)) / (ptrdiff_t)stride;
  found.axis.step = -(ptrdiff_t)(found.every * dilation / stride);
  return found;
}

/* Phases that the output has points of, when it is shorter than the stride not all. */
INLINE size_t phases(size_t stride, size_t extent) { return stride < extent ? stride : extent; }
