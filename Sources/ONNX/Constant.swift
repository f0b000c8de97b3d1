/// A tensor whose numbers are known before any sound comes.
struct Constant: Sendable {
  /// Where the numbers are.
  enum Storage: Sendable {
    case integers([Int])
    case reals([Float])
    /// In the file, not yet looked at.
    case file(FileBytes, Range<Int>, TensorMessage.Packing)
  }

  let type: ElementType
  let shape: [Int]
  let storage: Storage

  init(_ integers: [Int], shape: [Int], type: ElementType = .int64) {
    self.type = type
    self.shape = shape
    storage = .integers(integers)
  }

  init(_ reals: [Float], shape: [Int]) {
    type = .float
    self.shape = shape
    storage = .reals(reals)
  }

  /// Takes a tensor of the file, if shape and data agree.
  init(_ message: TensorMessage, in bytes: FileBytes) throws(Refusal) {
    guard !message.isExternal else {
      throw Refusal(
        "numbers kept in another file",
        expected: "all weights in the .onnx file itself, as torch.onnx.export(…, external_data=False) writes them")
    }
    guard let type = ElementType(rawValue: message.type) else {
      throw Refusal("elements of type \(message.type)", expected: "numbers of 8 to 64 bits")
    }
    guard let count = countable(message.shape), count < 1 << 32 else {
      throw Refusal("shape \(message.shape)", expected: "a size that can be counted")
    }
    let data = message.data ?? 0..<0
    let elementSize = message.packing == .fixed && type == .half ? 4 : type.size
    let fits = message.packing == .varint ? data.count >= count : data.count == count * elementSize
    guard fits else {
      throw Refusal("\(data.count) bytes of numbers", expected: "\(count) numbers for shape \(message.shape)")
    }
    if case .varint = message.packing {
      var reader = WireReader(bytes, data)
      var found = 0
      while reader.position < data.upperBound, (try? reader.varint()) != nil { found += 1 }
      guard found == count else { throw Refusal("\(found) numbers", expected: "\(count) for shape \(message.shape)") }
    }
    self.type = type
    shape = message.shape
    storage = .file(bytes, data, message.packing)
  }

  var count: Int { size(shape) }

  /// All numbers, as counted ones.
  var integers: [Int] {
    switch storage {
    case .integers(let numbers): numbers
    case .reals(let numbers): numbers.map { whole(Double($0)) }
    case .file(let bytes, let range, let packing): decoded(bytes, range, packing)
    }
  }

  /// All numbers, as 32-bit floating point.
  var reals: [Float] {
    switch storage {
    case .integers(let numbers): numbers.map { Float($0) }
    case .reals(let numbers): numbers
    case .file(let bytes, let range, let packing): decoded(bytes, range, packing)
    }
  }

  /// The number, if the tensor has but one.
  var scalar: Float? { count == 1 ? reals.first : nil }

  /// The same numbers in another shape.
  func reshaped(_ shape: [Int]) -> Constant { Constant(type: type, shape: shape, storage: storage) }

  /// The numbers at `places`, in a shape of their own.
  func picked(_ places: [Int], shape: [Int]) -> Constant {
    if type.isReal {
      let numbers = reals
      return Constant(places.map { numbers[$0] }, shape: shape)
    }
    let numbers = integers
    return Constant(places.map { numbers[$0] }, shape: shape, type: type)
  }

  private init(type: ElementType, shape: [Int], storage: Storage) {
    self.type = type
    self.shape = shape
    self.storage = storage
  }

  private func decoded<Number: Element>(
    _ bytes: FileBytes, _ range: Range<Int>, _ packing: TensorMessage.Packing
  ) -> [Number] {
    switch packing {
    case .varint:
      var reader = WireReader(bytes, range)
      return (0..<count).map { _ in
        // Counted when the tensor was taken, so the default is never met.
        let bits = (try? reader.varint()) ?? 0
        switch type {
        case .half: return Number(real: widened(half: UInt16(truncatingIfNeeded: bits)))
        case .brainFloat: return Number(real: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits) << 16)))
        default: return Number(whole: Int(Int64(bitPattern: bits)))
        }
      }
    case .fixed where type == .half:
      return (0..<count).map { index in
        Number(real: Double(Float(bitPattern: bytes.number(UInt32.self, at: range.lowerBound + 4 * index))))
      }
    case .raw, .fixed:
      return (0..<count).map { element(bytes, at: range.lowerBound + $0 * type.size) }
    }
  }

  private func element<Number: Element>(_ bytes: FileBytes, at offset: Int) -> Number {
    switch type {
    case .float: Number(real: Double(Float(bitPattern: bytes.number(UInt32.self, at: offset))))
    case .double: Number(real: Double(bitPattern: bytes.number(UInt64.self, at: offset)))
    case .half: Number(real: widened(half: bytes.number(UInt16.self, at: offset)))
    case .brainFloat: Number(real: Double(Float(bitPattern: UInt32(bytes.number(UInt16.self, at: offset)) << 16)))
    case .uint8, .bool: Number(whole: Int(bytes[offset]))
    case .int8: Number(whole: Int(bytes.number(Int8.self, at: offset)))
    case .uint16: Number(whole: Int(bytes.number(UInt16.self, at: offset)))
    case .int16: Number(whole: Int(bytes.number(Int16.self, at: offset)))
    case .int32: Number(whole: Int(bytes.number(Int32.self, at: offset)))
    case .uint32: Number(whole: Int(bytes.number(UInt32.self, at: offset)))
    case .int64: Number(whole: Int(bytes.number(Int64.self, at: offset)))
    case .uint64: Number(whole: Int(clamping: bytes.number(UInt64.self, at: offset)))
    }
  }
}

/// What a number of a file becomes.
private protocol Element {
  init(whole: Int)
  init(real: Double)
}

extension Int: Element {
  fileprivate init(whole: Int) { self = whole }
  fileprivate init(real: Double) { self = ONNX.whole(real) }
}

extension Float: Element {
  fileprivate init(whole: Int) { self = Float(whole) }
  fileprivate init(real: Double) { self = Float(real) }
}

/// A number cut to a whole one; what cannot be counted becomes the largest or smallest that can.
func whole(_ number: Double) -> Int {
  number.isNaN ? 0 : number >= 0x1p63 ? .max : number <= -0x1p63 ? .min : Int(number)
}

/// IEEE 754 half precision, spelled out: `Float16` is not there on every platform.
private func widened(half bits: UInt16) -> Double {
  let fraction = Double(bits & 0x3FF)
  let exponent = Int(bits >> 10 & 0x1F)
  let magnitude =
    switch exponent {
    case 0: fraction * 0x1p-24
    case 31: fraction == 0 ? Double.infinity : .nan
    default: (fraction + 1024) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
    }
  return bits & 0x8000 == 0 ? magnitude : -magnitude
}
