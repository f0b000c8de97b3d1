internal import Control
private import Glibc

/// What is known of the terminal at standard output.
struct Terminal {
  /// Whether there is one that can be drawn on.
  let isThere: Bool
  /// Whether it may be drawn on in colour (`NO_COLOR`).
  let hasColour: Bool

  init() {
    isThere = isatty(STDOUT_FILENO) == 1 && ControlPath.variable("TERM") != "dumb"
    hasColour = isThere && ControlPath.variable("NO_COLOR") == nil
  }

  /// Columns, looked up every time: windows change.
  var columns: Int {
    var size = winsize()
    let known = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return known ? Int(size.ws_col) : 80
  }
}
