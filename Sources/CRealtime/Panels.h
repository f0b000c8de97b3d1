#pragma once
#include "EveryProcessor.h"

/* Packed weights are panels of so many rows, interleaved: what one column gives to all rows of a panel lies together,
   64 bytes of floats. The last panel is filled up with rows of zeros. */
enum { PANEL = 16 };

INLINE size_t panels(size_t rows) { return (rows + PANEL - 1) / PANEL; }
