@testable import Network
@testable import Separation

/// Models without weights that hear a pair of channels as mid and side, and whose masks are plain to tell.
enum MidSideModel {
  typealias Layer = [String: any Sendable]

  /// The same masks in every bin of every frame.
  static func constant(mid: Double, side: Double, mask: String = "soft") throws -> SeparatorSettings {
    try settings(
      [
        row("mid", 0), clip("mid-mask", mid), row("side", 1), clip("side-mask", side),
        joined(["mid-mask", "side-mask"]),
      ], mask: mask)
  }

  /// Both masks are what mid has more than side, as a share of mid: 1 in the middle, 0 at one side alone.
  static func middle(future: Int = 0) throws -> SeparatorSettings {
    try settings(
      [
        row("mid", 0), row("side", 1),
        ["kind": "arithmetic", "name": "difference", "from": ["mid", "side"], "function": "subtract"],
        ["kind": "activation", "name": "more", "function": "relu"],
        ["kind": "activation", "name": "whole", "from": "mid", "function": "clip", "minimum": 1e-6],
        ["kind": "arithmetic", "name": "share", "from": ["more", "whole"], "function": "divide"],
        joined(["share", "share"]),
      ], future: future)
  }

  /// From a half to one, the more the louder a bin is against the level.
  static func loudness() throws -> SeparatorSettings {
    try settings([["kind": "activation", "name": "masks", "function": "sigmoid"]])
  }

  private static func row(_ name: String, _ index: Int, of source: String = "frame") -> Layer {
    ["kind": "slice", "name": name, "from": source, "axis": 0, "start": 513 * index, "stop": 513 * (index + 1)]
  }

  private static func clip(_ name: String, _ value: Double) -> Layer {
    ["kind": "activation", "name": name, "function": "clip", "minimum": value, "maximum": value]
  }

  private static func joined(_ rows: [String]) -> Layer {
    ["kind": "concatenate", "name": "masks", "from": rows, "axis": 0]
  }

  /// On windows of 64 ms; with `future` the model is given that many frames after the one whose mask it tells.
  private static func settings(_ layers: [Layer], future: Int = 0, mask: String = "soft") throws -> SeparatorSettings {
    let frames: [Layer] = [
      ["kind": "reshape", "name": "frames", "shape": [1026 * (future + 1)]],
      ["kind": "slice", "name": "frame", "axis": 0, "start": 0, "stop": 1026],
    ]
    let document: [String: Any] = [
      "name": "mid-side", "title": "Mid and side without weights",
      "grid": ["rate": 16000, "window": 1024, "hop": 256, "shape": "square-root-hann"],
      "input": [
        "feature": "mid-side", "scale": 20, "context": ["past": 0, "future": future],
        "level": ["kind": "running-rms", "seconds": 3, "floor": -150],
      ],
      "layers": frames + layers, "output": ["kind": "mask", "mask": mask],
    ]
    return SeparatorSettings(method: .network(try .weightless(document)))
  }
}
