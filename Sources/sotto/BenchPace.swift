private import Glibc
internal import Realtime

/// Waits from one moment to the next at equal distances, as a sound server calls.
struct BenchPace {
  private let interval: Int
  private var next: Int

  /// Begins now.
  ///
  /// - Parameter seconds: The distance of two moments.
  init(seconds: Double) {
    interval = Int(seconds * 1e9)
    next = Self.now
  }

  /// Sleeps until the next moment; when that has passed already, the ones after it are moved.
  mutating func wait() {
    next = max(next + interval, Self.now)
    var time = timespec(tv_sec: next / 1_000_000_000, tv_nsec: next % 1_000_000_000)
    while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
  }

  /// Nanoseconds of the clock that never jumps.
  static var now: Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// How long `body` takes, in seconds.
  static func time(_ body: () -> Void) -> Double {
    let begin = now
    body()
    return Double(now - begin) * 1e-9
  }

  /// How much processor time of this thread `body` takes, in seconds.
  static func threadTime(_ body: () -> Void) -> Double {
    let begin = threadSeconds
    body()
    return threadSeconds - begin
  }

  /// The processor time of this thread in seconds.
  static var threadSeconds: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// The processor time of this process in seconds, over all its threads.
  ///
  /// The corresponding C function is `getrusage`.
  static var processorSeconds: Double {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}

/// What other programs leave of the caches between two calls of a daemon: nothing.
final class BenchDisturbance {
  private var others = SampleBuffer(count: 10 << 20)

  /// Walks over 40 MB, a step in every cache line; clearing them at once would go past the caches.
  func happen() {
    for index in stride(from: 0, to: others.count, by: 16) { others[index] += 1 }
  }
}
