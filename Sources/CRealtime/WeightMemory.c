#define _GNU_SOURCE
#include "CRealtime.h"
#include <stdlib.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

/* Small weights share pages with everything else; only what fills a huge page gets one. */
void *rt_allocate_weights(size_t bytes) {
  size_t alignment = bytes >= HUGE_PAGE ? HUGE_PAGE : 64;
  if (bytes > SIZE_MAX - alignment) return NULL;
  size_t whole = (bytes + alignment - 1) / alignment * alignment;
  void *memory = NULL;
  if (posix_memalign(&memory, alignment, whole ? whole : alignment) != 0) return NULL;
  if (alignment == HUGE_PAGE) madvise(memory, whole, MADV_HUGEPAGE);
  memset(memory, 0, whole);
  return memory;
}

void rt_free_weights(void *memory) { free(memory); }
