internal import CRealtime
public import Realtime
public import Separation
internal import Synchronization

/// The thread on which an estimator runs beside the audio thread.
@safe
public final class MaskThread: @unchecked Sendable {
  private struct State: ~Copyable, Sendable {
    let isRunning = Atomic<Bool>(true)
    let times = StepTimes()
  }

  private let state: UnsafeMutablePointer<State>
  private let estimation: UnsafeMutablePointer<MaskEstimation>
  private let request: Wake
  private let thread: RealtimeThread

  /// Starts stepping `estimation` whenever `request` is posted.
  ///
  /// - Parameter priority: The `SCHED_FIFO` priority to ask for, or `nil` for none.
  public init(estimation: consuming MaskEstimation, request: Wake, priority: Int32?) {
    let box = unsafe Mailbox<MaskEstimation>.box(estimation)
    let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
    unsafe state.initialize(to: State())
    unsafe self.state = state
    unsafe self.estimation = box
    self.request = request
    let context = unsafe Context(state: state, estimation: box)
    thread = RealtimeThread(name: "sotto-masks", priority: priority) {
      while unsafe context.state.pointee.isRunning.load(ordering: .acquiring) {
        // A time limit only so that the end of the program is noticed even if its wake-up got lost.
        if request.wait(nanoseconds: 200_000_000) { context.drain() }
      }
    }
  }

  /// Stops and joins the thread, then frees what it used.
  deinit {
    unsafe state.pointee.isRunning.store(false, ordering: .releasing)
    request.post()
    thread.join()
    unsafe Mailbox<MaskEstimation>.free(estimation)
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
  }

  /// Whether the system granted the real-time priority.
  public var isRealtime: Bool { thread.isRealtime }

  /// The time in seconds that a share of all steps did not exceed.
  public func stepSeconds(share: Double) -> Double { unsafe state.pointee.times.seconds(share: share) }

  /// The longest step in seconds.
  public var longestStepSeconds: Double { unsafe state.pointee.times.longestSeconds() }

  /// The number of steps taken.
  public var steps: Int { unsafe state.pointee.times.count() }

  /// The time spent in steps, in seconds.
  public var busySeconds: Double { unsafe state.pointee.times.busySeconds() }

  /// The pointers that the thread's body works with.
  @safe
  private struct Context: @unchecked Sendable {
    let state: UnsafeMutablePointer<State>
    let estimation: UnsafeMutablePointer<MaskEstimation>

    /// Steps until no frame is left.
    ///
    /// - Real-time: Wait-free.
    @_noLocks
    func drain() {
      rt_enter()
      while true {
        let begin = rt_now()
        switch unsafe estimation.pointee.step() {
        case .idle:
          rt_exit()
          return
        case .observed, .held: break
        case .estimated: unsafe state.pointee.times.record(nanoseconds: rt_now() &- begin)
        }
      }
    }
  }
}
