public import Text

/// What a dictionary's file says about it: all but the atoms.
///
/// Every field was checked when it was read.
public struct DictionaryDescription: Sendable, Encodable {
  /// Short name: letters, digits, dots, dashes, underscores.
  public let name: String
  /// Name for people, one line.
  public let title: String
  /// The rate that its spectra were fitted at, in Hz.
  public let rate: Int
  /// Window length in samples at that rate, even; the window is the square root of a Hann window.
  public let window: Int
  /// Hop in samples at that rate, at most half a window.
  public let hop: Int
  /// Number of the voice's atoms.
  public let voice: Int
  /// Number of the accompaniment's atoms.
  public let accompaniment: Int
  /// How the atoms came to be; free-form.
  public let training: JSON
  /// What was measured; free-form.
  public let quality: JSON
  /// Terms of code, atoms and data; free-form.
  public let licence: JSON

  /// Bins of an atom, DC and Nyquist included (513 for a window of 1024).
  public var bins: Int { window / 2 + 1 }

  /// Reads and checks what the file at `path` says, but not its atoms: enough for a list.
  ///
  /// - Throws: ``ModelError`` naming file, key or tensor, what was found and what was expected.
  /// - Real-time: Not real-time: reads a file, allocates.
  public init(path: String) throws(ModelError) {
    try self.init(Safetensors(path: path))
  }

  /// Reads the document of an open file, and checks its tensors against it.
  init(_ file: borrowing Safetensors) throws(ModelError) {
    guard let document = file.metadata["sotto"] else {
      throw .refused(
        file: file.path, place: "__metadata__", found: "no key \"sotto\"", expected: "one, with the description")
    }
    let json = try JSON(text: Array(document.utf8), file: file.path, place: "__metadata__.sotto")
    let root = try Section(
      json, file: file.path, path: "",
      keys: ["format", "kind", "name", "title", "grid", "atoms", "training", "quality", "licence"])
    _ = try root.integer("format", in: 1...1)
    guard root.value("kind") == "dictionary" else { throw root.refusal("kind", expected: "\"dictionary\"") }
    name = try root.name("name")
    title = try root.text("title", limit: 200)
    let grid = try root.section("grid", keys: ["rate", "window", "hop", "shape"])
    rate = try grid.integer("rate", in: Bounds.rate)
    // Rates without a common measure would make the pattern of hops at another rate endless.
    guard rate.isMultiple(of: 25) else { throw grid.refusal("rate", expected: "a multiple of 25, as usual rates are") }
    window = try grid.integer("window", in: Bounds.window)
    guard window.isMultiple(of: 2) else { throw grid.refusal("window", expected: "an even number") }
    hop = try grid.integer("hop", in: 1...window / 2)
    // The hop must be a sample at least in any graph, of which the slowest run at 8 kHz.
    guard hop * 8000 >= rate else { throw grid.refusal("hop", expected: "1/8000 of a second or more") }
    guard grid.value("shape") == "square-root-hann" else {
      throw grid.refusal("shape", expected: "\"square-root-hann\"")
    }
    let atoms = try root.section("atoms", keys: ["voice", "accompaniment"])
    voice = try atoms.integer("voice", in: 1...4096)
    accompaniment = try atoms.integer("accompaniment", in: 1...4096)
    (training, quality, licence) = (root.value("training"), root.value("quality"), root.value("licence"))
    try check(file.tensors, in: file.path)
  }

  private func check(_ tensors: [String: Safetensors.Tensor], in path: String) throws(ModelError) {
    for (name, count) in [("voice", voice), ("accompaniment", accompaniment)] {
      guard let tensor = tensors[name] else {
        throw .refused(file: path, place: name, found: "no such tensor", expected: "one of shape \([count, bins])")
      }
      guard tensor.shape == [count, bins], tensor.type == "F32" else {
        throw .refused(
          file: path, place: name, found: "\(tensor.type) of shape \(tensor.shape)",
          expected: "F32 of shape \([count, bins])")
      }
    }
    for name in tensors.keys.sorted() where name != "voice" && name != "accompaniment" {
      throw .refused(
        file: path, place: quoted(name), found: "a tensor that no source has",
        expected: "only \"voice\" and \"accompaniment\"")
    }
  }
}
