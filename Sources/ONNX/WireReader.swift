/// Reads the fields of one message in protobuf's wire format.
///
/// Of our own, and not swift-protobuf: of ONNX's messages a dozen fields matter, for which the generated code alone
/// would be thousands of lines. This reader copies nothing, so that its memory does not grow with the file.
struct WireReader {
  /// What a field holds; texts, messages and packed numbers are ranges of the file.
  enum Payload {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(Range<Int>)
  }

  /// Where the wire format is broken, and how.
  struct Damage: Error {
    let position: Int
    let found: String
    let expected: String
  }

  let bytes: FileBytes
  private(set) var position: Int
  private let end: Int

  /// Reads the message that `range` of the file holds.
  init(_ bytes: FileBytes, _ range: Range<Int>) {
    precondition(range.upperBound <= bytes.count)
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// The next field and its number, or nothing at the end of the message.
  mutating func next() throws(Damage) -> (number: Int, payload: Payload)? {
    guard position < end else { return nil }
    let start = position
    let key = try varint()
    let number = Int(truncatingIfNeeded: key >> 3)
    guard key >> 3 > 0, key >> 3 < 1 << 29 else {
      throw Damage(position: start, found: "a field numbered \(key >> 3)", expected: "a field of an ONNX model")
    }
    switch key & 7 {
    case 0: return (number, .varint(try varint()))
    case 1: return (number, .fixed64(bytes.number(UInt64.self, at: try skip(8))))
    case 2:
      let length = try varint()
      guard length <= UInt64(end - position) else {
        throw Damage(
          position: start, found: "\(length) bytes announced where \(end - position) are left",
          expected: "a whole file; this one is truncated or damaged")
      }
      let first = try skip(Int(length))
      return (number, .bytes(first..<position))
    case 5: return (number, .fixed32(bytes.number(UInt32.self, at: try skip(4))))
    default: throw Damage(position: start, found: "wire type \(key & 7)", expected: "an ONNX model")
    }
  }

  /// The next number of seven bits a byte, at most ten bytes long.
  mutating func varint() throws(Damage) -> UInt64 {
    let start = position
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < end else { break }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw Damage(position: start, found: "a number without an end", expected: "a whole file; this one is damaged")
  }

  /// Steps over `count` bytes; where they begin.
  private mutating func skip(_ count: Int) throws(Damage) -> Int {
    guard count <= end - position else {
      throw Damage(position: position, found: "the end", expected: "\(count) bytes; the file is truncated")
    }
    position += count
    return position - count
  }
}

extension WireReader.Payload {
  /// The signed number of a varint field.
  var integer: Int? {
    if case .varint(let value) = self { Int(Int64(bitPattern: value)) } else { nil }
  }

  /// The range of a text, message or packed field.
  var range: Range<Int>? {
    if case .bytes(let range) = self { range } else { nil }
  }
}
