import FuzzInput
import Glibc
@testable import Network

/// Feeds weights files and dictionaries to their readers; of a model that is taken, three frames are run.
enum FuzzModel {
  static let file = ScratchFile("model")
  /// A model may take seconds a frame; what takes longer than this shows nothing that a smaller one would not.
  static let multiplicationLimit = 1 << 22

  static func read(_ bytes: UnsafeRawBufferPointer) {
    file.hold(bytes)
    do throws(ModelError) {
      let model = try Model.load(path: file.path)
      if model.description.multiplications <= multiplicationLimit {
        run(model)
        let inBytes = try Model.load(path: file.path, products: .bytes)
        if inBytes.products == .bytes { run(inBytes) }
      }
    } catch {
      require(error.description, names: file.path)
    }
    do throws(ModelError) {
      _ = try SpectralDictionary(path: file.path)
    } catch {
      require(error.description, names: file.path)
    }
  }

  private static func run(_ model: Model) {
    var graph = NetworkGraph(model: model)
    for frame in 0..<3 {
      for index in 0..<graph.inputCount { graph.input()[index] = Float((index * 7 + frame) % 19) * 0.05 }
      graph.step()
      blackHole(graph.output()[0] + graph.output()[graph.outputCount - 1])
    }
    graph.reset()
    blackHole(VoiceNetwork(model: model).bins)
  }
}

@inline(never) private func blackHole(_ value: some Any) {}

/// What libFuzzer calls with one input after another.
@_cdecl("LLVMFuzzerTestOneInput")
public func read(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  FuzzModel.read(UnsafeRawBufferPointer(start: bytes, count: count))
  return 0
}
