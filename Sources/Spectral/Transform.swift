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
  private let forwardPlan: fftwf_plan
  private let inversePlan: fftwf_plan

  /// FFTW's planner is the one part of it that threads may not enter together.
  private static let planner = Mutex(())

  /// The number of floats between spectra laid side by side, so that each begins on a vector boundary.
  @_noLocks
  public static func stride(bins: Int) -> Int { (2 * bins + 15) / 16 * 16 }

  /// Plans a transform of `size` samples.
  ///
  /// - Real-time: Not real-time: allocates.
  public init(size: Int) {
    self.size = size
    let plans = Self.planner.withLock { _ in Plans(size: size) }
    guard let forward = unsafe plans.forward, let inverse = unsafe plans.inverse else {
      preconditionFailure("FFTW plans every size, but not \(size)")
    }
    unsafe forwardPlan = forward
    unsafe inversePlan = inverse
  }

  deinit {
    let plans = unsafe Plans(forward: forwardPlan, inverse: inversePlan)
    Self.planner.withLock { _ in plans.destroy() }
  }

  /// Transforms `size` samples, which it may overwrite, into a spectrum.
  ///
  /// Both must begin on a 64-byte boundary, as ``SampleBuffer`` and ``stride(bins:)`` give it.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  public func forward(_ samples: UnsafeMutablePointer<Float>, into spectrum: UnsafeMutablePointer<Float>) {
    unsafe cfftw_forward(
      forwardPlan, samples, UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftwf_complex.self))
  }

  /// Transforms a spectrum, which it overwrites, into `size` samples.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  public func inverse(_ spectrum: UnsafeMutablePointer<Float>, into samples: UnsafeMutablePointer<Float>) {
    unsafe cfftw_inverse(
      inversePlan, UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftwf_complex.self), samples)
    let scale = 1 / Float(size)
    for i in 0..<size { unsafe samples[i] *= scale }
  }
}

/// A pair of plans on its way through the planner's lock.
@safe
private struct Plans: @unchecked Sendable {
  let forward: fftwf_plan?
  let inverse: fftwf_plan?

  init(forward: fftwf_plan, inverse: fftwf_plan) {
    unsafe self.forward = forward
    unsafe self.inverse = inverse
  }

  /// Estimating finds the same algorithm at every start and costs milliseconds; measuring costs up to seconds for a few
  /// percent of a cost that is itself noise (MEASUREMENTS 5).
  init(size: Int) {
    let samples = SampleBuffer(count: size)
    let bins = SampleBuffer(count: Transform.stride(bins: size / 2 + 1))
    let spectrum = unsafe UnsafeMutableRawPointer(bins.base).assumingMemoryBound(to: fftwf_complex.self)
    unsafe forward = fftwf_plan_dft_r2c_1d(Int32(size), samples.base, spectrum, FFTW_ESTIMATE)
    unsafe inverse = fftwf_plan_dft_c2r_1d(Int32(size), spectrum, samples.base, FFTW_ESTIMATE)
  }

  func destroy() {
    unsafe fftwf_destroy_plan(forward)
    unsafe fftwf_destroy_plan(inverse)
  }
}
