private import Glibc
internal import Network
internal import ONNX
internal import Preset

/// The weights file and the preset that an import leaves behind.
struct ImportFiles {
  let weights: String
  let preset: String

  /// Writes both to `folder`, which is made if it is not there.
  init(_ imported: ImportedModel, name: String, folder: String) throws(Failure) {
    try StemFiles.makeFolder(folder)
    let stem = folder == "." ? name : "\(folder)/\(name)"
    (weights, preset) = (stem + ".safetensors", stem + ".toml")
    let tensors = imported.tensors.map { tensor in
      SafetensorsWriter.Tensor(name: tensor.name, shape: tensor.shape) { tensor.values }
    }
    do throws(ModelError) {
      try SafetensorsWriter.write(imported.document, tensors, path: weights)
    } catch {
      if case .unwritable = error { throw Failure(status: 73, "\(error)") }
      throw Failure(status: 65, "\(error)")
    }
    // Where the programs run without being installed, there is nothing to fall back to.
    let hasCentre = PresetLibrary.standard(explicit: [folder]).names.contains("centre")
    let fallback = hasCentre ? "fallback = \"centre\"   # when the machine is too slow for it\n" : ""
    // The preset's own standard would ask a small model for more bins than it has.
    let aboveBand = imported.bins < 32 ? "\n[above-band]\nbins = \(imported.bins)\n" : ""
    try write(
      """
      # Imported from an ONNX file; copy to ~/.config/sotto/presets/, with the weights.

      format = 1
      title = "\(name)"
      summary = "A network imported from an ONNX file."
      method = "network"
      \(fallback)
      [network]
      model = "\(name).safetensors"   # a file beside this one, or an absolute path
      \(aboveBand)
      """)
  }

  private func write(_ text: String) throws(Failure) {
    let descriptor = unsafe open(preset, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw Failure(status: 73, "\(preset): cannot be written: \(unsafe String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard unsafe bytes.withUnsafeBytes({ unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }) == bytes.count
    else { throw Failure(status: 73, "\(preset): cannot be written") }
  }

  /// Takes both away again.
  func remove() {
    unsafe unlink(weights)
    unsafe unlink(preset)
  }
}
