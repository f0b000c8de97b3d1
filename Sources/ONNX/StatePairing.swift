internal import Text

/// Which inputs hold what an output gave in the frame before, and what remains: the frame and the result.
struct StatePairing {
  /// Inputs and the outputs that feed them.
  var pairs: [(input: String, output: String)] = []
  let frame: String
  let result: String

  /// The input that is the frame: the one that is named, or the first that no output's name goes with.
  static func frame(
    _ options: ImportOptions, inputs: [String], outputs: [String], file: String
  ) throws(ONNXError) -> String {
    func undecided(_ question: String) -> ONNXError { .undecided(file: file, question: question) }
    for (input, output) in options.states {
      guard inputs.contains(input) else {
        throw undecided("--state \(input)=\(output): no such input; there are \(quotedList(inputs))")
      }
      guard outputs.contains(output) else {
        throw undecided("--state \(input)=\(output): no such output; there are \(quotedList(outputs))")
      }
    }
    if let frame = options.frame {
      guard inputs.contains(frame) else {
        throw undecided("--frame \(frame): no such input; there are \(quotedList(inputs))")
      }
      return frame
    }
    let stems = Set(outputs.map(stem))
    let free = inputs.filter { input in !options.states.contains { $0.input == input } }
    let nameless = free.filter { inputs.count == 1 || !stems.contains(stem($0)) || outputs.contains($0) }
    guard let first = nameless.first ?? free.first else { throw undecided("no input is left for the frame") }
    return first
  }

  /// Pairs states with outputs of the same shape: those that are given, then those whose names go together, then in
  /// the order in which they stand, the first output being the result.
  init(
    _ options: ImportOptions, frame: String, inputs: [(name: String, shape: [Int])],
    outputs: [(name: String, shape: [Int])], file: String
  ) throws(ONNXError) {
    self.frame = frame
    var states = inputs.filter { $0.name != frame }
    var open = outputs.filter { $0.name != options.result }
    var found: [(input: String, output: String)] = []
    func pair(_ state: (name: String, shape: [Int]), _ output: (name: String, shape: [Int])) {
      found.append((state.name, output.name))
      states.removeAll { $0.name == state.name }
      open.removeAll { $0.name == output.name }
    }
    for (input, output) in options.states {
      guard let state = states.first(where: { $0.name == input }), let fed = open.first(where: { $0.name == output })
      else {
        throw .undecided(
          file: file, question: "--state \(input)=\(output): one of them is the frame, the result, or used twice")
      }
      guard state.shape == fed.shape else {
        throw .undecided(
          file: file, question: "--state \(input)=\(output): shapes \(state.shape) and \(fed.shape) differ")
      }
      pair(state, fed)
    }
    let stems = Dictionary(outputs.map { ($0.name, Self.stem($0.name)) }) { first, _ in first }
    for state in states {
      let stem = Self.stem(state.name)
      let alike = open.filter { $0.shape == state.shape && stems[$0.name] == stem }
      if alike.count == 1 { pair(state, alike[0]) }
    }
    let spared = options.result == nil && open.count > states.count ? open.first?.name : nil
    for state in states {
      if let next = open.first(where: { $0.shape == state.shape && $0.name != spared }) { pair(state, next) }
    }
    guard states.isEmpty else {
      let names = states.map { "\(quoted($0.name)) \($0.shape)" }.joined(separator: ", ")
      throw .undecided(
        file: file,
        question:
          "no output goes with \(states.count == 1 ? "the input" : "the inputs") \(names); --state input=output "
          + "pairs them, and the frame is taken to be \(quoted(frame)) (--frame)")
    }
    guard let result = options.result ?? open.first?.name, outputs.contains(where: { $0.name == result }) else {
      throw .undecided(
        file: file,
        question: "no output is left for the result; --result names one of \(quotedList(outputs.map(\.name)))")
    }
    self.result = result
    pairs = found
  }

  /// What is left of a name without the words that exporters put around states.
  static func stem(_ name: String) -> String {
    let noise: Set<Substring> = [
      "in", "out", "input", "output", "new", "next", "prev", "previous", "old", "updated", "n", "0",
    ]
    let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
    let kept = words.filter { !noise.contains($0) }
    // "h0" and "hn", as PyTorch calls states before and after.
    return kept.map { word in
      word.count == 2 && "0n".contains(word.last ?? " ") ? String(word.dropLast()) : String(word)
    }
    .joined(separator: "-")
  }
}
