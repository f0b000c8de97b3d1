internal import CFFTW
internal import Glibc
internal import Realtime

/// A discrete Fourier transform of any length, as a convolution with a chirp (Bluestein, 1970).
///
/// FFTW takes memory while it runs when a length has large prime factors, as 2822 = 2 · 17 · 83 has, and a preset may ask
/// for any window. Here every buffer is made beforehand, and what runs are powers of two. In double precision, so that the
/// way there and back stays as exact as FFTW's own.
@safe
struct ChirpTransform: ~Copyable, @unchecked Sendable {
  private let size: Int
  private let length: Int
  /// `exp(-iπn²/N)`, real and imaginary parts by turns.
  private let chirp: UnsafeMutablePointer<Double>
  /// The spectrum of the chirp that is convolved with, scaled by one over its length.
  private let kernel: UnsafeMutablePointer<Double>
  private let work: UnsafeMutablePointer<Double>
  private let bins: UnsafeMutablePointer<Double>
  private let forwardPlan: fftw_plan
  private let inversePlan: fftw_plan

  /// Prepares a transform of `size` samples; only inside the lock of FFTW's planner.
  ///
  /// - Real-time: Not real-time: allocates.
  init(size: Int) {
    var length = 1
    while length < 2 * size - 1 { length *= 2 }
    self.size = size
    self.length = length
    unsafe chirp = preciseZeros(2 * size)
    unsafe kernel = preciseZeros(2 * length)
    unsafe work = preciseZeros(2 * length)
    unsafe bins = preciseZeros(2 * length)
    // From one buffer to the other: in place, FFTW would take memory for these as well.
    let time = unsafe UnsafeMutableRawPointer(work).assumingMemoryBound(to: fftw_complex.self)
    let frequency = unsafe UnsafeMutableRawPointer(bins).assumingMemoryBound(to: fftw_complex.self)
    guard let forward = unsafe fftw_plan_dft_1d(Int32(length), time, frequency, FFTW_FORWARD, FFTW_ESTIMATE),
      let inverse = unsafe fftw_plan_dft_1d(Int32(length), frequency, time, FFTW_BACKWARD, FFTW_ESTIMATE)
    else { preconditionFailure("FFTW plans every power of two, but not \(length)") }
    unsafe forwardPlan = forward
    unsafe inversePlan = inverse
    for n in 0..<size {
      // n² is taken modulo 2N before it becomes an angle, which a large one would be too coarse for.
      let angle = Double.pi * Double(n * n % (2 * size)) / Double(size)
      let (real, imaginary) = (cos(angle), sin(angle))
      unsafe chirp[2 * n] = real
      unsafe chirp[2 * n + 1] = -imaginary
      for place in [n, (length - n) % length] {
        unsafe work[2 * place] = real
        unsafe work[2 * place + 1] = imaginary
      }
    }
    unsafe cfftw_execute(forward)
    for i in 0..<2 * length { unsafe kernel[i] = bins[i] / Double(length) }
  }

  /// Only inside the lock of FFTW's planner.
  deinit {
    unsafe fftw_destroy_plan(forwardPlan)
    unsafe fftw_destroy_plan(inversePlan)
    unsafe UnsafeMutableRawPointer(chirp).deallocate()
    unsafe UnsafeMutableRawPointer(kernel).deallocate()
    unsafe UnsafeMutableRawPointer(work).deallocate()
    unsafe UnsafeMutableRawPointer(bins).deallocate()
  }

  /// Transforms N real samples into N/2 + 1 complex bins.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func forward(_ samples: UnsafePointer<Float>, into spectrum: UnsafeMutablePointer<Float>) {
    for n in 0..<size {
      let sample = unsafe Double(samples[n])
      unsafe work[2 &* n] = sample * chirp[2 &* n]
      unsafe work[2 &* n &+ 1] = sample * chirp[2 &* n &+ 1]
    }
    unsafe convolve()
    for k in 0...size / 2 {
      let (real, imaginary) = unsafe value(k)
      unsafe spectrum[2 &* k] = Float(real)
      unsafe spectrum[2 &* k &+ 1] = Float(imaginary)
    }
  }

  /// Transforms N/2 + 1 complex bins into N real samples, without the factor 1/N.
  ///
  /// The inverse is the conjugate of the transform of the conjugate; the other half of the bins is the mirror image.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func inverse(_ spectrum: UnsafePointer<Float>, into samples: UnsafeMutablePointer<Float>) {
    for k in 0..<size {
      let isMirrored = k > size / 2
      let bin = isMirrored ? size &- k : k
      // The imaginary parts of the first bin and, for an even N, of the last do not belong to a real signal.
      let isReal = bin == 0 || 2 &* bin == size
      let real = unsafe Double(spectrum[2 &* bin])
      let imaginary = unsafe isReal ? 0 : Double(spectrum[2 &* bin &+ 1]) * (isMirrored ? 1 : -1)
      let (c, s) = unsafe (chirp[2 &* k], chirp[2 &* k &+ 1])
      unsafe work[2 &* k] = real * c - imaginary * s
      unsafe work[2 &* k &+ 1] = real * s + imaginary * c
    }
    unsafe convolve()
    for n in 0..<size { unsafe samples[n] = Float(value(n).real) }
  }

  /// Convolves what stands in the first N places with the chirp.
  @_noLocks @unsafe
  private func convolve() {
    for i in 2 &* size..<2 &* length { unsafe work[i] = 0 }
    unsafe cfftw_execute(forwardPlan)
    for i in 0..<length {
      let (a, b) = unsafe (bins[2 &* i], bins[2 &* i &+ 1])
      let (c, d) = unsafe (kernel[2 &* i], kernel[2 &* i &+ 1])
      unsafe bins[2 &* i] = a * c - b * d
      unsafe bins[2 &* i &+ 1] = a * d + b * c
    }
    unsafe cfftw_execute(inversePlan)
  }

  /// One value of the transform, once convolved.
  @_noLocks @unsafe
  private func value(_ k: Int) -> (real: Double, imaginary: Double) {
    let (a, b) = unsafe (work[2 &* k], work[2 &* k &+ 1])
    let (c, s) = unsafe (chirp[2 &* k], chirp[2 &* k &+ 1])
    return (a * c - b * s, a * s + b * c)
  }
}
