import Foundation

/// Presets that are well-formed and mad, or name a file that is.
extension MadFile {
  static let presets: [MadFile] = [
    .preset(
      "a network that runs every 10⁹ frames",
      "method = 'network'\nnetwork.model = 'm.safetensors'\nnetwork.every = 1000000000",
      place: "6: network.every", found: "1000000000", expected: "1 to 64"),
    .preset(
      "a window of 10¹²", "method = 'centre'\nframing.window = 1000000000000", place: "5: framing.window",
      found: "1000000000000", expected: "64 to 65536"),
    .preset(
      "a hop of nothing", "method = 'centre'\nframing.hop = 0", place: "5: framing.hop", found: "0", expected: "16 to"),
    .preset(
      "a rate that none matches", "method = 'centre'\nframing.rate = 44101", place: "5: framing.rate",
      found: "44101", expected: "multiple of 25"),
    .preset(
      "a look-ahead of hours", "method = 'hpss'\nhpss.long.look-ahead = 1000000000", place: "5: hpss.long.look-ahead",
      found: "1000000000", expected: "0 to"),
    .preset(
      "a memory of years", "method = 'repet-sim'\nrepet-sim.memory = 1e9", place: "5: repet-sim.memory",
      found: "1000000000", expected: "s"),
    .preset(
      "a model that is mad", "method = 'network'\nnetwork.model = 'm.safetensors'", place: "5: network.model",
      found: "[1040000, 33]", expected: "33554432 numbers",
      beside: ["m.safetensors": safetensors(model(layer("expand", "a", #""shape": [1040000, 33]"#), last))]),
    .preset(
      "a dictionary of 10⁹ atoms", "method = 'nmf'\nnmf.dictionary = 'd.safetensors'", place: "5: nmf.dictionary",
      found: "1000000000", expected: "1 to 4096",
      beside: ["d.safetensors": safetensors(dictionary(voice: 1_000_000_000))]),
    .preset(
      "a dictionary without a hop", "method = 'nmf'\nnmf.dictionary = 'd.safetensors'", place: "5: nmf.dictionary",
      found: "0", expected: "1 to 32", beside: ["d.safetensors": safetensors(dictionary(voice: 1, hop: 0))]),
    .preset(
      "a dictionary that announces gigabytes", "method = 'nmf'\nnmf.dictionary = 'd.safetensors'",
      place: "5: nmf.dictionary", found: "[0, 540672]", expected: "within the 0 bytes",
      beside: ["d.safetensors": safetensors(dictionary(voice: 4096), [Tensor("voice", [4096, 33])])]),
    .preset(
      "tables in each other, ten thousand deep",
      "method = " + String(repeating: "[", count: 10_000), place: "4", found: "", expected: ""),
  ]
}
