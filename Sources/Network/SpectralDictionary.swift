internal import CRealtime
internal import Realtime
internal import Text

/// The atoms of two sources, spectra that theirs are put together from: fitted by non-negative matrix factorisation,
/// immutable.
///
/// Its file is a `.safetensors` with the tensors `voice` and `accompaniment`, a row of bins an atom, and a document
/// under `sotto` that describes them.
public final class SpectralDictionary: Sendable {
  /// The file it came from, as the caller named it.
  public let path: String
  /// What the file says about itself.
  public let description: DictionaryDescription
  /// Each atom's bins, voice first: atoms × bins, each atom adding up to 1.
  let atoms: SampleBuffer
  /// The same by bins: bins × atoms.
  let atomsByBin: SampleBuffer

  /// Number of atoms of both sources.
  public var count: Int { description.voice + description.accompaniment }

  /// Memory that the atoms take, in bytes.
  public var bytes: Int { 2 * atoms.count * MemoryLayout<Float>.stride }

  /// Reads and checks the file at `path`, atoms included.
  ///
  /// - Throws: ``ModelError`` naming file, key or tensor, what was found and what was expected.
  /// - Real-time: Not real-time: reads a file, allocates.
  public init(path: String) throws(ModelError) {
    let file = try Safetensors(path: path)
    let description = try DictionaryDescription(file)
    let (count, bins) = (description.voice + description.accompaniment, description.bins)
    let atoms = SampleBuffer(count: count * bins)
    for (name, first) in [("voice", 0), ("accompaniment", description.voice)] {
      guard let tensor = file.tensors[name] else { continue }
      try unsafe file.read(tensor, named: name, into: atoms.base + first * bins)
    }
    let atomsByBin = SampleBuffer(count: count * bins)
    for atom in 0..<count {
      let row = unsafe UnsafeBufferPointer(start: atoms.base + atom * bins, count: bins)
      let sum = unsafe row.reduce(0, +)
      guard unsafe row.allSatisfy({ $0 >= 0 }), sum > 0, sum.isFinite else {
        let place = atom < description.voice ? "voice[\(atom)]" : "accompaniment[\(atom - description.voice)]"
        throw .refused(
          file: path, place: place, found: "an atom that adds up to \(sum)",
          expected: "finite numbers from 0, not all of them 0")
      }
      for bin in 0..<bins {
        let value = unsafe row[bin] / sum
        unsafe atoms.base[atom * bins + bin] = value
        unsafe atomsByBin.base[bin * count + atom] = value
      }
    }
    self.path = path
    self.description = description
    self.atoms = atoms
    self.atomsByBin = atomsByBin
  }
}
