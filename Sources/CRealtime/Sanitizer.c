#include "CRealtime.h"

/* The hooks exist only in a program linked with -fsanitize=realtime; elsewhere they are null and cost a branch. */
__attribute__((weak)) void __rtsan_realtime_enter(void);
__attribute__((weak)) void __rtsan_realtime_exit(void);

void rt_enter(void) {
  if (__rtsan_realtime_enter) __rtsan_realtime_enter();
}

void rt_exit(void) {
  if (__rtsan_realtime_exit) __rtsan_realtime_exit();
}

bool rt_sanitizer_linked(void) { return __rtsan_realtime_enter != 0; }
