import CFuzzer
import FoundationEssentials
@testable import Network
import Text

/// Changes a weights file where blind bytes hardly reach: its document and the shapes of its tensors, with lengths and
/// offsets made right again, so that most of what comes out is refused late or not at all.
struct ModelMutation {
  private var random: SplitMix
  /// Layers that were met in earlier inputs, to be put into others.
  private static nonisolated(unsafe) var pool: [JSON] = []
  private static let poolLimit = 512
  /// Refusals that are mended, since the file of the test for a layer rarely has the tensors of another one.
  private static let repairs = 6

  /// Numbers at which something ends.
  private static let edges: [Int] = [
    0, -1, 1, 2, 3, 5, 7, 8, 15, 16, 17, 64, 255, 513, 1024, 4096, 32769, 65536, 1 << 20, (1 << 20) + 1, 1 << 24,
    (1 << 31) - 1, 1 << 31, 1 << 32, 1 << 33, 1 << 62, .max, .min,
  ]
  private static let reals: [Double] = [0.5, -0.5, 1e-45, 1e-30, 0.001, 1e9, 1e30, 1e300, -1e300]

  init(seed: UInt32) { random = SplitMix(state: UInt64(seed)) }

  /// The `bytes` of a weights file changed into those of another one, `limit` at most; `nil` if they are none.
  mutating func changed(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    guard var file = PlainWeights(bytes) else { return nil }
    if case .object(let document) = file.document, case .array(let layers)? = document["layers"] {
      for layer in layers where Self.pool.count < Self.poolLimit && !Self.pool.contains(layer) {
        Self.pool.append(layer)
      }
    }
    for _ in 0...random.below(3) {
      switch random.below(8) {
      case 0: file.tensors = changed(file.tensors)
      case 1, 2: file.document = withAnotherLayer(file.document)
      default: file.document = changed(file.document, key: "")
      }
    }
    if random.below(8) != 0 { mend(&file) }
    let written = file.bytes
    return written.count <= limit ? written : nil
  }

  /// One value somewhere inside `value` changed.
  private mutating func changed(_ value: JSON, key: String) -> JSON {
    switch value {
    case .object(var members):
      guard let name = random.element(members.keys.sorted()), let member = members[name] else { return value }
      if random.below(20) == 0 {
        members[name] = nil
      } else {
        members[name] = changed(member, key: name)
      }
      return .object(members)
    case .array(var values):
      guard !values.isEmpty, random.below(6) != 0 else {
        values.insert(.integer(random.element(Self.edges) ?? 0), at: random.below(values.count + 1))
        return .array(values)
      }
      let index = random.below(values.count)
      switch random.below(12) {
      case 0: values.remove(at: index)
      case 1: values.insert(values[index], at: random.below(values.count + 1))
      case 2: values.swapAt(index, random.below(values.count))
      default: values[index] = changed(values[index], key: key)
      }
      return .array(values)
    case .integer(let number): return another(number)
    case .number: return .number(random.element(Self.reals) ?? 0)
    case .string, .bool, .null: return seen(under: key) ?? value
    }
  }

  private mutating func another(_ number: Int) -> JSON {
    switch random.below(5) {
    case 0: .integer(number &+ 1)
    case 1: .integer(number &- 1)
    case 2: .integer(number &* 2)
    case 3: .integer(random.below(12))
    default: .integer(random.element(Self.edges) ?? 0)
    }
  }

  /// What stood under `key` in some layer.
  private mutating func seen(under key: String) -> JSON? {
    let values = Self.pool.compactMap { layer -> JSON? in
      if case .object(let members) = layer { members[key] } else { nil }
    }
    return random.element(values)
  }

  /// The document with a layer of another one put in, or with a key of one.
  private mutating func withAnotherLayer(_ document: JSON) -> JSON {
    guard case .object(var members) = document, case .array(var layers)? = members["layers"], !layers.isEmpty,
      case .object(var layer)? = random.element(Self.pool)
    else { return document }
    if random.below(2) == 0, let key = random.element(layer.keys.sorted()) {
      let index = random.below(layers.count)
      if case .object(var target) = layers[index] {
        target[key] = layer[key]
        layers[index] = .object(target)
      }
    } else {
      layer["name"] = .string("new-\(random.below(1000))")
      if layer["from"] != nil, random.below(2) == 0 { layer["from"] = .string("input") }
      layers.insert(.object(layer), at: random.below(layers.count + 1))
    }
    members["layers"] = .array(layers)
    return .object(members)
  }

  private mutating func changed(_ tensors: [String: PlainWeights.Tensor]) -> [String: PlainWeights.Tensor] {
    var tensors = tensors
    guard let name = random.element(tensors.keys.sorted()), var tensor = tensors[name] else { return tensors }
    switch random.below(4) {
    case 0: tensors[name] = nil
    case 1: tensor.type = random.element(["F32", "F16", "I8", "F64"]) ?? tensor.type
    default:
      guard !tensor.shape.isEmpty else { break }
      tensor.shape[random.below(tensor.shape.count)] = random.below(40)
    }
    if tensors[name] != nil { tensors[name] = tensor }
    return tensors
  }

  /// Gives layers the tensors that they are refused for, and takes those away that none has.
  private func mend(_ file: inout PlainWeights) {
    for _ in 0..<Self.repairs {
      guard let refusal = file.refusal else { return }
      let name = refusal.place.replacing("\"", with: "")
      if refusal.found.hasPrefix("a tensor that no layer") {
        file.tensors[name] = nil
      } else if let begin = refusal.expected.firstIndex(of: "["), let end = refusal.expected.firstIndex(of: "]") {
        let numbers = refusal.expected[refusal.expected.index(after: begin)..<end].split(separator: ",")
        let shape = numbers.compactMap { Int($0.trimming { $0 == " " }) }
        guard shape.count == numbers.count, shape.reduce(1.0, { $0 * Double($1) }) < 20_000 else { return }
        file.tensors[name] = PlainWeights.Tensor(type: file.tensors[name]?.type ?? "F32", shape: shape)
      } else if refusal.found.hasPrefix("type"), var tensor = file.tensors[name] {
        tensor.type = refusal.expected
        file.tensors[name] = tensor
      } else {
        return
      }
    }
  }
}

extension Substring {
  fileprivate func trimming(_ isBlank: (Character) -> Bool) -> Substring { drop(while: isBlank) }
}

/// Numbers that follow from a seed (Steele, Lea and Flood 2014).
private struct SplitMix {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ z >> 31) % UInt64(bound))
  }

  mutating func element<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[below(elements.count)]
  }
}

/// What libFuzzer calls for its next input: mostly a change of the document, else one of its own among the bytes.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int, _ seed: UInt32) -> Int {
  guard !seed.isMultiple(of: 16) else { return LLVMFuzzerMutate(bytes, count, limit) }
  var mutation = ModelMutation(seed: seed)
  guard let changed = mutation.changed(Array(UnsafeBufferPointer(start: bytes, count: count)), limit: limit) else {
    return LLVMFuzzerMutate(bytes, count, limit)
  }
  bytes.update(from: changed, count: changed.count)
  return changed.count
}
