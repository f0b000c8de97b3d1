import Foundation
import Testing
import Text

@Suite("A JSON text")
struct JSONTests {
  private func read(_ text: String, depthLimit: Int = 16) throws(JSONError) -> JSON {
    try JSON(text: Array(text.utf8), depthLimit: depthLimit)
  }

  @Test("is read as RFC 8259 has it")
  func values() throws {
    #expect(try read(" null ") == .null)
    #expect(try read("[true,false]") == [true, false])
    #expect(try read("-0") == 0)
    #expect(try read("9223372036854775807") == .integer(.max))
    #expect(try read("9223372036854775808") == .number(9_223_372_036_854_775_808))
    #expect(try read("9007199254740993") == 9_007_199_254_740_993)
    #expect(try read("-1.5e+3") == .number(-1500))
    #expect(try read("{}") == [:])
    #expect(try read(#"{"a" : {"b":[1 , 2.0]}}"#) == ["a": ["b": [1, 2.0]]])
    #expect(try read(#""\"\\\/\b\f\n\r\t\u00e9\ud83c\udfa4é""#) == "\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1F3A4}é")
  }

  @Test(
    "is refused where it is not",
    arguments: [
      "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "01", "-", "1.", ".5", "1e", "+1", "NaN", "Infinity",
      "1e999", "tru", "nul", "\"", "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "\"\\ud800\"", "\"\\udc00\"",
      "\"\\ud800\\u0041\"", "\"\\", "\"\u{1}\"", "1 2", "{} {}", "{\"a\":1,\"a\":2}", "'a'", "[1 2]", "// x\n1",
    ])
  func malformed(text: String) {
    #expect(throws: JSONError.self) { try read(text) }
  }

  @Test(
    "that is broken says where, what was found and what was expected",
    arguments: [
      ("{", 1, "the end of the text", "a name in double quotes", "a name in double quotes is missing"),
      ("{x}", 1, "\"x\"", "a name in double quotes", "a name in double quotes is missing"),
      (" nonsense", 1, "\"n\"", "a value", "a value is missing"),
      ("[1 é]", 3, "\"é\"", "',' or ']'", "',' or ']' is missing"),
      (#"{"a":01}"#, 6, "\"1\"", "',' or '}'", "',' or '}' is missing"),
      (#"{"a" 1}"#, 5, "\"1\"", #"':' after "a""#, #"':' after "a" is missing"#),
      (#"{"a":1, "a":2}"#, 8, #""a" given twice"#, "each name once", #""a" given twice"#),
      ("[1e999]", 1, "a number out of range", "a finite number", "a number out of range"),
      ("1.x", 2, "\"x\"", "a digit", "a digit is missing"),
      (
        #"["a"#, 1, "a text without its closing quote", "a text in double quotes", "a text without its closing quote"
      ),
      (#""\ud800""#, 3, "half of a surrogate pair", "both halves", "half of a surrogate pair"),
      (#""\u12""#, 3, "\"1\"", "four hexadecimal digits", "four hexadecimal digits is missing"),
      (
        "{} {", 3, "something after the end of the value", "the end of the text",
        "something after the end of the value"
      ),
    ])
  func place(text: String, position: Int, found: String, expected: String, reason: String) throws {
    let error = try #require(throws: JSONError.self) { try read(text) }
    #expect(error.position == position)
    #expect(error.found == found)
    #expect(error.expected == expected)
    #expect(error.reason == reason)
  }

  @Test("is refused when it is not UTF-8, and says where")
  func encoding() throws {
    let error = try #require(throws: JSONError.self) { try JSON(text: [0x20, 0x22, 0xFF, 0x22], depthLimit: 1) }
    #expect(error.position == 1 && error.expected == "UTF-8")
    #expect(throws: JSONError.self) { try JSON(text: [0xFF], depthLimit: 1) }
  }

  @Test("cannot exhaust the stack", arguments: [1, 16, 64])
  func nesting(limit: Int) throws {
    let nested = { (levels: Int) in String(repeating: "[", count: levels) + String(repeating: "]", count: levels) }
    #expect(throws: Never.self) { try read(nested(limit), depthLimit: limit) }
    for levels in [limit + 1, 500_000] {
      let error = try #require(throws: JSONError.self) { try read(nested(levels), depthLimit: limit) }
      #expect(error.position == limit && error.reason == "a value nested deeper than \(limit)")
    }
    let wide = "[\(Array(repeating: "{}", count: 100).joined(separator: ","))]"
    #expect(throws: Never.self) { try read(wide, depthLimit: 2) }
  }

  @Test("is written again as it was read, and read again by a general decoder")
  func writing() throws {
    let text = #"{"a":[1,2.5,null,true,"x"],"b":{}}"#
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let written = try encoder.encode(read(text))
    #expect(String(decoding: written, as: UTF8.self) == text)
    #expect(try JSONDecoder().decode(JSON.self, from: written) == read(text))
  }
}
