#pragma once

#include <stddef.h>
#include <stdint.h>

/// libFuzzer's own mutation of the `count` bytes at `bytes`, which have room for `limit`; returns the new count.
size_t LLVMFuzzerMutate(uint8_t *_Nonnull bytes, size_t count, size_t limit);

/// Opens a file in memory, gone when it is closed; negative if there can be none.
int memory_file(const char *_Nonnull name);
