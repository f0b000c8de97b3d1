import Foundation
import Network
import ONNX
import Sound
import Testing

/// Published models on real sound; `make_references.py` wrote what ONNX Runtime makes of it.
///
/// The models are not part of the repository: SOTTO_DATA names the folder that has them.
@Suite("Published models", .enabled(if: data != nil, "SOTTO_DATA is not set: needs the folder of models"))
struct ModelTests {
  /// 24 frames of the demo from its tenth second on, channel by channel.
  private func blocks(window: Int, hop: Int, channels: Int) throws -> [[[Double]]] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    var reader = try SoundReader(path: root.appendingPathComponent("presets/demo/everything-is-free.flac").path)
    let sound = try reader.readAll().prefix(channels).map { $0.dropFirst(480_000).map(Double.init) }
    return (0..<24).map { frame in sound.map { Array($0[frame * hop..<frame * hop + window]) } }
  }

  private func hann(_ length: Int) -> [Double] {
    (0..<length).map { 0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(length)) }
  }

  /// The 24 results of the imported model at `path`, and the furthest that they are from ONNX Runtime's.
  private func distance(
    _ path: String, _ reference: String, frames: [[Float]], _ change: (inout ImportOptions) -> Void
  ) throws -> (distance: Float, played: Played) {
    var options = ImportOptions()
    change(&options)
    let played = try Played("\(#require(data))/models/\(path)", options)
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    let bytes = try Data(contentsOf: folder.appendingPathComponent("\(reference).reference"))
    let numbers = bytes.withUnsafeBytes { bytes in
      (0..<2).map { Int(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) }
    }
    let (step, count) = (numbers[0], numbers[1])
    let expected: [[Float]] = bytes.withUnsafeBytes { bytes in
      (0..<24).map { frame in
        (0..<count).map { bytes.loadUnaligned(fromByteOffset: 8 + 4 * (frame * count + $0), as: Float.self) }
      }
    }
    let results = played.results(frames).map { result in stride(from: 0, to: result.count, by: step).map { result[$0] }
    }
    return (ONNXTests.distance(results, expected), played)
  }

  @Test("TDC-17: stereo spectra through a hundred convolutions")
  func tdc17() throws {
    let window = hann(2048)
    let frames = try blocks(window: 2048, hop: 1024, channels: 2).map { channels in
      channels.flatMap { planes(of: zip($0, window).map(*)) }
    }
    let (distance, played) = try distance("tdc17/tdc17_top1_frame.onnx", "tdc17", frames: frames) {
      ($0.rate, $0.hop) = (44100, 1024)
    }
    #expect(distance < 1e-4)
    let description = played.model.description
    #expect(description.grid.window == 2048 && description.grid.shape == .hann && description.input.channels == 2)
    // Of 455 nodes are left those that compute, and the concatenations of its dense blocks.
    let moves = played.kinds.filter { ["permute", "slice", "gather", "state"].contains($0) }
    #expect(moves.isEmpty)
  }

  @Test("GTCRN: caches of convolutions and GRUs in three tensors")
  func gtcrn() throws {
    let window = hann(512).map { $0.squareRoot() }
    let frames = try blocks(window: 512, hop: 256, channels: 1).map { planes(of: zip($0[0], window).map(*)) }
    let (distance, _) = try distance("gtcrn/gtcrn_simple.onnx", "gtcrn", frames: frames) {
      ($0.rate, $0.hop, $0.shape) = (16000, 256, .squareRootHann)
    }
    #expect(distance < 1e-4)
  }

  @Test("DTLN: two LSTMs whose states travel in one tensor become two layers with states of their own")
  func dtln() throws {
    let frames = try blocks(window: 512, hop: 128, channels: 1).map { channels in
      let planes = planes(of: channels[0])
      return (0..<257).map { (planes[$0] * planes[$0] + planes[$0 + 257] * planes[$0 + 257]).squareRoot() }
    }
    let (distance, played) = try distance("dtln/model_1.onnx", "dtln-1", frames: frames) {
      ($0.rate, $0.hop) = (16000, 128)
    }
    #expect(distance < 1e-4)
    #expect(played.kinds.filter { $0 != "reshape" } == ["lstm", "lstm", "dense"])
  }

  @Test("DTLN's second model is right as a graph, and refused as a preset: it hears samples")
  func samples() throws {
    let frames = try blocks(window: 512, hop: 128, channels: 1).map { $0[0].map(Float.init) }
    // A window of 1022 samples would have as many bins as the model has samples.
    let (distance, _) = try distance("dtln/model_2.onnx", "dtln-2", frames: frames) {
      ($0.rate, $0.hop, $0.window, $0.output) = (16000, 128, 1022, .voiceMagnitude)
    }
    #expect(distance < 1e-4)
    var options = ImportOptions()
    (options.rate, options.hop) = (16000, 128)
    do {
      _ = try ONNXImport.read(path: "\(#require(data))/models/dtln/model_2.onnx", options: options)
      Issue.record("a model that hears samples was taken for one that hears spectra")
    } catch let error as ONNXError {
      #expect(error.description.contains("samples of sound") && error.description.contains("cannot play"))
    }
  }
}

private let data = ProcessInfo.processInfo.environment["SOTTO_DATA"]

/// Real parts, then imaginary parts of the lower half of the transform of `samples`, a power of two of them.
private func planes(of samples: [Double]) -> [Float] {
  var (real, imaginary) = (samples, [Double](repeating: 0, count: samples.count))
  var (count, place) = (samples.count, 0)
  for index in 1..<count {
    var bit = count >> 1
    while place & bit != 0 {
      place ^= bit
      bit >>= 1
    }
    place |= bit
    if index < place { real.swapAt(index, place) }
  }
  var span = 1
  while span < count {
    for first in stride(from: 0, to: count, by: 2 * span) {
      for offset in 0..<span {
        let angle = -Double.pi * Double(offset) / Double(span)
        let (a, b) = (first + offset, first + offset + span)
        let x = real[b] * cos(angle) - imaginary[b] * sin(angle)
        let y = real[b] * sin(angle) + imaginary[b] * cos(angle)
        (real[b], imaginary[b]) = (real[a] - x, imaginary[a] - y)
        (real[a], imaginary[a]) = (real[a] + x, imaginary[a] + y)
      }
    }
    span *= 2
  }
  count = count / 2 + 1
  return real[..<count].map(Float.init) + imaginary[..<count].map(Float.init)
}
