internal import CFFTW
internal import Synchronization

/// A real Fourier transform in double precision, both ways, planned once: for measuring sound, not for making it.
///
/// A spectrum is N/2 + 1 complex numbers, real and imaginary parts by turns. The inverse is scaled by 1/N, so that the
/// two undo each other.
///
/// - Thread: Any one at a time.
@safe
public struct PreciseTransform: ~Copyable, @unchecked Sendable {
  /// The number of samples N.
  public let size: Int
  private let samples: UnsafeMutablePointer<Double>
  private let bins: UnsafeMutablePointer<Double>
  private let plans: PrecisePlans

  /// Plans a transform of `size` samples, an even number.
  ///
  /// - Real-time: Not real-time: allocates.
  public init(size: Int) {
    precondition(size > 0 && size % 2 == 0, "a transform of \(size) samples")
    self.size = size
    unsafe samples = preciseZeros(size)
    unsafe bins = preciseZeros(size + 2)
    let (time, frequency) = unsafe (samples, bins)
    plans = Transform.planner.withLock { _ in unsafe PrecisePlans(size: size, time: time, frequency: frequency) }
  }

  deinit {
    let plans = plans
    Transform.planner.withLock { _ in plans.destroy() }
    unsafe UnsafeMutableRawPointer(samples).deallocate()
    unsafe UnsafeMutableRawPointer(bins).deallocate()
  }

  /// The spectrum of N samples, which are zero but for `values` from `offset` on.
  ///
  /// - Real-time: Not real-time: allocates.
  public mutating func spectrum(of values: ArraySlice<Double>, at offset: Int = 0) -> [Double] {
    precondition(offset >= 0 && offset + values.count <= size, "\(values.count) samples from \(offset) of \(size)")
    unsafe samples.update(repeating: 0, count: size)
    unsafe values.withUnsafeBufferPointer { values in
      for index in 0..<values.count { unsafe samples[offset + index] = values[index] }
    }
    return forward()
  }

  /// The spectrum of N samples, which are zero but for `values` from `offset` on.
  ///
  /// - Real-time: Not real-time: allocates.
  public mutating func spectrum(of values: ArraySlice<Float>, at offset: Int = 0) -> [Double] {
    precondition(offset >= 0 && offset + values.count <= size, "\(values.count) samples from \(offset) of \(size)")
    unsafe samples.update(repeating: 0, count: size)
    unsafe values.withUnsafeBufferPointer { values in
      for index in 0..<values.count { unsafe samples[offset + index] = Double(values[index]) }
    }
    return forward()
  }

  private mutating func forward() -> [Double] {
    unsafe fftw_execute(plans.forward)
    return unsafe Array(UnsafeBufferPointer(start: bins, count: size + 2))
  }

  /// The N samples that have this spectrum.
  ///
  /// - Real-time: Not real-time: allocates.
  public mutating func samples(of spectrum: [Double]) -> [Double] {
    precondition(spectrum.count == size + 2, "\(spectrum.count) numbers for \(size / 2 + 1) bins")
    unsafe spectrum.withUnsafeBufferPointer { spectrum in
      for index in 0..<spectrum.count { unsafe bins[index] = spectrum[index] }
    }
    unsafe fftw_execute(plans.inverse)
    let scale = 1 / Double(size)
    for index in 0..<size { unsafe (samples + index).pointee *= scale }
    return unsafe Array(UnsafeBufferPointer(start: samples, count: size))
  }
}

/// FFTW's plans for one pair of buffers.
@safe
private struct PrecisePlans: @unchecked Sendable {
  let forward: fftw_plan
  let inverse: fftw_plan

  /// Only inside the lock of FFTW's planner.
  @unsafe
  init(size: Int, time: UnsafeMutablePointer<Double>, frequency: UnsafeMutablePointer<Double>) {
    let complex = unsafe UnsafeMutableRawPointer(frequency).assumingMemoryBound(to: fftw_complex.self)
    guard let forward = unsafe fftw_plan_dft_r2c_1d(Int32(size), time, complex, FFTW_ESTIMATE),
      let inverse = unsafe fftw_plan_dft_c2r_1d(Int32(size), complex, time, FFTW_ESTIMATE)
    else { preconditionFailure("FFTW plans every size, but not \(size)") }
    unsafe self.forward = forward
    unsafe self.inverse = inverse
  }

  /// Only inside the lock of FFTW's planner.
  func destroy() {
    unsafe fftw_destroy_plan(forward)
    unsafe fftw_destroy_plan(inverse)
  }
}
