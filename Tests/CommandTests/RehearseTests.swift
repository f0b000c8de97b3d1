import ChildProcess
import Control
import ControlFixtures
import Foundation
import Sound
import Testing

/// What `sotto rehearse` plays, records and says, through a daemon and a JACK server of the test's own.
@Suite(.serialized) struct RehearseTests {
  /// A JACK server without a sound card and a daemon on it, both gone with the test.
  private final class Stage {
    let folder: TemporaryFolder
    let server = "sotto-stage-\(UInt32.random(in: 0...UInt32.max))"
    private let jack: ChildProcess
    private let daemon: ChildProcess

    var socket: String { folder.file("control.sock") }

    init(rate: Int, preset: String) throws {
      folder = try TemporaryFolder()
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
      var environment = ProcessInfo.processInfo.environment
      for name in ["XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "HOME"] { environment[name] = folder.path }
      jack = try ChildProcess(
        "jackd", ["-n", server, "-d", "dummy", "-r", "\(rate)", "-p", "1024"], environment: environment)
      daemon = try ChildProcess(
        URL(filePath: Tool.path).deletingLastPathComponent().appending(path: "sottod").path,
        [
          "--server", server, "--socket", folder.file("control.sock"), "--preset", preset, "--preset-path", presets,
        ], environment: environment)
    }

    /// Waits until the daemon plays: a busy machine takes its time to measure what a step costs.
    func wait() async throws {
      let socket = socket
      let isPlaying = try await onThread {
        for _ in 0..<1200 {
          if let status = try? ControlClient(path: socket).status(), status.state == .running { return true }
          usleep(50_000)
        }
        return false
      }
      try #require(isPlaying, "JACK server running: \(jack.isRunning), daemon running: \(daemon.isRunning)")
    }

    deinit {
      for process in [daemon, jack] {
        process.send(SIGTERM)
        process.wait()
      }
      let uid = getuid()
      for entry in (try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")) ?? []
      where entry.hasPrefix("jack_\(server)_\(uid)_") || entry.hasPrefix("jack_sem.\(uid)_\(server)_") {
        unlink("/dev/shm/\(entry)")
      }
      folder.remove()
    }
  }

  /// A chirp on every channel, each higher than the one before.
  private func store(channels: Int, seconds: Double, rate: Int, at path: String) throws -> [[Float]] {
    let count = Int(seconds * Double(rate))
    let sound = (0..<channels).map { channel in
      (0..<count).map { index in
        let time = Double(index) / Double(rate)
        return Float(0.3 * sin(2 * .pi * (200 * Double(channel + 1) + 800 * time) * time))
      }
    }
    var writer = try SoundWriter(path: path, sampleRate: rate, channels: channels)
    try writer.write(planar: sound, frames: count)
    try writer.finish()
    return sound
  }

  private func load(_ path: String) throws -> [[Float]] {
    var reader = try SoundReader(path: path)
    return try reader.readAll()
  }

  @Test("Played in real time, the stems add up to the recording and the latency is the one told", arguments: [1, 2])
  func wholeWay(channels: Int) async throws {
    let stage = try Stage(rate: 48_000, preset: "centre")
    try await stage.wait()
    let sound = try store(channels: channels, seconds: 3, rate: 48_000, at: stage.folder.file("song.wav"))
    let outcome = try await Tool(socket: stage.socket)(
      "rehearse", stage.folder.file("song.wav"), "--output", stage.folder.file("out"), "--json")
    #expect(outcome.status == 0 && outcome.lines.count == 1, "\(outcome.messages)")
    let said = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(said["preset"] as? String == "centre")
    #expect(said["sampleRate"] as? Int == 48_000)
    #expect(said["period"] as? Int == 1024)
    #expect((said["frames"] as? Int ?? 0) > 100)
    let latency = try #require(said["latency"] as? [String: Any])
    let told = try #require(latency["told"] as? Int)
    // A window of 1024, hops of 256 in whole periods, and at least one period in hand.
    #expect(told >= 1024 - 256 + 1024 && (told - (1024 - 256)) % 1024 == 0)
    #expect(latency["declared"] as? Int == told)
    // Where the server stumbled all the time there is nothing to measure by, but then it says that it did.
    let disturbances = try #require(said["disturbances"] as? Int)
    #expect(latency["measured"] as? Int == told || disturbances > 0 && latency["measured"] is NSNull)
    #expect((said["null"] as? Double ?? 0) < -120 || disturbances > 0 && said["null"] is NSNull)

    let voice = try load(stage.folder.file("out/song.voice.wav"))
    let accompaniment = try load(stage.folder.file("out/song.accompaniment.wav"))
    #expect(voice.count == 2 && voice[0].count == sound[0].count)
    for channel in 0..<2 {
      let played = sound[min(channel, channels - 1)]
      let wrong = played.indices.count { abs(voice[channel][$0] + accompaniment[channel][$0] - played[$0]) > 1e-5 }
      // A cycle lost is heard once in the sound and once in what the windows remember of it.
      #expect(wrong <= disturbances * (told + 4 * 1024))
    }
  }

  @Test("A recording of another rate is converted, and people are told")
  func otherRate() async throws {
    let stage = try Stage(rate: 48_000, preset: "passthrough")
    try await stage.wait()
    _ = try store(channels: 2, seconds: 3, rate: 44_100, at: stage.folder.file("song.wav"))
    let outcome = try await Tool(socket: stage.socket)(
      "rehearse", stage.folder.file("song.wav"), "--output", stage.folder.path, "--seconds", "1")
    #expect(outcome.status == 0, "\(outcome.messages)")
    #expect(outcome.output.contains("at 48000 Hz, period 1024, converted from 44100 Hz"))
    #expect(outcome.lines.contains { $0.hasPrefix("latency told") })
    #expect(outcome.lines.contains { $0.hasPrefix("latency measured") })
    #expect(outcome.lines.contains { $0.hasPrefix("sum of the stems") })
    #expect(outcome.lines.contains { $0.hasPrefix("late frames") })
    #expect(try load(stage.folder.file("song.voice.wav"))[0].count == 48_000)
  }

  @Test("Played again and again beside busy processes, until as many frames are separated as were asked for")
  func rounds() async throws {
    let stage = try Stage(rate: 48_000, preset: "centre")
    try await stage.wait()
    _ = try store(channels: 2, seconds: 1, rate: 48_000, at: stage.folder.file("song.wav"))
    let outcome = try await Tool(socket: stage.socket)(
      "rehearse", stage.folder.file("song.wav"), "--output", stage.folder.path, "--frames", "800", "--busy", "2",
      "--json"
    )
    #expect(outcome.status == 0 && outcome.lines.count == 1, "\(outcome.messages)")
    let said = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    // A second has 187 frames.
    #expect((said["frames"] as? Int ?? 0) >= 800)
    #expect((said["rounds"] as? Int ?? 0) >= 2)
    #expect((said["seconds"] as? Double ?? 0) == Double(said["rounds"] as? Int ?? 0))
    let disturbances = try #require(said["disturbances"] as? Int)
    #expect((said["null"] as? Double ?? 0) < -120 || disturbances > 0 && said["null"] is NSNull)
    let wrong = try await Tool.bare("rehearse", "song.wav", "--busy", "1000")
    #expect(wrong.status == 64 && wrong.messages.contains("found 1000"))
  }

  @Test("Without a daemon, a server or a file it says which is missing")
  func missing() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    _ = try store(channels: 2, seconds: 0.1, rate: 48_000, at: folder.file("song.wav"))
    let alone = try await Tool(socket: folder.file("none.sock"))("rehearse", folder.file("song.wav"))
    #expect(alone.status == 69)
    #expect(alone.messages.contains("no daemon answers at \(folder.file("none.sock"))"))

    try await playing { sotto, _ in
      let server = try await sotto("rehearse", folder.file("song.wav"), "--server", "sotto-nobody")
      #expect(server.status == 69)
      #expect(server.messages == "sotto: no JACK server 'sotto-nobody' to connect to\n")
      let file = try await sotto("rehearse", folder.file("nothing.wav"))
      #expect(file.status == 66)
      #expect(file.messages.contains("nothing.wav"))
    }
  }
}
