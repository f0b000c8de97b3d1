#pragma once
#include "CRealtime.h"

/* One function body, compiled for each of these processors and chosen once at load. Sanitizers run before the
   loader has made the choice, so under them only the baseline exists. */
#if defined(__x86_64__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define EVERY_PROCESSOR __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define EVERY_PROCESSOR
#endif
#define INLINE static inline __attribute__((always_inline))

/* Before a loop whose output may be one of its inputs: what an element becomes depends on its own index only.
   (Sanitizers hinder the compiler, which would warn.) */
#pragma clang diagnostic ignored "-Wpass-failed"
#define ELEMENT_BY_ELEMENT _Pragma("clang loop vectorize(assume_safety)")
