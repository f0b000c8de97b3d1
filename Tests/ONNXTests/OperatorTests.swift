import Network
import ONNX
import Testing

/// Every operator, in small graphs, against what ONNX Runtime computes.
@Suite("What ONNX Runtime computes")
struct OperatorTests {
  @Test(
    "is what the imported layers compute",
    arguments: [
      "conv-2d", "conv-1d", "conv-column", "conv-same", "conv-transpose", "conv-transpose-1d", "gemm", "matmul",
      "dense-over-frequency", "lstm-step", "lstm-streams", "lstm-in-frame", "lstm-in-frame-streams", "gru-after",
      "gru-before", "gru-reverse", "gru-packed-state", "rnn", "layer-norm", "layer-norm-decomposed", "instance-norm",
      "group-norm", "batch-norm", "softmax", "softmax-9", "activations", "arithmetic", "broadcast-channels", "where",
      "reductions", "moves", "transposed-chains", "resize", "shapes-ahead", "scatter", "swapped-states",
      "one-frame-cache",
    ])
  func operators(name: String) throws {
    let fixture = try Fixture(name)
    var options = ImportOptions()
    (options.rate, options.hop, options.shape) = (16000, 4, .squareRootHann)
    (options.axes, options.resultAxes, options.output) = ("1,frames,bins", "1,bins", .voiceMagnitude)
    let played = try Played(fixture.path, options)
    #expect(distance(played.results(fixture.frames), fixture.results) < 1e-4)
  }

  @Test("is what caches of earlier frames lead to")
  func caches() throws {
    let fixture = try Fixture("causal-convolution")
    var options = ImportOptions()
    (options.rate, options.hop, options.shape) = (16000, 4, .squareRootHann)
    (options.axes, options.resultAxes, options.output) = ("1,1,frames,bins", "1,bins", .voiceMagnitude)
    let played = try Played(fixture.path, options)
    #expect(distance(played.results(fixture.frames), fixture.results) < 1e-4)
    // The caches are the layers' own: nothing is cut up or put together.
    #expect(played.kinds.count { $0 == "history" } == 2)
    #expect(!played.kinds.contains("state") && !played.kinds.contains("concatenate"))
  }

  @Test("needs no layer for a state that goes around by inputs and outputs")
  func ownStates() throws {
    for name in ["lstm-step", "gru-after", "gru-packed-state"] {
      var options = ImportOptions()
      (options.rate, options.hop, options.shape) = (16000, 4, .squareRootHann)
      (options.axes, options.resultAxes, options.output) = ("1,frames,bins", "1,bins", .voiceMagnitude)
      let kinds = try Played(Fixture(name).path, options).kinds
      #expect(!kinds.contains("state") && !kinds.contains("slice"), "\(name): \(kinds)")
    }
  }

  @Test("needs no transposition to be dense over the last axis")
  func denseOverFrequency() throws {
    var options = ImportOptions()
    (options.rate, options.hop, options.shape) = (16000, 4, .squareRootHann)
    (options.axes, options.resultAxes, options.output) = ("1,frames,bins", "1,bins", .voiceMagnitude)
    let kinds = try Played(Fixture("dense-over-frequency").path, options).kinds
    #expect(kinds.filter { $0 != "reshape" } == ["dense", "permute", "dense"])
  }

  @Test("of a whole model: Open-Unmix with LSTMs of one direction")
  func openUnmix() throws {
    let fixture = try Fixture("open-unmix")
    var options = ImportOptions()
    (options.rate, options.hop, options.shape) = (44100, 64, .squareRootHann)
    options.output = .voiceMagnitude
    let played = try Played(fixture.path, options)
    #expect(distance(played.results(fixture.frames), fixture.results) < 1e-4)
    #expect(played.kinds.count { $0 == "lstm" } == 3)
    #expect(!played.kinds.contains("state"))
  }

  @Test("of what PyTorch exports today, and of what it exported before", arguments: ["torch-20", "torch-11"])
  func torch(name: String) throws {
    let fixture = try Fixture(name)
    var options = ImportOptions()
    (options.rate, options.hop) = (16000, 16)
    let played = try Played(fixture.path, options)
    #expect(distance(played.results(fixture.frames), fixture.results) < 1e-4)
    #expect(!played.kinds.contains("state") && !played.kinds.contains("slice"))
    #expect(played.kinds.contains("layer-normalisation"))
  }
}
