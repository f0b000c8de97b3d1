#pragma once
#include <fftw3.h>

/* This C call may run on a real-time thread. */
#define RT_SAFE __attribute__((swift_attr("@_noLocks")))

/* Executing a planned transform locks nothing, and for even sizes without prime factors over 13 it takes no memory
   (seen for all of them up to 16384); planning does both and stays outside. */
RT_SAFE static inline void cfftw_forward(fftwf_plan plan, float *samples, fftwf_complex *spectrum) {
  fftwf_execute_dft_r2c(plan, samples, spectrum);
}
RT_SAFE static inline void cfftw_inverse(fftwf_plan plan, fftwf_complex *spectrum, float *samples) {
  fftwf_execute_dft_c2r(plan, spectrum, samples);
}
/* In double precision, from one buffer to another, for powers of two. */
RT_SAFE static inline void cfftw_execute(fftw_plan plan) { fftw_execute(plan); }
