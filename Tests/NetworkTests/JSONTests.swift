import Foundation
import Testing

@testable import Network

@Suite("The JSON of a weights file")
struct JSONTests {
  private func parse(_ text: String) throws -> JSON { try JSONParser.parse(Array(text.utf8)) }

  @Test("is read as RFC 8259 has it")
  func values() throws {
    #expect(try parse(" null ") == .null)
    #expect(try parse("[true,false]") == .array([.boolean(true), .boolean(false)]))
    #expect(try parse("-0") == .integer(0))
    #expect(try parse("9223372036854775807") == .integer(.max))
    #expect(try parse("9223372036854775808") == .number(9223372036854775808))
    #expect(try parse("-1.5e+3") == .number(-1500))
    #expect(try parse("{}") == .object([:]))
    #expect(
      try parse(#"{"a" : {"b":[1 , 2.0]}}"#) == .object(["a": .object(["b": .array([.integer(1), .number(2)])])]))
    #expect(try parse(#""\"\\\/\b\f\n\r\t\u00e9\ud83c\udfa4é""#) == .string("\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1F3A4}é"))
  }

  @Test(
    "is refused where it is not",
    arguments: [
      "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "01", "-", "1.", ".5", "1e", "+1", "NaN", "Infinity",
      "1e999", "tru", "nul", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
      "\"\u{1}\"",
      "1 2", "{} {}", "{\"a\":1,\"a\":2}", "'a'", "[1 2]", "// x\n1",
    ])
  func malformed(text: String) {
    #expect(throws: JSONParser.Failure.self) { try parse(text) }
  }

  @Test("is refused when it is not UTF-8, and says where")
  func encoding() throws {
    let failure = try #require(throws: JSONParser.Failure.self) {
      try JSONParser.parse([0x20, 0x22, 0xFF, 0x22])
    }
    #expect(failure.byte == 1 && failure.expected == "UTF-8")
  }

  @Test("cannot exhaust the stack")
  func nesting() throws {
    let deep = String(repeating: "[", count: 500_000)
    #expect(throws: JSONParser.Failure.self) { try parse(deep) }
    let levels = JSONParser.depthLimit
    #expect(throws: Never.self) {
      try parse(String(repeating: "[", count: levels) + String(repeating: "]", count: levels))
    }
  }

  @Test("is written again as it was read")
  func writing() throws {
    let text = #"{"a":[1,2.5,null,true,"x"],"b":{}}"#
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(parse(text)), as: UTF8.self) == text)
  }
}
