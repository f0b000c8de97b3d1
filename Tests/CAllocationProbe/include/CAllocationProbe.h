#pragma once
#include <stdbool.h>
#include <stdint.h>
/* Counts calls to the allocator and to pthread_mutex_lock on the calling thread between begin and end. */
void probe_begin(void);
uint64_t probe_end(void);
