import Testing

@testable import Preset

@Suite("The TOML of a preset")
struct TOMLTests {
  private func parse(_ text: String) throws -> TOML.Table { try TOMLParser.parse(Array(text.utf8)) }

  private func value(_ text: String) throws -> TOML.Content? { try parse("x = \(text)").members["x"]?.content }

  /// The value under a dotted path, and the line on which it stands.
  private func find(_ path: String, in table: TOML.Table) -> TOML? {
    var found: TOML? = TOML(content: .table(table), line: 0)
    for key in path.split(separator: ".") {
      guard case .table(let inner)? = found?.content else { return nil }
      found = inner.members[String(key)]
    }
    return found
  }

  static let values: [(String, TOML.Content)] = [
    ("\"a\\tb\\u00e9\\\"\"", .string("a\tbé\"")), ("'C:\\x'", .string("C:\\x")), ("\"\"", .string("")),
    ("\"\"\"\na\\\n   b\n\"quoted\"\"\"\"", .string("ab\n\"quoted\"")), ("'''\n'x' \\n'''", .string("'x' \\n")),
    ("0", .integer(0)), ("-17", .integer(-17)), ("+1_000", .integer(1000)), ("0xDEAD_beef", .integer(0xDEAD_BEEF)),
    ("0o755", .integer(0o755)), ("0b101", .integer(5)), ("9223372036854775807", .integer(.max)),
    ("1.5", .number(1.5)), ("-0.0", .number(-0.0)), ("6.626e-34", .number(6.626e-34)), ("1e3", .number(1000)),
    ("1_0.2_5", .number(10.25)), ("true", .boolean(true)), ("false", .boolean(false)), ("[]", .array([])),
    ("{}", .table(TOML.Table(origin: .inline))),
  ]

  @Test("values are what TOML 1.0 says", arguments: values)
  func value(text: String, content: TOML.Content) throws {
    #expect(try value(text) == content)
  }

  @Test("arrays may span lines, with comments, and end in a comma")
  func array() throws {
    guard case .array(let values)? = try value("[ 1, # one\n 2,\n]") else {
      Issue.record("no array")
      return
    }
    #expect(values == [TOML(content: .integer(1), line: 1), TOML(content: .integer(2), line: 2)])
  }

  @Test("tables, dotted keys and inline tables nest, and every value knows its line")
  func tables() throws {
    let table = try parse(
      """
      # a comment\r
      top = 1\r

      [a]
      x.y = 2
      x."z w" = 3
      [a.b.c]   # deeper before shallower
      d = { e = 4, f.g = 'h' }
      [a.b]
      i = 5
      """)
    #expect(find("top", in: table) == TOML(content: .integer(1), line: 2))
    #expect(find("a.x.y", in: table) == TOML(content: .integer(2), line: 5))
    #expect(find("a.x.z w", in: table) == TOML(content: .integer(3), line: 6))
    #expect(find("a.b.c.d.e", in: table) == TOML(content: .integer(4), line: 8))
    #expect(find("a.b.c.d.f.g", in: table) == TOML(content: .string("h"), line: 8))
    #expect(find("a.b.i", in: table) == TOML(content: .integer(5), line: 10))
  }

  @Test(
    "what is not TOML is refused",
    arguments: [
      "x", "x =", "= 1", "x = 1 y = 2", "x = 01", "x = 1__0", "x = _1", "x = 1_", "x = .5", "x = 5.", "x = 1.e3",
      "x = inf", "x = nan", "x = 1e999", "x = 0x", "x = 0xG", "x = -0x1", "x = 99999999999999999999", "x = True",
      "x = 2026-01-01", "x = 07:30:00", "x = \"a", "x = \"a\nb\"", "x = \"\\x\"", "x = \"\\ud800\"", "x = \"\"\"a",
      "x = '''a", "x = [1 2]", "x = [1", "x = {a = 1", "x = {a = 1,}", "x = {\na = 1}", "x = 1\nx = 2", "[a]\n[a]",
      "[a]\nb = 1\n[a.b]", "a.b = 1\n[a]", "[a.b]\nc = 1\n[a]\nb.d = 2", "a = {b = 1}\na.c = 2", "a = {}\n[a]", "[[a]]",
      "[a", "[]", "[a.]", "a..b = 1", "x = 1 # \u{1}", "\"\"\"a\"\"\" = 1", "x = nul", "x = +-1", "x = 1 # a\rb = 2",
    ])
  func malformed(text: String) {
    #expect(throws: TOMLParser.Failure.self) { try parse(text) }
  }

  @Test("a fault is told with its line")
  func line() throws {
    let failure = try #require(throws: TOMLParser.Failure.self) { try parse("a = 1\n\n# c\nb = 'x\n") }
    #expect(failure.line == 4)
    let twice = try #require(throws: TOMLParser.Failure.self) { try parse("a = 1\nb = 2\na = 3\n") }
    #expect(
      twice == TOMLParser.Failure(line: 3, found: "\"a\" a second time", expected: "each key and each table once"))
  }

  @Test("cannot exhaust the stack")
  func nesting() {
    #expect(throws: TOMLParser.Failure.self) { try parse("x = " + String(repeating: "[", count: 10_000)) }
    #expect(throws: TOMLParser.Failure.self) { try parse("x = " + String(repeating: "{a=", count: 5_000)) }
    #expect(throws: TOMLParser.Failure.self) {
      try parse("[" + Array(repeating: "a", count: 8_000).joined(separator: ".") + "]")
    }
  }
}
