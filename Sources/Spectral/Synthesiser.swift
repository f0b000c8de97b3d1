internal import Realtime

/// Turns spectra back into samples and adds them up on a timeline (the synthesis half of the STFT).
///
/// What it leaves on the timeline still wants the grid's ``Windows/gains``.
public struct Synthesiser: ~Copyable, Sendable {
  private let transform: Transform
  private let window: SampleBuffer
  private var segment: SampleBuffer

  /// Prepares the synthesis of frames of `windows`.
  ///
  /// - Real-time: Not real-time: allocates.
  public init(windows: Windows) {
    transform = Transform(size: windows.analysis.count)
    window = SampleBuffer(windows.synthesis)
    segment = SampleBuffer(count: windows.analysis.count)
  }

  /// Adds the frame that ends before `end` to one channel, leaving out what lies before `earliest`: that part has been
  /// put out already.
  ///
  /// - Parameter spectrum: N/2 + 1 complex bins, overwritten.
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  public mutating func synthesise(
    _ spectrum: UnsafeMutablePointer<Float>, onto timeline: inout Timeline, channel: Int, end: Int, earliest: Int
  ) {
    unsafe transform.inverse(spectrum, into: segment.base)
    let support = window.count
    let samples = unsafe segment.base + (segment.count &- support)
    for i in 0..<support { unsafe samples[i] *= window.base[i] }
    let start = end &- support
    let missed = min(max(0, earliest &- start), support)
    unsafe timeline.add(samples + missed, count: support &- missed, channel: channel, at: start &+ missed)
  }
}
