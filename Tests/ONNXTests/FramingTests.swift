import Network
import ONNX
import Testing

/// What goes into a graph and comes out of it, in the axes of its author.
@Suite("Frames of other axes")
struct FramingTests {
  private func options(_ change: (inout ImportOptions) -> Void = { _ in }) -> ImportOptions {
    var options = ImportOptions()
    (options.rate, options.hop, options.shape) = (16000, 8, .squareRootHann)
    change(&options)
    return options
  }

  @Test("hold left and right with both their parts")
  func stereo() throws {
    let fixture = try Fixture("stereo-spectrum")
    let imported = try ONNXImport.read(path: fixture.path, options: options())
    #expect(imported.findings.frame == "\"frame\" [1, 4, 17, 1]: spectrum, axes 1,planes,bins,1")
    let played = try Played(fixture.path, options())
    #expect(played.model.description.input.channels == 2)
    #expect(played.model.description.grid.window == 32)
    #expect(distance(played.results(fixture.frames), fixture.results) < 1e-4)
  }

  @Test("hold real and imaginary parts side by side")
  func complexLast() throws {
    let fixture = try Fixture("complex-last")
    let played = try Played(fixture.path, options())
    let planes = { (values: [Float]) in (0..<2).flatMap { part in (0..<17).map { values[2 * $0 + part] } } }
    #expect(distance(played.results(fixture.frames.map(planes)), fixture.results.map(planes)) < 1e-4)
  }

  @Test("hold magnitudes of two channels, to whose masks the spectrum answers")
  func stereoMagnitudes() throws {
    let fixture = try Fixture("stereo-mask")
    let played = try Played(fixture.path, options { ($0.feature, $0.channels) = (.rawMagnitude, 2) })
    // A spectrum whose magnitudes are the fixture's numbers, in the real part and the imaginary one by turns.
    func spectrum(_ values: [Float]) -> [Float] {
      var planes = [Float](repeating: 0, count: 4 * 17)
      for (index, value) in values.enumerated() {
        let (channel, bin) = (index / 17, index % 17)
        planes[(2 * channel + bin % 2) * 17 + bin] = value
      }
      return planes
    }
    let voices = zip(fixture.frames, fixture.results).map { spectrum(zip($0, $1).map { $0 * $1 }) }
    #expect(distance(played.results(fixture.frames.map(spectrum)), voices) < 1e-4)
  }

  @Test("are asked for where they cannot be told")
  func questions() throws {
    #expect(throws: ONNXError.self) { try ONNXImport.read(path: Fixture("open-unmix").path) }
    do {
      _ = try ONNXImport.read(path: Fixture("open-unmix").path)
    } catch let error as ONNXError {
      #expect(error.description.contains("--rate and --hop"))
    }
    do {
      _ = try ONNXImport.read(path: Fixture("open-unmix").path, options: options())
    } catch let error as ONNXError {
      #expect(error.description.contains("--output"))
    }
    do {
      let wrong = options { $0.states = [("h_in", "nobody")] }
      _ = try ONNXImport.read(path: Fixture("open-unmix").path, options: wrong)
    } catch let error as ONNXError {
      #expect(error.description.contains("no such output"))
    }
  }
}
