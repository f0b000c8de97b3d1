#pragma once
#include "CRealtime.h"

/* What the kernels use; written before main. */
extern rt_instructions rt_processor;
