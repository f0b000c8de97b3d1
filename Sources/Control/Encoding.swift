internal import FoundationEssentials

/// The JSON of a value on one line, without the line's end; names are sorted, so that the same value reads the same.
///
/// A number that JSON cannot write (a mean of nothing) becomes a text rather than a failure.
func encoded(_ value: some Encodable) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  return [UInt8](try encoder.encode(value))
}

/// The value that a line of JSON holds.
func decoded<Value: Decodable>(_ type: Value.Type, from line: [UInt8]) throws -> Value {
  let decoder = JSONDecoder()
  decoder.nonConformingFloatDecodingStrategy = .convertFromString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  return try decoder.decode(type, from: Data(line))
}
