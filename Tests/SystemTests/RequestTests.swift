import CJack
import Foundation
import Live
import Preset
import Synchronization
import Testing

@testable import Audio

extension SystemTests {
  /// What the service asks of the server, from several threads at a time.
  @Suite(.serialized) struct RequestTests {
    /// A change of presets tells its latency while the service looks after connections and the period; JACK's library
    /// would mix up what they ask, and the server would wait for the rest of a request for ever.
    @Test func everyThreadIsAnswered() async throws {
      let server = try JackServer(period: 64)
      let other = try server.withClient { client in
        // Not in the macro, which would outlive the name.
        let port = jack_port_register(client, "out", JACK_DEFAULT_AUDIO_TYPE, UInt(JackPortIsOutput.rawValue), 0)
        return try #require(port)
      }
      defer { _ = try? server.withClient { jack_port_unregister($0, other) } }
      let library = PresetLibrary(paths: [Daemon.presets.path])
      let conductor = Conductor(library: library, preset: try library.load("passthrough"), options: LiveOptions())
      let opened = try Client.open(name: "sotto-requests", server: server.name)
      let path = try await conductor.connect(rate: opened.rate, period: opened.period, priority: nil)
      let client = try Client(opened, path: path, channels: 2, latency: 0)

      let link = Link(isInput: true, port: "in_1", peer: "sotto-test-probe:out")
      let answered = Atomic<Int>(0)
      for thread in 0..<4 {
        Thread.detachNewThread {
          for number in 0..<2000 {
            if thread < 2 { _ = client.connect(link) } else { client.announce(latency: number) }
            answered.add(1, ordering: .relaxed)
          }
        }
      }
      for _ in 0..<300 where answered.load(ordering: .relaxed) < 8000 { try await Task.sleep(for: .seconds(0.1)) }
      #expect(answered.load(ordering: .relaxed) == 8000)
    }
  }
}
