#include "CRealtime.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
/* FTZ (bit 15) and DAZ (bit 6) of MXCSR. */
void rt_flush_denormals(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }
#elif defined(__aarch64__)
/* FZ (bit 24) of FPCR. */
void rt_flush_denormals(void) {
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  __asm__ volatile("msr fpcr, %0" : : "r"(control | (1u << 24)));
}
#else
void rt_flush_denormals(void) {}
#endif
