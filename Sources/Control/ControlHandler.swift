/// What a daemon does for its control clients; each function is one method of the protocol.
///
/// The server calls it from any thread, several calls at once (one for each client at most), and replies with what it
/// returns or with the ``ControlError`` it throws. Everything takes effect or nothing does.
public protocol ControlHandler: Sendable {
  /// Everything there is to know.
  func status() async throws(ControlError) -> Status

  /// The presets that can be used.
  func presets() async throws(ControlError) -> [PresetSummary]

  /// Begins to prepare a preset and returns at once; the end of it is published as an event (``Event/Kind/switched``,
  /// ``Event/Kind/refused``).
  ///
  /// - Throws: ``ControlError/unknownPreset(_:known:)``, or `presetRefused` when it is seen at once that it cannot be
  ///   used.
  func use(preset name: String) async throws(ControlError) -> Switching

  /// Changes the gain of a stem to a value within ``Gains/range`` or to silence, and returns the gains of both.
  func setGain(of stem: Stem, to gain: Decibels) async throws(ControlError) -> Gains

  /// Lets the input through unseparated, or no longer.
  func setBypass(_ on: Bool) async throws(ControlError) -> Bypass

  /// Moves the threshold of the masks of the preset that is heard, until another takes over.
  ///
  /// - Throws: `presetRefused` where its masks are soft.
  func setThreshold(_ threshold: Double) async throws(ControlError) -> Threshold

  /// Checks a preset (a name or the path of a file) as ``use(preset:)`` would, and changes nothing.
  ///
  /// - Throws: `presetUnknown`, `presetRefused`.
  func check(preset: String) async throws(ControlError) -> PresetCheck

  /// Reads the presets again; a broken one is told of and its old form stays.
  func reload() async throws(ControlError) -> Reload
}
