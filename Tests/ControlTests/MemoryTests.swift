import Control
import Foundation
import Testing

/// What a server keeps after clients have done their worst.
struct MemoryTests {
  @Test func memoryDoesNotGrowWithWhatIsSent() async throws {
    var limits = ControlLimits()
    limits.rate = 1e6
    try await serving(limits: limits) { server in
      let path = server.path
      try await abuse(path, rounds: 20)
      #expect(try await eventually { server.clients == 0 })
      let before = try residentBytes()
      // Some 60 MB of lines, whole, half and too long.
      try await abuse(path, rounds: 200)
      #expect(try await eventually { server.clients == 0 })
      #expect(try residentBytes() - before < 24 << 20)
    }
  }

  private func abuse(_ path: String, rounds: Int) async throws {
    try await blocking {
      for round in 0..<rounds {
        let half = try RawClient(path)
        try half.send(bytes: [UInt8](repeating: UInt8(ascii: "["), count: 60 << 10))
        let long = try RawClient(path)
        try? long.send(bytes: [UInt8](repeating: 0x20, count: 200 << 10))
        let flood = try RawClient(path)
        try flood.send((0..<50).map { Line.status($0) }.joined(separator: "\n"))
        if round.isMultiple(of: 2) {
          flood.finish()
          #expect(try flood.rest().count == 51)
        }
      }
    }
  }

  private func residentBytes() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return try #require(Int(fields[1])) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
