internal import Realtime
internal import Separation

/// The live path for one connection to a sound server: the audio side, and the control side's hold on it.
///
/// Made and freed off the audio thread; ``audioSide`` is what the process callback gets as its context.
@safe
public final class LivePath: @unchecked Sendable {
  /// What the process callback runs; valid as long as this object lives.
  public let audioSide: UnsafeMutablePointer<AudioSide>
  private let mailbox: UnsafeMutablePointer<Mailbox<Separator>>
  private(set) var current: Engagement
  private(set) var next: Engagement?

  init(first: Engagement, board: Board) {
    unsafe mailbox = .allocate(capacity: 1)
    unsafe mailbox.initialize(to: Mailbox())
    unsafe audioSide = .allocate(capacity: 1)
    current = first
    guard let box = unsafe first.takeSeparator() else { preconditionFailure("an engagement has one separator") }
    let switcher = unsafe Switcher(
      first: box.move(), mailbox: mailbox, rate: first.stream.rate,
      totals: Switcher.Totals(
        frames: board.frames, lateFrames: board.lateFrames, nonFiniteSamples: board.nonFiniteSamples))
    unsafe box.deallocate()
    unsafe audioSide.initialize(
      to: AudioSide(switcher: switcher, board: board, channels: first.stream.channels, rate: first.stream.rate))
  }

  /// Only after the server's last callback.
  deinit {
    unsafe audioSide.deinitialize(count: 1)
    unsafe audioSide.deallocate()
    unsafe mailbox.deinitialize(count: 1)
    unsafe mailbox.deallocate()
  }

  /// Offers the next engagement to the audio side; only while none is under way.
  func offer(_ engagement: Engagement) {
    precondition(next == nil, "one change at a time")
    guard let box = unsafe engagement.takeSeparator() else { return }
    next = engagement
    unsafe mailbox.pointee.post(box)
  }

  /// Whether the audio side has completed the change; the old separator is freed, its thread stopped.
  func collect() -> Bool {
    guard let incoming = next, let old = unsafe mailbox.pointee.collect() else { return false }
    unsafe Mailbox.free(old)
    current = incoming
    next = nil
    return true
  }

  /// Takes back an offer that the audio side has not taken up, when nothing calls it any more.
  func withdraw() -> Bool {
    guard next != nil, let box = unsafe mailbox.pointee.recall() else { return false }
    unsafe Mailbox.free(box)
    next = nil
    return true
  }
}
