#pragma once
#include <stdbool.h>
#include <stdint.h>
/* Counts calls to the allocator and to pthread_mutex_lock on the calling thread between begin and end. */
void probe_begin(void);
uint64_t probe_end(void);
/* Allocates and frees once, which no optimiser takes out. */
void probe_spend(void);
/* Whether it stands in for them: not under a sanitizer that brings an allocator of its own. */
bool probe_counts(void);
