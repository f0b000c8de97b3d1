import Foundation
import Testing

@testable import Network

/// Dictionaries, and what is put together from them.
@Suite struct DecompositionTests {
  /// A dictionary of 2 atoms of the voice and 2 of the accompaniment over 9 bins, every part of which may be spoilt.
  static func writer() -> WeightsWriter {
    WeightsWriter(
      document: [
        "format": 1, "kind": "dictionary", "name": "tiny", "title": "A tiny dictionary",
        "grid": ["rate": 16000, "window": 16, "hop": 8, "shape": "square-root-hann"],
        "atoms": ["voice": 2, "accompaniment": 2],
        "training": [String: Any](), "quality": [String: Any](), "licence": [String: Any](),
      ],
      tensors: [
        ("voice", WeightsWriter.Tensor([2, 9], [3, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1])),
        ("accompaniment", WeightsWriter.Tensor([2, 9], [0, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0])),
      ])
  }

  static func dictionary() throws -> SpectralDictionary {
    let file = try TemporaryFile(writer().bytes())
    return try withExtendedLifetime(file) { try SpectralDictionary(path: file.path) }
  }

  @Test("A frame of known atoms is taken apart into them, at any volume", arguments: [Float(1e-5), 1, 1e5])
  func known(volume: Float) throws {
    var decomposition = Decomposition(dictionary: try Self.dictionary(), updates: 200, exponent: 1)
    // The first atom of either source, as loud as the other: they meet in the fourth bin, 1 of the voice and 2 of the
    // accompaniment.
    var frame: [Float] = [3, 0, 0, 3, 2, 0, 0, 0, 0].map { $0 * volume }
    var mask = [Float](repeating: -1, count: 9)
    decomposition.observe(&frame)
    decomposition.estimate(into: &mask)
    #expect(mask[0] > 0.999 && mask[4] < 0.001)
    #expect(abs(mask[3] - 1.0 / 3) < 0.001)
  }

  @Test("The updates are those of the equations, one by one")
  func updates() throws {
    let frame: [Float] = [3, 1, 2, 3, 2, 1, 1, 2, 5]
    func voice(updates: Int) throws -> [Float] {
      var decomposition = Decomposition(dictionary: try Self.dictionary(), updates: updates, exponent: 1)
      var (frame, mask) = (frame, [Float](repeating: 0, count: 9))
      decomposition.observe(&frame)
      decomposition.estimate(into: &mask)
      return mask
    }
    // Plain arithmetic in double precision, from the equations.
    let atoms: [[Double]] = [
      [0.75, 0, 0, 0.25, 0, 0, 0, 0, 0], [0, 2.0 / 3, 0, 0, 0, 0, 0, 0, 1.0 / 3], [0, 0, 0, 0.5, 0.5, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0.75, 0.25, 0, 0],
    ]
    var h = [Double](repeating: 0.25, count: 4)
    let total = Double(frame.reduce(0, +))
    for updates in 1...20 {
      var factors = [Double](repeating: 0, count: 4)
      for bin in 0..<9 {
        let sum = (0..<4).reduce(1e-9) { (sum: Double, atom) in sum + atoms[atom][bin] * h[atom] }
        let ratio = Double(frame[bin]) / total / sum
        for atom in 0..<4 { factors[atom] += atoms[atom][bin] * ratio }
      }
      for atom in 0..<4 { h[atom] *= factors[atom] }
      let found = try voice(updates: updates)
      for bin in 0..<9 {
        let (v, a) = (atoms[0][bin] * h[0] + atoms[1][bin] * h[1], atoms[2][bin] * h[2] + atoms[3][bin] * h[3])
        #expect(abs(Double(found[bin]) - (v + a > 0 ? v / (v + a) : 0)) < 1e-4)
      }
    }
  }

  @Test("What was silent may sound again, and a reset forgets")
  func silence() throws {
    var used = Decomposition(dictionary: try Self.dictionary(), updates: 50, exponent: 2)
    var fresh = Decomposition(dictionary: try Self.dictionary(), updates: 50, exponent: 2)
    var mask = [Float](repeating: 0, count: 9)
    var (sung, quiet): ([Float], [Float]) = ([3, 0, 0, 1, 0, 0, 0, 0, 0], [Float](repeating: 0, count: 9))
    for _ in 0..<100 {
      used.observe(&quiet)
      used.estimate(into: &mask)
      #expect(mask.allSatisfy { $0.isFinite })
    }
    used.observe(&sung)
    used.estimate(into: &mask)
    #expect(mask[0] > 0.99)
    used.reset()
    used.observe(&sung)
    used.estimate(into: &mask)
    var expected = mask
    fresh.observe(&sung)
    fresh.estimate(into: &expected)
    #expect(mask == expected)
  }

  @Test("A dictionary that cannot be used is refused, with the reason")
  func refusals() throws {
    func refusal(_ spoil: (inout WeightsWriter) -> Void) throws -> String {
      var writer = Self.writer()
      spoil(&writer)
      let file = try TemporaryFile(writer.bytes(), name: "d.safetensors")
      let error = try #require(throws: ModelError.self) { _ = try SpectralDictionary(path: file.path) }
      return String(error.description.dropFirst(file.path.count))
    }
    #expect(
      try refusal { $0.document["kind"] = "network" } == ": kind: found \"network\", expected \"dictionary\"")
    #expect(
      try refusal { $0.document["atoms"] = ["voice": 0, "accompaniment": 2] }
        == ": atoms.voice: found 0, expected an integer from 1 to 4096")
    #expect(
      try refusal { $0.document["grid"] = ["rate": 16000, "window": 16, "hop": 9, "shape": "square-root-hann"] }
        == ": grid.hop: found 9, expected an integer from 1 to 8")
    #expect(
      try refusal { $0.document["grid"] = ["rate": 16000, "window": 16, "hop": 8, "shape": "hann"] }
        == ": grid.shape: found \"hann\", expected \"square-root-hann\"")
    #expect(
      try refusal { $0.tensors.removeLast() } == ": accompaniment: found no such tensor, expected one of shape [2, 9]")
    #expect(
      try refusal { $0.tensors[0].tensor.shape = [9, 2] }
        == ": voice: found F32 of shape [9, 2], expected F32 of shape [2, 9]")
    #expect(
      try refusal { $0.tensors.append(("rest", WeightsWriter.Tensor([1], [1]))) }
        == ": \"rest\": found a tensor that no source has, expected only \"voice\" and \"accompaniment\"")
    let atoms: [[Float]] = [
      [0, 0, 0, 0, 0, 0, 0, 0, 0], [-1, 1, 1, 1, 1, 1, 1, 1, 1], [.nan, 1, 1, 1, 1, 1, 1, 1, 1],
    ]
    for atom in atoms {
      let message = try refusal {
        $0.tensors[1].tensor = WeightsWriter.Tensor([2, 9], [Float](repeating: 1, count: 9) + atom)
      }
      #expect(message.hasPrefix(": accompaniment[1]: found an atom that adds up to "))
    }
  }
}
