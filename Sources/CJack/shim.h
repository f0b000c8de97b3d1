#pragma once
#include <jack/jack.h>
#include <jack/metadata.h>
#include <jack/statistics.h>
#include <jack/thread.h>
#include <jack/uuid.h>

/* This C call may run on a real-time thread. */
#define RT_SAFE __attribute__((swift_attr("@_noLocks")))

/* jack_client_open is variadic, which Swift cannot call. */
static inline jack_client_t *cjack_client_open(const char *name, jack_options_t options, jack_status_t *status,
                                               const char *server) {
  return server ? jack_client_open(name, (jack_options_t)(options | JackServerName), status, server)
                : jack_client_open(name, options, status);
}

/* Made for the process callback: reads a pointer from the port table. */
RT_SAFE static inline float *cjack_port_buffer(jack_port_t *port, jack_nframes_t frames) {
  return (float *)jack_port_get_buffer(port, frames);
}

/* Made for the process callback: reads the frame time of this cycle, which jumps where cycles were lost. */
RT_SAFE static inline jack_nframes_t cjack_last_frame_time(const jack_client_t *client) {
  return jack_last_frame_time(client);
}
