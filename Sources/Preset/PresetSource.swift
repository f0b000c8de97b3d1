internal import Network
internal import Separation
internal import Text

/// What a preset's method is made from: its settings, and the file that it wants loaded.
enum PresetSource {
  /// A file beside the preset, or anywhere.
  struct File {
    var path: String
    /// The key that names it, and the line on which that stands.
    var key: String
    var line: Int
  }

  case network(File, Products)
  case dictionary(File, NMFSettings)
  case ready(Method)

  /// The keys of a network's table, the cadence's and the phase's included.
  static let networkKeys = ["model", "products", "phase", "every", "between"]

  /// Reads the table of `method`, and refuses those of others, so that no setting is silently without effect.
  init(_ root: PresetTable, method: PresetMethod, framing: Framing) throws(PresetError) {
    for table in PresetMethod.tables where table != method.rawValue && root.has(table) {
      throw root.refusal(table, expected: "no such table, since the method is \(quoted(method.rawValue))")
    }
    switch method {
    case .network:
      let table = try root.table("network", keys: Self.networkKeys)
      self = .network(try File("model", in: table), try table.choice("products", standard: .single))
    case .nmf:
      let table = try root.table("nmf", keys: ["dictionary"] + NMFSettings.keys)
      self = .dictionary(try File("dictionary", in: table), try NMFSettings(table))
    case .centre: self = .ready(.centre(try CentreSettings(root.table("centre", keys: CentreSettings.keys))))
    case .adress: self = .ready(.adress(try ADRessSettings(root.table("adress", keys: ADRessSettings.keys))))
    case .hpss: self = .ready(.hpss(try HPSSSettings(root.table("hpss", keys: HPSSSettings.keys), framing: framing)))
    case .repetSim:
      let table = try root.table("repet-sim", keys: REPETSettings.keys)
      self = .ready(.repet(try REPETSettings(table, framing: framing)))
    case .ica: self = .ready(.ica(try ICASettings(root.table("ica", keys: ICASettings.keys))))
    case .gmm: self = .ready(.gmm(try GMMSettings(root.table("gmm", keys: GMMSettings.keys))))
    case .passthrough: self = .ready(.passthrough)
    }
  }

  /// What a network multiplies.
  var products: Products {
    if case .network(_, let products) = self { products } else { .single }
  }

  /// Loads what is to be loaded.
  ///
  /// - Real-time: Not real-time: reads files, allocates.
  func load(
    for document: PresetDocument, arrangement: ModelDescription.Arrangement = .live
  ) throws(PresetError) -> Method {
    switch self {
    case .ready(let method): return method
    case .network(let file, let products):
      let model = try file.read(for: document) { (path) throws(ModelError) in
        try Model.load(path: path, for: arrangement, products: products)
      }
      try document.check(model.description)
      return .network(model)
    case .dictionary(let file, let settings):
      let dictionary = try file.read(for: document) { (path) throws(ModelError) in try SpectralDictionary(path: path) }
      try document.check(bins: dictionary.description.bins)
      return .nmf(dictionary, settings)
    }
  }

  /// Checks what is to be loaded, save for its numbers, and gives a network's description.
  ///
  /// - Real-time: Not real-time: reads files, allocates.
  func describe(for document: PresetDocument) throws(PresetError) -> ModelDescription? {
    switch self {
    case .ready: return nil
    case .network(let file, _):
      let model = try file.read(for: document) { (path) throws(ModelError) in try Model.describe(path: path) }
      try document.check(model)
      return model
    case .dictionary(let file, _):
      let dictionary = try file.read(for: document) { (path) throws(ModelError) in
        try DictionaryDescription(path: path)
      }
      try document.check(bins: dictionary.bins)
      return nil
    }
  }
}

extension PresetSource.File {
  /// The file that `key` names in a method's table.
  init(_ key: String, in table: PresetTable) throws(PresetError) {
    let named = try table.text(key, limit: 4096)
    self.key = table.place(key)
    line = table.line(of: key)
    if named.hasPrefix("/") {
      path = named
      return
    }
    guard !named.contains("/"), named != ".", named != ".." else {
      throw table.refusal(key, expected: "the name of a file beside the preset, or an absolute path")
    }
    path = (table.file.lastIndex(of: "/").map { table.file[...$0] } ?? "") + named
  }

  /// Reads the file; what is wrong with it is told with the preset's line that names it.
  func read<Content>(
    for document: PresetDocument, _ reader: (String) throws(ModelError) -> Content
  ) throws(PresetError) -> Content {
    do {
      return try reader(path)
    } catch {
      throw .model(file: document.path, line: line, key: key, error)
    }
  }
}

extension PresetMethod {
  /// The methods' own tables, each called like its method.
  static var tables: [String] { allCases.map(\.rawValue).filter { $0 != passthrough.rawValue } }

  /// Whether the method's file says on which grid it works.
  var bringsGrid: Bool { self == .network || self == .nmf }
}
