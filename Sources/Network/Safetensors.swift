internal import Text

/// An open `.safetensors` file whose header was read and found sound; the tensors' data are read on demand.
///
/// The format: 8 bytes of header length (little-endian), a JSON object with an entry a tensor (`dtype`, `shape`,
/// `data_offsets`) and the strings of `__metadata__`, then the tensors' bytes without gaps.
struct Safetensors: ~Copyable {
  /// Where a tensor lies.
  struct Tensor: Equatable {
    /// Element type as the file names it, for example `F32`.
    var type: String
    var shape: [Int]
    /// Bytes of the file that hold it.
    var bytes: Range<Int>
  }

  /// Longest header that is read, in bytes: a thousand layers and a long story fit.
  static let headerLimit = 1 << 20

  let metadata: [String: String]
  let tensors: [String: Tensor]
  private let file: WeightsFile

  /// The file's name.
  var path: String { file.path }

  /// Opens the file at `path` and reads its header, at most ``headerLimit`` bytes.
  init(path: String) throws(ModelError) {
    let file = try WeightsFile(path: path)
    guard file.size >= 8 else {
      throw .refused(file: path, place: "", found: "\(file.size) bytes", expected: "a safetensors file")
    }
    let length = try file.bytes(0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length >= 2, length <= UInt64(Self.headerLimit) else {
      throw .refused(
        file: path, place: "", found: "a header length of \(length) bytes",
        expected: "a safetensors file, whose header has 2 to \(Self.headerLimit) bytes")
    }
    let start = 8 + Int(length)
    guard start <= file.size else {
      throw .refused(
        file: path, place: "", found: "\(file.size) bytes",
        expected: "at least \(start), the header alone; it is truncated")
    }
    let header = try JSON(text: file.bytes(8..<start), file: path, place: "header")
    (metadata, tensors) = try Self.entries(header, path: path, data: start..<file.size)
    self.file = file
  }

  /// Reads the whole of the tensor `name` to `destination`, which has room for it.
  func read(_ tensor: Tensor, named name: String, into destination: UnsafeMutableRawPointer) throws(ModelError) {
    let buffer = unsafe UnsafeMutableRawBufferPointer(start: destination, count: tensor.bytes.count)
    try unsafe file.read(from: tensor.bytes.lowerBound, into: buffer, place: name)
  }
}
