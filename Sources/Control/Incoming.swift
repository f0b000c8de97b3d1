internal import Text

/// What a line asks for: one call, several at once, or nothing that can be understood.
enum Incoming: Sendable {
  case single(Call)
  case batch([Call])
  case refused(ControlError)

  /// Lists and objects inside each other, at most.
  private static let depthLimit = 16

  /// Understands a line as far as it goes; a fault in one call of a batch leaves the others alone.
  init(line: [UInt8], batchLimit: Int) {
    do throws(JSONError) {
      switch try JSON(text: line, depthLimit: Self.depthLimit) {
      case .array([]):
        self = .refused(ControlError(.invalidRequest, "Not a request: an empty batch."))
      case .array(let values) where values.count > batchLimit:
        self = .refused(
          ControlError(.invalidRequest, "A batch of \(values.count) requests: at most \(batchLimit) are taken."))
      case .array(let values):
        self = .batch(values.map(Call.init))
      case let value:
        self = .single(Call(value))
      }
    } catch {
      self = .refused(
        ControlError(
          .parse, "Not JSON: \(error.reason) at byte \(error.position + 1).",
          data: .init(found: error.reason, expected: "one JSON object on one line")))
    }
  }

  /// How many requests it counts for.
  var count: Int {
    switch self {
    case .single, .refused: 1
    case .batch(let calls): calls.count
    }
  }
}
