internal import FoundationEssentials
internal import Glibc
public import Text

/// Writes a weights file: a header with the model's document, then the tensors in the order in which they are given.
public enum SafetensorsWriter {
  /// A tensor to be written.
  public struct Tensor {
    /// Its name in the file, for example `dense-1.weight`.
    public let name: String
    /// Extents, outermost first.
    public let shape: [Int]
    /// All numbers, row-major; asked for once, when they are written.
    public let values: () -> [Float]

    /// A tensor called `name` of the shape `shape`, whose numbers `values` gives.
    public init(name: String, shape: [Int], values: @escaping () -> [Float]) {
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// Writes `document` and `tensors` to the file at `path`, which appears once it is whole.
  ///
  /// - Throws: ``ModelError`` if the file cannot be written, or if a tensor holds a number that is not finite.
  /// - Real-time: Not real-time: writes a file, allocates.
  public static func write(_ document: JSON, _ tensors: [Tensor], path: String) throws(ModelError) {
    let header = try header(document, tensors, path: path)
    let partial = path + ".part"
    let descriptor = unsafe open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    do throws(ModelError) {
      defer { close(descriptor) }
      try write(header, to: descriptor, path: path)
      for tensor in tensors {
        let values = tensor.values()
        if let index = values.firstIndex(where: { !$0.isFinite }) {
          throw .refused(
            file: path, place: tensor.name, found: "\(values[index]) at \(index)", expected: "finite numbers")
        }
        try write(values.flatMap { value in bytes(value.bitPattern) }, to: descriptor, path: path)
      }
    } catch {
      unsafe unlink(partial)
      throw error
    }
    guard unsafe rename(partial, path) == 0 else {
      let error = failure(path)
      unsafe unlink(partial)
      throw error
    }
  }

  /// The header and its length before it, padded so that the numbers begin at a multiple of eight.
  private static func header(_ document: JSON, _ tensors: [Tensor], path: String) throws(ModelError) -> [UInt8] {
    var entries: [String: JSON] = [
      "__metadata__": ["sotto": .string(String(decoding: try text(document, path), as: UTF8.self))]
    ]
    var start = 0
    for tensor in tensors {
      let end = start + 4 * tensor.shape.reduce(1, *)
      entries[tensor.name] = [
        "dtype": "F32", "shape": .array(tensor.shape.map { .integer($0) }),
        "data_offsets": [.integer(start), .integer(end)],
      ]
      start = end
    }
    var text = try text(.object(entries), path)
    text += Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    return bytes(UInt64(text.count)) + text
  }

  private static func text(_ value: JSON, _ path: String) throws(ModelError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(value))
    } catch {
      throw .refused(file: path, place: "header", found: "a value without a text", expected: "JSON")
    }
  }

  private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
    (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  private static func write(_ bytes: [UInt8], to descriptor: CInt, path: String) throws(ModelError) {
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
      }
      if written > 0 { done += written } else if errno != EINTR { throw failure(path) }
    }
  }

  private static func failure(_ path: String) -> ModelError {
    .unwritable(file: path, reason: unsafe String(cString: strerror(errno)))
  }
}
