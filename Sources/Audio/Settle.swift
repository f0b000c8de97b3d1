internal import Glibc

/// Waits, before a client is closed, until this process has dealt with what the server told it last.
///
/// The library has a thread for that, which closing ends wherever it stands: a lock that it holds there stays locked, and
/// whoever closes or opens a client next waits for ever (jack2's issue 395). With 1.9.21, a client that is closed just as
/// another comes or goes hangs once in some thousand tries.
///
/// - Real-time: Blocks, for 20 ms.
/// - Thread: Any but the library's own.
func settle() { usleep(20_000) }
