import FuzzInput
import Glibc
import Network
import ONNX

/// Feeds ONNX files to the import, under several readings; what is taken is written as a weights file, loaded and run.
enum FuzzONNX {
  static let written = "/dev/shm/sotto-fuzz-\(getpid()).safetensors"
  static let file = "fuzzed.onnx"
  /// Numbers of a model that is still worth writing and running.
  static let parameterLimit = 1 << 16

  /// What a user might say about the file: the same bytes mean one thing under each.
  static var readings: [ImportOptions] {
    var plain = ImportOptions()
    (plain.rate, plain.hop, plain.first) = (16000, 128, .voice)
    var remembering = plain
    (remembering.keepsState, remembering.output) = (true, .mask)
    return [plain, remembering]
  }

  static func read(_ bytes: [UInt8]) {
    for options in readings {
      do throws(ONNXError) {
        let model = try ONNXImport.read(bytes: bytes, file: file, options: options)
        if model.parameters <= parameterLimit { load(model) }
      } catch {
        require(error.description, names: file)
      }
    }
  }

  private static func load(_ imported: ImportedModel) {
    do throws(ModelError) {
      try SafetensorsWriter.write(
        imported.document,
        imported.tensors.map { tensor in
          SafetensorsWriter.Tensor(name: tensor.name, shape: tensor.shape) { tensor.values }
        }, path: written)
      let model = try Model.load(path: written)
      guard model.description.multiplications <= 1 << 22 else { return }
      var graph = NetworkGraph(model: model)
      graph.step()
      graph.step()
    } catch {
      require(error.description, names: written)
    }
  }
}

/// What libFuzzer calls with one input after another.
@_cdecl("LLVMFuzzerTestOneInput")
public func read(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  FuzzONNX.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}
