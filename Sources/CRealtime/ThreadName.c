#define _GNU_SOURCE
#include "CRealtime.h"

void rt_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
