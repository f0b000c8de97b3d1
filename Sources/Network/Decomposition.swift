internal import CRealtime
internal import Realtime

/// Puts frames together from the atoms of a ``SpectralDictionary``, and tells what share of each bin is the voice's
/// (supervised non-negative matrix factorisation: Smaragdis, Raj and Shashanka, *Supervised and semi-supervised
/// separation of sounds from single-channel mixtures*, ICA 2007).
///
/// A frame v is taken for W h with all of h at least 0, and h is improved by the multiplicative updates of Lee and Seung
/// for the Kullback-Leibler divergence, `h ← h ∘ Wᵀ(v / W h)`, beginning with that of the frame before.
@safe
public struct Decomposition: ~Copyable, @unchecked Sendable {
  /// Width of a frame and of a mask (513 for a window of 1024).
  public let bins: Int
  /// Keeps the atoms alive; never touched while running, for that would count references.
  private let dictionary: SpectralDictionary
  private let atoms: UnsafePointer<Float>
  private let atomsByBin: UnsafePointer<Float>
  private let count: Int
  private let voice: Int
  private let updates: Int
  private let exponent: Float
  private let frame: SampleBuffer
  private let activations: SampleBuffer
  private let voiceActivations: SampleBuffer
  private let factors: SampleBuffer
  private let sum: SampleBuffer
  private let nothing: SampleBuffer

  /// Prepares to decompose frames by `updates` updates each; both sources are raised to `exponent` in the mask.
  ///
  /// - Real-time: Not real-time: allocates; nothing later does.
  public init(dictionary: SpectralDictionary, updates: Int, exponent: Float) {
    self.dictionary = dictionary
    self.updates = updates
    self.exponent = exponent
    unsafe atoms = UnsafePointer(dictionary.atoms.base)
    unsafe atomsByBin = UnsafePointer(dictionary.atomsByBin.base)
    bins = dictionary.description.bins
    count = dictionary.count
    voice = dictionary.description.voice
    frame = SampleBuffer(count: bins)
    activations = SampleBuffer(count: count)
    voiceActivations = SampleBuffer(count: count)
    factors = SampleBuffer(count: count)
    sum = SampleBuffer(count: bins)
    nothing = SampleBuffer(count: max(bins, count))
    reset()
  }

  /// Takes the next frame, ``bins`` magnitudes of any level.
  ///
  /// - Real-time: Wait-free; cheap.
  @_noLocks @unsafe
  public mutating func observe(_ magnitudes: UnsafePointer<Float>) {
    var total: Float = 0
    for bin in 0..<bins { unsafe total += magnitudes[bin] }
    unsafe rt_scale(magnitudes, total > 1e-12 ? 1 / total : 0, frame.base, bins)
  }

  /// Writes the voice's share of every bin of the newest frame.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  public mutating func estimate(into mask: UnsafeMutablePointer<Float>) {
    revive()
    for _ in 0..<updates { improve() }
    unsafe rt_matrix_vector(atomsByBin, nothing.base, activations.base, sum.base, bins, count)
    unsafe rt_copy(activations.base, voiceActivations.base, voice)
    unsafe rt_matrix_vector(atomsByBin, nothing.base, voiceActivations.base, mask, bins, count)
    for bin in 0..<bins {
      let voice = unsafe power(mask[bin])
      let rest = unsafe power(max(0, sum.base[bin] - mask[bin]))
      unsafe mask[bin] = voice + rest > 0 ? voice / (voice + rest) : 0
    }
  }

  @_noLocks
  private func power(_ share: Float) -> Float { exponent == 1 ? share : rt_pow(share, exponent) }

  /// Forgets the stream: every atom is as likely as any other.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func reset() {
    unsafe rt_clear(frame.base, bins)
    for atom in 0..<count { unsafe activations.base[atom] = 1 / Float(count) }
  }

  /// Gives every atom a chance again: what a multiplicative update has made zero would stay zero for ever.
  @_noLocks
  private mutating func revive() {
    let least = 0.01 / Float(count)
    for atom in 0..<count { unsafe activations.base[atom] = max(activations.base[atom], least) }
  }

  @_noLocks
  private mutating func improve() {
    unsafe rt_matrix_vector(atomsByBin, nothing.base, activations.base, sum.base, bins, count)
    for bin in 0..<bins { unsafe sum.base[bin] = frame.base[bin] / (sum.base[bin] + 1e-9) }
    unsafe rt_matrix_vector(atoms, nothing.base, sum.base, factors.base, count, bins)
    unsafe rt_multiply(activations.base, factors.base, activations.base, count)
  }
}
