import Control
import Foundation
import Testing

/// The page that documents the protocol, held against the server.
struct PageTests {
  private let page: String

  init() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/Control/PROTOCOL.md")
    page = try String(contentsOf: file, encoding: .utf8)
  }

  @Test func theSessionIsAsItIsWritten() async throws {
    let lines = page.split(separator: "\n").filter { $0.hasPrefix("→ ") || $0.hasPrefix("← ") }
    #expect(lines.count > 20)
    try await serving { server in
      let path = server.path
      try await blocking {
        let client = try RawClient(path)
        for line in lines {
          let text = String(line.dropFirst(2))
          if line.hasPrefix("→") {
            try client.send(text)
          } else {
            // What a daemon would say by itself is said here at the moment at which the page has it.
            if let notice = try? JSONDecoder().decode(Notice.self, from: Data(text.utf8)) { server.publish(notice) }
            #expect(try client.line() == text)
          }
        }
      }
    }
  }

  @Test func everyMethodIsOnThePage() async throws {
    let refusal = try await serving { server in
      let path = server.path
      return try await blocking {
        let client = try RawClient(path)
        _ = try client.line()
        return try client.ask(#"{"jsonrpc":"2.0","id":1,"method":"?"}"#)
      }
    }
    let methods = refusal?.text("error.data.expected").split(separator: ", ") ?? []
    #expect(methods.count == 10)
    for method in methods { #expect(page.contains("\n| `\(method)` |")) }
  }

  @Test func everyErrorIsOnThePage() {
    let codes: [ControlError.Code] = [
      .parse, .invalidRequest, .methodNotFound, .invalidParameters, .failed, .presetRefused, .presetUnknown, .notNow,
      .lineTooLong, .lineUnfinished, .full, .madeRoom, .notPermitted,
    ]
    for code in codes { #expect(page.contains("\n| \(code.rawValue) |")) }
  }

  @Test func theLimitsAreThoseOnThePage() {
    let limits = ControlLimits()
    let words = page[page.startIndex...].replacing("\n", with: " ")
    for sentence in [
      "at most \(limits.line) bytes", "at most \(limits.batch) requests", "At most \(limits.clients) clients",
      "\(Int(limits.burst)) at once and then \(Int(limits.rate)) a second", "within \(Int(limits.lineSeconds)) s",
      "While \(limits.backlog) bytes", "for \(Int(limits.stallSeconds)) s", "lets \(limits.queue) bytes",
    ] { #expect(words.contains(sentence), "\(sentence)") }
  }
}
