extension ControlError {
  /// A refusal's number: those of JSON-RPC 2.0, and from -32000 down those of this protocol.
  public struct Code: RawRepresentable, Sendable, Hashable, Codable {
    /// The number as sent.
    public var rawValue: Int

    /// Any number, also one that a newer daemon has added.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The line is not JSON.
    public static let parse = Code(rawValue: -32700)
    /// The line is JSON but no request.
    public static let invalidRequest = Code(rawValue: -32600)
    /// There is no such method.
    public static let methodNotFound = Code(rawValue: -32601)
    /// A parameter is missing, unknown, of the wrong kind or out of range.
    public static let invalidParameters = Code(rawValue: -32602)
    /// The daemon failed, not the request.
    public static let failed = Code(rawValue: -32603)
    /// The preset is there and cannot be used, as the message says.
    public static let presetRefused = Code(rawValue: -32000)
    /// There is no preset of this name.
    public static let presetUnknown = Code(rawValue: -32001)
    /// The daemon cannot do this now: it waits for JACK, or it stops.
    public static let notNow = Code(rawValue: -32002)
    /// The line is longer than the limit; the connection ends.
    public static let lineTooLong = Code(rawValue: -32010)
    /// A line was begun and not ended in time; the connection ends.
    public static let lineUnfinished = Code(rawValue: -32011)
    /// As many clients as can be served are there and all are in use; the connection ends.
    public static let full = Code(rawValue: -32012)
    /// The longest-silent client had to make room for a new one; the connection ends.
    public static let madeRoom = Code(rawValue: -32013)
    /// The client belongs to another user; the connection ends.
    public static let notPermitted = Code(rawValue: -32014)
  }
}
