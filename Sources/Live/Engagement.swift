internal import Realtime
internal import Separation

/// A preset at work on a stream, from the control side: its separator's mask thread and everything it needs alive.
final class Engagement: Sendable {
  /// The stream that a preset is engaged for.
  struct Stream: Sendable, Equatable {
    /// In Hz.
    var rate: Int
    /// In samples.
    var period: Int
    var channels: Int
    /// The real-time priority to ask for, or `nil` for none.
    var priority: Int32?
  }

  let name: String
  let settings: SeparatorSettings
  let stream: Stream
  let cost: StepCost
  let admission: Admission
  let thread: MaskThread?
  /// Where the operator sets the threshold of the masks; `nil` where they are soft.
  let dial: MaskDial?
  private let request: Wake
  private let arrival: Wake
  private let box: SeparatorBox

  /// Builds, warms and starts the separator of a preset that was admitted.
  ///
  /// - Real-time: Not real-time: allocates.
  init(name: String, settings: SeparatorSettings, stream: Stream, cost: StepCost, admission: Admission) {
    self.name = name
    self.settings = settings
    self.stream = stream
    self.cost = cost
    self.admission = admission
    request = Wake()
    arrival = Wake()
    dial = settings.threshold.map(MaskDial.init(threshold:))
    let parts = SeparatorParts(
      settings: settings, dial: dial, rate: stream.rate, channels: stream.channels, period: stream.period,
      slack: admission.slack, padding: admission.latency.padding, request: request, arrival: arrival)
    if var estimation = parts.estimation {
      for _ in 0..<3 { estimation.rehearse() }
      thread = MaskThread(estimation: estimation, request: request, priority: stream.priority)
    } else {
      thread = nil
    }
    box = SeparatorBox(parts.separator)
  }

  /// Gives the separator away, once, to the side that will run it.
  @unsafe
  func takeSeparator() -> UnsafeMutablePointer<Separator>? { unsafe box.take() }
}

/// A separator waiting to be handed to the audio side; freed if that never happens.
@safe
private final class SeparatorBox: @unchecked Sendable {
  private let mailbox = Mailbox<Separator>()

  init(_ separator: consuming Separator) { unsafe mailbox.post(Mailbox.box(separator)) }

  func take() -> UnsafeMutablePointer<Separator>? { unsafe mailbox.recall() }
}
