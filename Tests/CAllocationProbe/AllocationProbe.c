#define _GNU_SOURCE
#include "CAllocationProbe.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

static _Thread_local bool watching;
static _Thread_local uint64_t count;

void probe_begin(void) {
  count = 0;
  watching = true;
}

void probe_spend(void) {
  void *volatile memory = malloc(100);
  free(memory);
}

uint64_t probe_end(void) {
  watching = false;
  return count;
}

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
bool probe_counts(void) { return false; }
#else
bool probe_counts(void) { return true; }

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t),
    *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);
static int (*real_lock)(pthread_mutex_t *);

/* RealtimeSanitizer watches by standing in for the same functions. All tests are one program, where these here come
   first, so it is told of every call, and judges it as its own. */
__attribute__((weak)) void __rtsan_notify_intercepted_call(const char *function);

static inline void hit(const char *function) {
  if (watching) count++;
  if (__rtsan_notify_intercepted_call) __rtsan_notify_intercepted_call(function);
}

void *malloc(size_t n) { return hit("malloc"), __libc_malloc(n); }
void *calloc(size_t a, size_t b) { return hit("calloc"), __libc_calloc(a, b); }
void *realloc(void *p, size_t n) { return hit("realloc"), __libc_realloc(p, n); }
void *memalign(size_t a, size_t n) { return hit("memalign"), __libc_memalign(a, n); }
void *aligned_alloc(size_t a, size_t n) { return hit("aligned_alloc"), __libc_memalign(a, n); }
int posix_memalign(void **out, size_t a, size_t n) {
  hit("posix_memalign");
  *out = __libc_memalign(a, n);
  return *out ? 0 : ENOMEM;
}
void free(void *p) {
  if (p) hit("free");
  __libc_free(p);
}
int pthread_mutex_lock(pthread_mutex_t *mutex) {
  hit("pthread_mutex_lock");
  if (!real_lock) real_lock = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_lock");
  return real_lock(mutex);
}
#endif
