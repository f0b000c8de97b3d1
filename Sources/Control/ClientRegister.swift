internal import NIOCore
internal import Synchronization

/// The clients that are connected, and what they want to hear.
///
/// - Thread: The event loop only, apart from ``demand``.
final class ClientRegister {
  /// The one event loop on which all clients live.
  let loop: any EventLoop
  /// The line that every client reads first.
  let greeting: [UInt8]

  private let limit: Int
  private let board: DemandBoard
  private var clients: [ClientConnection] = []

  init(loop: any EventLoop, greeting: [UInt8], limit: Int, board: DemandBoard) {
    self.loop = loop
    self.greeting = greeting
    self.limit = limit
    self.board = board
  }

  /// Gives a new client a place, if need be that of the one that was silent for longest.
  ///
  /// A client with a subscription or with a request under way is never sent away for a newer one, so a hundred silent
  /// connections shut nobody out.
  func admit(_ client: ClientConnection) -> Bool {
    if clients.count >= limit {
      guard let silent = clients.filter(\.isIdle).min(by: { $0.lastHeard < $1.lastHeard }) else { return false }
      remove(silent)
      silent.leave(
        because: ControlError(.madeRoom, "All \(limit) places are taken and this client was silent longest."))
    }
    clients.append(client)
    board.set(clients: clients.count)
    return true
  }

  /// Takes a client's place away.
  func remove(_ client: ClientConnection) {
    clients.removeAll { $0 === client }
    board.set(clients: clients.count)
    demandChanged()
  }

  /// Sums up what the clients want to hear.
  func demandChanged() {
    func shortest(_ topic: Topic) -> Double? { clients.compactMap { $0.interval(of: topic) }.min() }
    board.set(Demand(meters: shortest(.meters), statistics: shortest(.statistics)))
  }

  /// Sends a notice to those who subscribed to it.
  func tell(_ notice: Notice, line: [UInt8]?) {
    let now = NIODeadline.seconds
    for client in clients { client.tell(notice, line: line, at: now) }
  }

  /// Closes every connection.
  func endAll() {
    for client in clients { client.leave() }
  }
}
