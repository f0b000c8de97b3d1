#define _GNU_SOURCE
#include "CFuzzer.h"

#include <sys/mman.h>

int memory_file(const char *name) { return memfd_create(name, 0); }
