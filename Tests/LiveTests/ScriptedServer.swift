import Foundation
import Live
import Preset
import Realtime
import Synchronization

/// A sound server of our own: calls the audio side period after period on a thread, as fast as the test wants.
final class ScriptedServer: @unchecked Sendable {
  let path: LivePath
  let period: Int
  private let channels: Int
  private let isRunning = Atomic<Bool>(true)
  private let isOffline = Atomic<Bool>(false)
  private let cycles = Atomic<Int>(0)
  private let pauseNanoseconds: Atomic<Int>
  private var thread: RealtimeThread?
  /// What was played and what came back, per channel; read only after ``stop()``.
  private(set) var played: [[Float]]
  private(set) var voice: [[Float]]
  private(set) var accompaniment: [[Float]]

  /// Plays what `source` says a sample of a channel is, one period every `pause` seconds, and keeps what was played and
  /// what came back unless it `forgets`.
  init(
    path: LivePath, channels: Int = 2, period: Int, pause: Double, forgets: Bool = false,
    source: @escaping @Sendable (_ channel: Int, _ sample: Int) -> Float
  ) {
    self.path = path
    self.period = period
    self.channels = channels
    pauseNanoseconds = Atomic(Int(pause * 1e9))
    played = [[Float]](repeating: [], count: channels)
    voice = played
    accompaniment = played
    thread = RealtimeThread(priority: nil) { [unowned self] in
      let planes = SampleBuffer(count: 3 * channels * period)
      let pointers = UnsafeMutablePointer<UnsafeMutablePointer<Float>>.allocate(capacity: 3 * channels)
      defer { pointers.deallocate() }
      for plane in 0..<3 * channels { (pointers + plane).initialize(to: planes.base + plane * period) }
      let inputs = UnsafeRawPointer(pointers).assumingMemoryBound(to: UnsafePointer<Float>.self)
      var position = 0
      while isRunning.load(ordering: .acquiring) {
        for channel in 0..<channels {
          for i in 0..<period { pointers[channel][i] = source(channel, position + i) }
        }
        path.audioSide.pointee.process(
          input: inputs, voice: pointers + channels, accompaniment: pointers + 2 * channels, count: period,
          offline: isOffline.load(ordering: .relaxed))
        for channel in 0..<(forgets ? 0 : channels) {
          played[channel].append(contentsOf: UnsafeBufferPointer(start: pointers[channel], count: period))
          voice[channel].append(contentsOf: UnsafeBufferPointer(start: pointers[channels + channel], count: period))
          accompaniment[channel]
            .append(contentsOf: UnsafeBufferPointer(start: pointers[2 * channels + channel], count: period))
        }
        position += period
        cycles.wrappingAdd(1, ordering: .relaxed)
        if !isOffline.load(ordering: .relaxed) {
          Thread.sleep(forTimeInterval: Double(pauseNanoseconds.load(ordering: .relaxed)) * 1e-9)
        }
      }
    }
  }

  /// Waits until `count` more periods have been played.
  func play(periods count: Int) async {
    let end = cycles.load(ordering: .relaxed) + count
    while cycles.load(ordering: .relaxed) < end { try? await Task.sleep(for: .milliseconds(2)) }
  }

  /// Leaves so many seconds between periods from now on.
  func slowDown(to pause: Double) { pauseNanoseconds.store(Int(pause * 1e9), ordering: .relaxed) }

  func freewheel(_ on: Bool) { isOffline.store(on, ordering: .relaxed) }

  func stop() {
    isRunning.store(false, ordering: .releasing)
    thread?.join()
    thread = nil
  }
}

/// A folder of presets for one test.
struct PresetFolder {
  let url: URL
  var library: PresetLibrary { PresetLibrary(paths: [url.path]) }

  init(_ files: [String: String]) throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("sotto-live-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (name, text) in files { try write(name, text) }
  }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: url.appendingPathComponent(name + ".toml"))
  }

  func remove() { try? FileManager.default.removeItem(at: url) }
}
