internal import Audio
internal import Control
internal import Live
internal import Preset
internal import Separation

/// Answers control clients for the daemon.
struct DaemonHandler: ControlHandler {
  private let conductor: Conductor
  private let library: PresetLibrary
  private let report: StatusReport

  init(conductor: Conductor, audio: AudioService, library: PresetLibrary) {
    self.conductor = conductor
    self.library = library
    report = StatusReport(conductor: conductor, audio: audio)
  }

  func status() async throws(ControlError) -> Status { await report.status() }

  func presets() async throws(ControlError) -> [PresetSummary] {
    let current = await conductor.situation().preset
    var summaries: [PresetSummary] = []
    for name in library.names {
      guard let outline = try? library.outline(of: name) else { continue }
      summaries.append(
        PresetSummary(
          name: name, title: outline.title, summary: outline.summary, method: outline.method.rawValue,
          path: outline.path, current: name == current))
    }
    return summaries
  }

  func use(preset name: String) async throws(ControlError) -> Switching {
    do {
      let admission = try await conductor.use(name)
      return Switching(
        preset: name,
        latency: admission.map { Control.Latency(samples: $0.latency.samples, sampleRate: $0.latency.rate) },
        budget: admission.flatMap { $0.slack == nil ? nil : Control.StepBudget($0.budget) })
    } catch {
      throw refusal(of: name, error)
    }
  }

  func setGain(of stem: Stem, to gain: Decibels) async throws(ControlError) -> Gains {
    switch stem {
    case .voice: conductor.board.setVoiceGain(Float(gain.amplitude))
    case .accompaniment: conductor.board.setAccompanimentGain(Float(gain.amplitude))
    }
    return await report.status().gains
  }

  func setBypass(_ on: Bool) async throws(ControlError) -> Bypass {
    conductor.board.setBypass(on)
    return Bypass(on)
  }

  func setThreshold(_ threshold: Double) async throws(ControlError) -> Threshold {
    guard await conductor.setThreshold(Float(threshold)) else {
      let preset = await conductor.situation().preset
      throw ControlError(
        .presetRefused,
        "The masks of \"\(preset)\" have no threshold: found soft masks, expected [mask] threshold in the preset.")
    }
    return Threshold(threshold)
  }

  func check(preset: String) async throws(ControlError) -> PresetCheck {
    do {
      let checked = preset.contains("/") ? try Preset(path: preset, for: .live) : try library.load(preset, for: .live)
      return PresetCheck(
        preset: checked.name, path: checked.path, method: checked.settings.method.name)
    } catch {
      throw refusal(of: preset, error)
    }
  }

  func reload() async throws(ControlError) -> Reload {
    var broken: [Reload.Broken] = []
    var sound: [String] = []
    for name in library.names {
      do throws(PresetError) {
        _ = try library.outline(of: name)
        sound.append(name)
      } catch {
        broken.append(Reload.Broken(path: (try? library.path(of: name)) ?? name, message: "\(error)"))
      }
    }
    do { try await conductor.reload() } catch {
      let current = await conductor.situation().preset
      broken.append(Reload.Broken(path: (try? library.path(of: current)) ?? current, message: "\(error)"))
    }
    return Reload(presets: sound, broken: broken)
  }

  private func refusal(of name: String, _ error: any Error) -> ControlError {
    if let error = error as? PresetError, error.isMissing, !library.names.contains(name) {
      return .unknownPreset(name, known: library.names)
    }
    return ControlError(.presetRefused, "\(error)")
  }
}
