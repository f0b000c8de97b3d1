internal import Text

extension JSON {
  /// Lists and objects inside each other in a weights file, at most.
  private static let depthLimit = 64

  /// Reads the JSON `bytes` that stand at `place` in `file`; what is broken there is a refusal of the file.
  init(text bytes: [UInt8], file: String, place: String) throws(ModelError) {
    do {
      try self.init(text: bytes, depthLimit: Self.depthLimit)
    } catch {
      throw .refused(
        file: file, place: "\(place), byte \(error.position)", found: error.found, expected: error.expected)
    }
  }
}
