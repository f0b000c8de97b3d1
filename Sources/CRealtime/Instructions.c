#include "Instructions.h"

rt_instructions rt_processor;

__attribute__((constructor)) static void find(void) { rt_limit_instructions(RT_AVX512_VNNI); }

rt_instructions rt_used_instructions(void) { return rt_processor; }

void rt_limit_instructions(rt_instructions limit) {
  rt_instructions found = RT_PORTABLE;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v3")) found = RT_AVX2;
  if (found == RT_AVX2 && __builtin_cpu_supports("avxvnni")) found = RT_AVX2_VNNI;
  if (limit >= RT_AVX512 && __builtin_cpu_supports("x86-64-v4")) found = RT_AVX512;
  if (found == RT_AVX512 && __builtin_cpu_supports("avx512vnni")) found = RT_AVX512_VNNI;
#endif
  rt_processor = found < limit ? found : limit;
}
