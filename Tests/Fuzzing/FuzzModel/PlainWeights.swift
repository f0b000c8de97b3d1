import FoundationEssentials
@testable import Network
import Text

/// A weights file taken apart, to be changed and put together again.
struct PlainWeights {
  struct Tensor {
    var type: String
    var shape: [Int]

    /// Bytes that it takes; `nil` if they are too many for a fuzzer.
    var count: Int? {
      let sizes = ["F64": 8.0, "F32": 4, "F16": 2, "I8": 1]
      let count = shape.reduce(sizes[type] ?? 1) { $0 * Double($1) }
      return count < 1e6 ? Int(count) : nil
    }
  }

  var document: JSON
  var tensors: [String: Tensor]

  /// Takes a file apart if it is whole enough for that.
  init?(_ bytes: [UInt8]) {
    guard bytes.count > 8 else { return nil }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - 8),
      let header = try? JSON(text: Array(bytes[8..<8 + Int(length)]), depthLimit: 32),
      case .object(let members) = header, case .object(let metadata)? = members["__metadata__"],
      case .string(let text)? = metadata["sotto"], let document = try? JSON(text: Array(text.utf8), depthLimit: 32)
    else { return nil }
    self.document = document
    tensors = [:]
    for (name, entry) in members where name != "__metadata__" {
      guard case .object(let entry) = entry, case .string(let type)? = entry["dtype"],
        case .array(let shape)? = entry["shape"]
      else { continue }
      tensors[name] = Tensor(
        type: type, shape: shape.compactMap { if case .integer(let extent) = $0 { max(extent, 0) } else { nil } })
    }
  }

  /// Why the description is refused, if it is.
  var refusal: (place: String, found: String, expected: String)? {
    guard let text = text(document) else { return nil }
    let known = tensors.mapValues { Safetensors.Tensor(type: $0.type, shape: $0.shape, bytes: 0..<($0.count ?? 0)) }
    do throws(ModelError) {
      _ = try ModelDescription(document: String(decoding: text, as: UTF8.self), tensors: known, file: "")
      return nil
    } catch {
      guard case .refused(_, let place, let found, let expected) = error else { return nil }
      return (place, found, expected)
    }
  }

  /// The whole file; every byte of a number is 0x3C, which is a small number in every type.
  var bytes: [UInt8] {
    var start = 0
    var members: [String: JSON] = [:]
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      guard let count = tensor.count else { continue }
      members[name] = [
        "dtype": .string(tensor.type), "shape": .array(tensor.shape.map { .integer($0) }),
        "data_offsets": [.integer(start), .integer(start + count)],
      ]
      start += count
    }
    members["__metadata__"] = ["sotto": .string(String(decoding: text(document) ?? [], as: UTF8.self))]
    let header = text(.object(members)) ?? []
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return length + header + [UInt8](repeating: 0x3C, count: start)
  }

  private func text(_ value: JSON) -> [UInt8]? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { Array($0) }
  }
}
