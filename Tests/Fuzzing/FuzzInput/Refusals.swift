/// Ends the process unless a refusal says something of `file`.
///
/// Whatever else is wrong ends it by itself: a trap, an address outside of what was allocated, a call without end.
public func require(_ description: String, names file: String) {
  precondition(description.hasPrefix(file) && description.count > file.count + 4, "refused without a reason")
}
