import Control

/// A daemon that knows nothing yet and can do nothing.
struct StartingDaemon: ControlHandler {
  private static let refusal = ControlError(.notNow, "The daemon is starting.")

  func status() async throws(ControlError) -> Status { Status(pid: 1, version: "0.1.0") }
  func presets() async throws(ControlError) -> [PresetSummary] { throw Self.refusal }
  func use(preset name: String) async throws(ControlError) -> Switching { throw Self.refusal }
  func setGain(of stem: Stem, to gain: Decibels) async throws(ControlError) -> Gains { throw Self.refusal }
  func setBypass(_ on: Bool) async throws(ControlError) -> Bypass { throw Self.refusal }
  func setThreshold(_ threshold: Double) async throws(ControlError) -> Threshold { throw Self.refusal }
  func check(preset: String) async throws(ControlError) -> PresetCheck { throw Self.refusal }
  func reload() async throws(ControlError) -> Reload { throw Self.refusal }
}
