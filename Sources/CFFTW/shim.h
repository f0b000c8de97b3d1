#pragma once
#include <fftw3.h>

/* This C call may run on a real-time thread. */
#define RT_SAFE __attribute__((swift_attr("@_noLocks")))

/* Executing a planned transform neither allocates nor locks (FFTW manual 4.6, New-array Execute Functions);
   planning does both and stays outside. */
RT_SAFE static inline void cfftw_forward(fftwf_plan plan, float *samples, fftwf_complex *spectrum) {
  fftwf_execute_dft_r2c(plan, samples, spectrum);
}
RT_SAFE static inline void cfftw_inverse(fftwf_plan plan, fftwf_complex *spectrum, float *samples) {
  fftwf_execute_dft_c2r(plan, spectrum, samples);
}
