/// Where a preset's estimator would rather run.
public enum PresetDrive: String, Sendable, CaseIterable {
  /// On a thread beside the audio thread, with whole periods in hand: what comes too late is heard as an older mask.
  case threaded
  /// In the audio callback, with nothing in hand, where its measured steps take little of a period; on a thread
  /// elsewhere.
  case inline
}
