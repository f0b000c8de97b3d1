internal import Synchronization

/// Where the event loop writes down, for any thread to read, who is there and what they want to hear.
final class DemandBoard: Sendable {
  private let board = Mutex((demand: Demand(), clients: 0))

  var demand: Demand { board.withLock { $0.demand } }
  var clients: Int { board.withLock { $0.clients } }

  func set(_ demand: Demand) { board.withLock { $0.demand = demand } }
  func set(clients: Int) { board.withLock { $0.clients = clients } }
}
