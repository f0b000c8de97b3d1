internal import Text

extension Safetensors {
  /// Checks the header's entries against each other and against the `data` bytes that the file really has.
  ///
  /// The tensors must fill the data without gap or overlap, which is the format's own rule and leaves no place for
  /// sizes that lie.
  static func entries(
    _ header: JSON, path: String, data: Range<Int>
  ) throws(ModelError) -> (metadata: [String: String], tensors: [String: Tensor]) {
    guard case .object(let members) = header else {
      throw .refused(file: path, place: "header", found: header.shown, expected: "an object")
    }
    var tensors: [String: Tensor] = [:]
    for (name, entry) in members where name != "__metadata__" {
      tensors[name] = try tensor(entry, name: name, path: path, data: data)
    }
    var end = data.lowerBound
    for (name, tensor) in tensors.sorted(by: { precedes($0.value.bytes, $1.value.bytes) }) {
      guard tensor.bytes.lowerBound == end else {
        throw .refused(
          file: path, place: quoted(name), found: "data from byte \(tensor.bytes.lowerBound - data.lowerBound)",
          expected: "\(end - data.lowerBound), where the tensor before it ends")
      }
      end = tensor.bytes.upperBound
    }
    guard end == data.upperBound else {
      throw .refused(
        file: path, place: "", found: "\(data.count) bytes of data", expected: "\(end - data.lowerBound)")
    }
    return (try strings(members["__metadata__"] ?? .object([:]), path: path), tensors)
  }

  private static func precedes(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
    (one.lowerBound, one.upperBound) < (other.lowerBound, other.upperBound)
  }

  private static func strings(_ metadata: JSON, path: String) throws(ModelError) -> [String: String] {
    guard case .object(let members) = metadata else {
      throw .refused(file: path, place: "__metadata__", found: metadata.shown, expected: "an object")
    }
    var strings: [String: String] = [:]
    for (key, value) in members {
      guard case .string(let text) = value else {
        throw .refused(file: path, place: "__metadata__.\(quoted(key))", found: value.shown, expected: "a string")
      }
      strings[key] = text
    }
    return strings
  }

  private static func tensor(
    _ entry: JSON, name: String, path: String, data: Range<Int>
  ) throws(ModelError) -> Tensor {
    let place = quoted(name)
    let section = try Section(entry, file: path, path: place, keys: ["dtype", "shape", "data_offsets"])
    guard case .string(let type) = section.value("dtype"), let size = elementSizes[type] else {
      throw section.refusal("dtype", expected: "one of \(quotedList(elementSizes.keys.sorted()))")
    }
    let shape = try naturals("shape", in: section)
    let offsets = try naturals("data_offsets", in: section)
    guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] <= data.count else {
      throw .refused(
        file: path, place: section.place("data_offsets"), found: "\(offsets)",
        expected: "begin and end within the \(data.count) bytes of data that the file has")
    }
    var bytes = size
    for extent in shape {
      let (product, overflows) = bytes.multipliedReportingOverflow(by: extent)
      guard !overflows else {
        throw .refused(
          file: path, place: section.place("shape"), found: "\(shape)", expected: "a size that can be counted")
      }
      bytes = product
    }
    guard bytes == offsets[1] - offsets[0] else {
      throw .refused(
        file: path, place: section.place("data_offsets"), found: "\(offsets[1] - offsets[0]) bytes",
        expected: "\(bytes) for shape \(shape) of \(type)")
    }
    return Tensor(
      type: type, shape: shape, bytes: data.lowerBound + offsets[0]..<data.lowerBound + offsets[1])
  }

  private static func naturals(_ key: String, in section: Section) throws(ModelError) -> [Int] {
    let values = try section.array(key)
    var numbers: [Int] = []
    for value in values.prefix(9) {
      guard case .integer(let number) = value, number >= 0 else {
        throw .refused(
          file: section.file, place: section.place(key), found: value.shown, expected: "integers from 0")
      }
      numbers.append(number)
    }
    guard numbers.count <= 8 else { throw section.refusal(key, expected: "at most 8 numbers") }
    return numbers
  }

  /// Bytes an element, by the type's name in the file.
  private static let elementSizes = [
    "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2, "I8": 1,
    "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1,
  ]
}
