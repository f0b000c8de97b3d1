import Testing

/// Everything that runs against a real JACK server, one test after the other: two at a time would take each other's
/// processor away, and with it the deadlines.
@Suite(.serialized) struct SystemTests {}
