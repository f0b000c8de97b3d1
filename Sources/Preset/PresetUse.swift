/// What a preset is loaded for.
public enum PresetUse: Sendable {
  /// It plays, and nothing that only files need is kept in memory; it would hear these as it plays.
  case live
  /// It hears recordings in files, in all the ways that it has.
  case files
}
