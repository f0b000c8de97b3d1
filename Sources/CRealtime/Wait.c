#define _GNU_SOURCE
#include "CRealtime.h"
#include <errno.h>

bool rt_wait(sem_t *semaphore, uint64_t nanoseconds) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  uint64_t nanos = (uint64_t)until.tv_nsec + nanoseconds;
  until.tv_sec += (time_t)(nanos / 1000000000u);
  until.tv_nsec = (long)(nanos % 1000000000u);
  while (sem_clockwait(semaphore, CLOCK_MONOTONIC, &until) != 0) {
    if (errno != EINTR) return false;
  }
  return true;
}

/* In freewheel JACK has no deadline and the callback must wait for its worker: the one place where it may. The
   sanitizer is told so by leaving the real-time context for as long as the wait lasts. */
bool rt_wait_offline(sem_t *semaphore, uint64_t nanoseconds) {
  rt_exit();
  bool woken = rt_wait(semaphore, nanoseconds);
  rt_enter();
  return woken;
}
