internal import Realtime

/// Turns the samples of a timeline into spectra, frame by frame (the analysis half of the STFT).
public struct Analyser: ~Copyable, Sendable {
  private let transform: Transform
  private let window: SampleBuffer
  private var segment: SampleBuffer

  /// Prepares the analysis of frames of `windows`.
  ///
  /// - Real-time: Not real-time: allocates.
  public init(windows: Windows) {
    transform = Transform(size: windows.analysis.count)
    window = SampleBuffer(windows.analysis)
    segment = SampleBuffer(count: windows.analysis.count)
  }

  /// Writes the spectrum of the frame of one channel that ends before `end`: N/2 + 1 complex bins.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  public mutating func analyse(
    _ timeline: borrowing Timeline, channel: Int, end: Int, into spectrum: UnsafeMutablePointer<Float>
  ) {
    unsafe timeline.read(segment.base, count: window.count, channel: channel, at: end &- window.count)
    for i in 0..<window.count { unsafe (segment.base + i).pointee *= window.base[i] }
    unsafe transform.forward(segment.base, into: spectrum)
  }
}
