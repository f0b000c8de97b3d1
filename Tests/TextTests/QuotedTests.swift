import Testing
import Text

@Suite("A text in an error")
struct QuotedTests {
  @Test("cannot steer a terminal, and is not longer than can be read")
  func hostile() {
    #expect(quoted("é\u{1B}[2J\u{202E}\n") == "\"é\\u{1b}[2J\\u{202e}\\u{a}\"")
    #expect(quoted(String(repeating: "x", count: 10_000)) == "\"\(String(repeating: "x", count: 80))…\"")
    #expect(quotedList(["a", "b"]) == "\"a\", \"b\"")
  }
}
