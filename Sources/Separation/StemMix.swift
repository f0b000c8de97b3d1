internal import CRealtime

/// What the operator has set: how loud each stem is, and whether the program is bypassed.
public struct StemTargets: Sendable, Equatable {
  /// Linear gain of the voice.
  public var voice: Float
  /// Linear gain of the accompaniment.
  public var accompaniment: Float
  /// Whether the delayed input passes untouched, on the accompaniment.
  public var bypass: Bool

  /// Both stems at unity, not bypassed, unless told otherwise.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public init(voice: Float = 1, accompaniment: Float = 1, bypass: Bool = false) {
    self.voice = voice
    self.accompaniment = accompaniment
    self.bypass = bypass
  }
}

/// Makes the two stems of voice and delayed input, at the operator's gains, without a step when those change.
///
/// The accompaniment is the delayed input minus the voice, so the two always add up to the input. Bypassed, the
/// delayed input goes to the accompaniment and the voice is silent: same sum, same latency.
struct StemMix: Sendable {
  /// The gains come within 1 % of a new target in 46 ms, and exactly there in under 150 ms.
  private static var gainSeconds: Double { 0.01 }
  private static var bypassSeconds: Double { 0.03 }

  private let gainStep: Float
  private let bypassStep: Float
  private var voice: Float = 1
  private var accompaniment: Float = 1
  private var bypass: Float = 0

  init(rate: Int) {
    gainStep = Float(1 / (Self.gainSeconds * Double(rate)))
    bypassStep = Float(1 / (Self.bypassSeconds * Double(rate)))
  }

  /// Replaces `voice` by the voice stem and writes the accompaniment stem, for all channels.
  ///
  /// - Parameter last: True for the last channel of these samples, after which the ramps have moved on.
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func mix(
    voice voiceSamples: UnsafePointer<Float>, dry: UnsafePointer<Float>, voiceOut: UnsafeMutablePointer<Float>,
    accompanimentOut: UnsafeMutablePointer<Float>, count: Int, targets: StemTargets, last: Bool
  ) {
    let bypassTarget: Float = targets.bypass ? 1 : 0
    var (voiceGain, accompanimentGain, bypassed) = (voice, accompaniment, bypass)
    for i in 0..<count {
      voiceGain = Self.glide(voiceGain, to: targets.voice, by: gainStep)
      accompanimentGain = Self.glide(accompanimentGain, to: targets.accompaniment, by: gainStep)
      bypassed =
        bypassed < bypassTarget ? min(bypassTarget, bypassed + bypassStep) : max(bypassTarget, bypassed - bypassStep)
      let (sound, whole) = unsafe (voiceSamples[i], dry[i])
      let rest = whole - sound
      unsafe voiceOut[i] = sound * voiceGain * (1 - bypassed)
      unsafe accompanimentOut[i] = rest * accompanimentGain * (1 - bypassed) + whole * bypassed
    }
    if last { (voice, accompaniment, bypass) = (voiceGain, accompanimentGain, bypassed) }
  }

  /// An exponential approach that arrives: its last step, 80 dB down, is taken at once, before rounding would stop it.
  @_noLocks
  private static func glide(_ gain: Float, to target: Float, by step: Float) -> Float {
    let distance = target - gain
    return distance.magnitude <= 1e-4 * max(1, gain) ? target : gain + distance * step
  }
}
