/// What stands in for masks that do not come: the last one for a while, then a fade to the preset's choice.
struct Lateness: Sendable {
  private let fadesMask: Bool
  private let fadesStems: Bool
  private let holdFrames: Int
  private let fadeStep: Float
  private var run = 0
  private var presence: Float = 1

  /// Prepares `policy` for frames `hop` seconds apart.
  init(policy: LatePolicy, hop: Double) {
    fadesMask = policy.choice == .dry
    fadesStems = policy.choice == .mute
    holdFrames = Int((policy.holdSeconds / hop).rounded(.up))
    fadeStep = Float(min(1, hop / max(policy.fadeSeconds, hop)))
  }

  /// Takes note of a frame and whether its mask came in time.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func frame(late: Bool) {
    run = late ? run &+ 1 : 0
    let fading = run > holdFrames && (fadesMask || fadesStems)
    presence = fading ? max(0, presence - fadeStep) : min(1, presence + fadeStep)
  }

  /// What the mask is multiplied by.
  var maskFactor: Float { @_noLocks get { fadesMask ? presence : 1 } }

  /// What both stems are multiplied by.
  var stemFactor: Float { @_noLocks get { fadesStems ? presence : 1 } }

  /// How many frames in a row have gone without a fresh mask.
  var lateRun: Int { @_noLocks get { run } }
}
