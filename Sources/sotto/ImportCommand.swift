internal import ArgumentParser
internal import Network
internal import ONNX
internal import Preset

/// `sotto import`: makes a preset and its weights of an ONNX file.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Turns an ONNX model into a preset that can be played.",
    discussion: """
      Writes MODEL.safetensors and a preset MODEL.toml beside it. An ONNX file says nothing of the sound that goes into \
      the model, so --rate and --hop have to; all else is told from names and shapes, printed, and may be said instead.

      The graph is to compute one frame from one frame. Axes that are only named are of one. Inputs that hold what an \
      output gave a frame before are paired with it by name and shape, in order, or by --state.

      Examples:
        sotto import tdc17.onnx --rate 44100 --hop 1024
        sotto import gtcrn.onnx --rate 16000 --hop 256 --shape square-root-hann
        sotto import umx.onnx --rate 44100 --hop 1024 --output voice-magnitude --state h_in=h_out
        sotto import odd.onnx --rate 16000 --hop 256 --axes 1,frames,bins --future 2 --first voice \
      --output two-source-magnitudes

      Words for --axes, one an axis: 1, frames, channels, parts (real, imaginary), planes (channels*parts), sources, bins.

      Operators: \(ONNXImport.operators.joined(separator: ", ")); operator sets \(ONNXImport.opsets.lowerBound) to \
      \(ONNXImport.opsets.upperBound).

      Exit status: 0 well; 64 wrong usage, or something to be said by an option; 65 a file that is damaged, or asks for \
      what Sotto does not have (all of it is listed); 66 no such file; 73 the preset cannot be written.
      """)

  @Argument(help: ArgumentHelp("An ONNX file.", valueName: "file"), completion: .file(extensions: ["onnx"]))
  var file: String

  @Option(help: "Samples a second that the model was trained at.")
  var rate: Int?

  @Option(help: "Samples from frame to frame.")
  var hop: Int?

  @Option(help: "Samples of a frame; 2 (bins - 1) unless given.")
  var window: Int?

  @Option(help: "The windows.")
  var shape = ImportOptions.WindowShape.hann

  @Option(help: "What the frame holds; told from its shape unless given.")
  var feature: ImportOptions.Feature?

  @Option(help: "2 if the model hears left and right together; told from the shape unless given.")
  var channels: Int?

  @Option(help: "What the model gives; told from shape, name and last layer where that is clear.")
  var output: ImportOptions.Output?

  @Option(help: "Which of two sources the model gives first.")
  var first: ImportOptions.First?

  @Option(help: "Frames by which the result lags behind the newest frame that the model sees.")
  var delay = 0

  @Option(help: "Of several frames that the model sees at once, how many come after the estimated one.")
  var future = 0

  @Option(help: ArgumentHelp("What the axes of the frame are.", valueName: "words"))
  var axes: String?

  @Option(help: ArgumentHelp("What the axes of the result are.", valueName: "words"))
  var resultAxes: String?

  @Option(help: ArgumentHelp("The input that is the frame.", valueName: "input"))
  var frame: String?

  @Option(help: ArgumentHelp("The output that is the result.", valueName: "output"))
  var result: String?

  @Option(help: ArgumentHelp("An input and the output that feeds it; may be repeated.", valueName: "input=output"))
  var state: [String] = []

  @Option(help: ArgumentHelp("The extent of an axis that is only named; may be repeated.", valueName: "name=extent"))
  var dimension: [String] = []

  @Flag(help: "Recurrent layers keep their state from frame to frame, though the graph does not hand it on.")
  var keepState = false

  @Option(help: ArgumentHelp("The folder to write to; made if it is not there.", valueName: "folder"))
  var to = "."

  @Option(help: ArgumentHelp("The preset's name; the file's unless given.", valueName: "name"))
  var name: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    do throws(Failure) {
      let imported = try read()
      let files = try ImportFiles(imported, name: presetName, folder: to)
      let report: CheckReport
      do throws(PresetError) {
        report = CheckReport(preset: try Preset(path: files.preset))
      } catch {
        files.remove()
        throw Failure(status: 65, "\(file): imported, and then refused: \(error)")
      }
      let result = ImportReport(imported, files, report)
      if json { try? write(json: result) } else { write(result.text) }
    } catch {
      throw error.told(json: json)
    }
  }

  /// The name of the preset: that of the file, with what no preset may be called left out.
  private var presetName: String {
    if let name { return name }
    let last = file.split(separator: "/").last.map(String.init) ?? file
    let stem = last.hasSuffix(".onnx") ? String(last.dropLast(5)) : last
    let kept = stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }.prefix(60)
    return kept.isEmpty ? "model" : String(kept)
  }

  private func read() throws(Failure) -> ImportedModel {
    var options = ImportOptions()
    options.name = presetName
    (options.rate, options.hop, options.window, options.shape) = (rate, hop, window, shape)
    (options.feature, options.channels, options.output, options.first) = (feature, channels, output, first)
    (options.delay, options.future, options.axes, options.resultAxes) = (delay, future, axes, resultAxes)
    (options.frame, options.result, options.keepsState) = (frame, result, keepState)
    for pair in state {
      let (input, output) = try Self.pair(pair, option: "--state", form: "input=output")
      options.states.append((input, output))
    }
    for pair in dimension {
      let (name, extent) = try Self.pair(pair, option: "--dimension", form: "name=extent")
      guard let extent = Int(extent), extent > 0 else {
        throw Failure(status: 64, "--dimension \(pair): name=extent expected, the extent from 1")
      }
      options.dimensions[name] = extent
    }
    do throws(ONNXError) {
      return try ONNXImport.read(path: file, options: options)
    } catch {
      switch error {
      case .notFound: throw Failure(status: 66, "\(error)")
      case .undecided: throw Failure(status: 64, "\(error)")
      case .unreadable, .broken, .unsupported: throw Failure(status: 65, "\(error)")
      }
    }
  }

  private static func pair(_ text: String, option: String, form: String) throws(Failure) -> (String, String) {
    // Names of tensors may hold the sign themselves; the last one counts.
    guard let sign = text.lastIndex(of: "="), sign > text.startIndex else {
      throw Failure(status: 64, "\(option) \(text): \(form) expected")
    }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }
}
