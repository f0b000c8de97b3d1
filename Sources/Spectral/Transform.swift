internal import CFFTW
internal import Realtime
internal import Synchronization

/// A real Fourier transform of one size, both ways, planned once.
///
/// A spectrum is `bins` complex numbers, real and imaginary parts by turns. The inverse is scaled by 1/N, so that the
/// two undo each other.
@safe
public struct Transform: ~Copyable, @unchecked Sendable {
  /// The number of samples N.
  public let size: Int
  private let plans: Plans

  /// FFTW's planner is the one part of it that threads may not enter together.
  static let planner = Mutex(())

  /// The number of floats between spectra laid side by side, so that each begins on a vector boundary.
  @_noLocks
  public static func stride(bins: Int) -> Int { (2 * bins + 15) / 16 * 16 }

  /// Plans a transform of `size` samples.
  ///
  /// - Real-time: Not real-time: allocates.
  public init(size: Int) {
    self.size = size
    plans = Self.planner.withLock { _ in Plans(size: size) }
  }

  deinit {
    let plans = plans
    Self.planner.withLock { _ in plans.destroy() }
  }

  /// Whether FFTW transforms this size without taking memory: even, and with small prime factors only.
  static func isEasy(_ size: Int) -> Bool {
    var rest = size
    for factor in [2, 3, 5, 7, 11, 13] { while rest % factor == 0 { rest /= factor } }
    return rest == 1 && size % 2 == 0
  }

  /// Transforms `size` samples, which it may overwrite, into a spectrum.
  ///
  /// Both must begin on a 64-byte boundary, as ``SampleBuffer`` and ``stride(bins:)`` give it.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  public func forward(_ samples: UnsafeMutablePointer<Float>, into spectrum: UnsafeMutablePointer<Float>) {
    if let chirp = unsafe plans.chirp { return unsafe chirp.pointee.forward(samples, into: spectrum) }
    unsafe cfftw_forward(
      plans.forward, samples, UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftwf_complex.self))
  }

  /// Transforms a spectrum, which it overwrites, into `size` samples.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  public func inverse(_ spectrum: UnsafeMutablePointer<Float>, into samples: UnsafeMutablePointer<Float>) {
    if let chirp = unsafe plans.chirp {
      unsafe chirp.pointee.inverse(spectrum, into: samples)
    } else {
      unsafe cfftw_inverse(
        plans.inverse, UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftwf_complex.self), samples)
    }
    let scale = 1 / Float(size)
    for i in 0..<size { unsafe samples[i] *= scale }
  }
}

/// What a transform runs: FFTW's plans, or a chirp where those would take memory while they run.
@safe
private struct Plans: @unchecked Sendable {
  let forward: fftwf_plan?
  let inverse: fftwf_plan?
  let chirp: UnsafeMutablePointer<ChirpTransform>?

  /// Estimating finds the same algorithm at every start and costs milliseconds; measuring costs up to seconds for a few
  /// percent of a cost that is itself noise.
  init(size: Int) {
    guard Transform.isEasy(size) else {
      unsafe (forward, inverse) = (nil, nil)
      unsafe chirp = .allocate(capacity: 1)
      unsafe chirp?.initialize(to: ChirpTransform(size: size))
      return
    }
    let samples = SampleBuffer(count: size)
    let bins = SampleBuffer(count: Transform.stride(bins: size / 2 + 1))
    let spectrum = unsafe UnsafeMutableRawPointer(bins.base).assumingMemoryBound(to: fftwf_complex.self)
    unsafe forward = fftwf_plan_dft_r2c_1d(Int32(size), samples.base, spectrum, FFTW_ESTIMATE)
    unsafe inverse = fftwf_plan_dft_c2r_1d(Int32(size), spectrum, samples.base, FFTW_ESTIMATE)
    unsafe precondition(forward != nil && inverse != nil, "FFTW plans every size, but not \(size)")
    unsafe chirp = nil
  }

  func destroy() {
    if let chirp = unsafe chirp {
      unsafe chirp.deinitialize(count: 1)
      unsafe chirp.deallocate()
    } else {
      unsafe fftwf_destroy_plan(forward)
      unsafe fftwf_destroy_plan(inverse)
    }
  }
}
