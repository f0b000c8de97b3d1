internal import Network

/// A model's layers, run a frame at a time on frames that are drawn.
@safe
final class BenchGraph {
  private var graph: NetworkGraph
  private let frames: [[Float]]
  private var turn = 0

  /// The frames that come around.
  private static let frameCount = 8

  init(model: Model) {
    graph = NetworkGraph(model: model)
    let signed = model.description.input.feature == .spectrum
    var state: UInt64 = 7
    let count = graph.inputCount
    frames = (0..<Self.frameCount).map { _ in
      (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let number = Float(state >> 40) / Float(1 << 24)
        return signed ? 2 * number - 1 : number
      }
    }
  }

  /// One frame in, one result out.
  func step() { _ = unsafe advance() }

  /// The same; the result is valid until the next step.
  private func advance() -> UnsafePointer<Float> {
    let frame = frames[turn % Self.frameCount]
    unsafe frame.withUnsafeBufferPointer { numbers in
      if let base = numbers.baseAddress { unsafe graph.input.update(from: base, count: numbers.count) }
    }
    turn += 1
    return unsafe graph.step()
  }

  /// The first frames, and what comes of them when nothing was before.
  func first(_ count: Int) -> (frames: [[Float]], results: [[Float]]) {
    graph.reset()
    turn = 0
    let results = (0..<count).map { _ in
      let result = unsafe advance()
      return (0..<graph.outputCount).map { unsafe result[$0] }
    }
    return (Array(frames[..<count]), results)
  }
}
