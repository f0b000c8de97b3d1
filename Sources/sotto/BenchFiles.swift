private import Glibc
internal import FoundationEssentials
internal import Network

/// The files of one model to measure: `NAME.safetensors`, and beside it, where they are there, `NAME-half.safetensors`,
/// `NAME-integer.safetensors` and the `NAME.onnx` that it was imported from.
struct BenchFiles {
  let name: String
  let weights: String
  let onnx: String?
  /// The same model with smaller weights, or other products.
  let smaller: [(name: String, path: String, products: Products)]

  private static let ending = ".safetensors"
  private static let sizes = ["half", "integer"]

  /// The model whose weights lie at `weights`, and those beside it; measured with `products`, too, if those are not single.
  init(weights: String, onnx: String? = nil, products: Products = .single) {
    let stem = weights.hasSuffix(Self.ending) ? String(weights.dropLast(Self.ending.count)) : weights
    func there(_ path: String) -> String? { unsafe access(path, R_OK) == 0 ? path : nil }
    name = stem.split(separator: "/").last.map(String.init) ?? stem
    self.weights = weights
    self.onnx = onnx ?? there(stem + ".onnx")
    smaller =
      (products == .single ? [] : [(products.rawValue, weights, products)])
      + Self.sizes.compactMap { size in there("\(stem)-\(size)\(Self.ending)").map { (size, $0, .single) } }
  }

  /// All models in a folder, by name.
  ///
  /// - Throws: ``Failure`` with status 66 where there are none.
  static func all(in folder: String) throws(Failure) -> [BenchFiles] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let models = names.sorted().filter { name in
      name.hasSuffix(ending) && !sizes.contains { name.hasSuffix("-\($0)\(ending)") }
    }
    if models.isEmpty { throw Failure(status: 66, "--models: no weights file (*\(ending)) in '\(folder)'") }
    return models.map { BenchFiles(weights: "\(folder)/\($0)") }
  }
}
