private import Glibc
internal import Control

/// How far a long command has come, in one line that is drawn over, where the standard error stream is a terminal.
struct Progress {
  private let isShown = isatty(STDERR_FILENO) == 1 && ControlPath.variable("TERM") != "dumb"
  private let title: String
  private let began = ContinuousClock.now
  private var nextLook = ContinuousClock.now

  init(_ title: String) { self.title = title }

  /// Shows the share that is done, at most ten times a second.
  ///
  /// - Parameter seconds: The length of what is done, as sound.
  mutating func show(_ share: Double, seconds: Double) {
    let now = ContinuousClock.now
    guard isShown, now >= nextLook else { return }
    nextLook = now + .milliseconds(100)
    let elapsed = (now - began) / .seconds(1)
    let speed = elapsed > 0 ? ", \(decimal(seconds / elapsed)) times real time" : ""
    draw("\(title)  \(decimal(min(max(share, 0), 1) * 100, 0)) %\(speed)")
  }

  /// Leaves the line empty for what comes after.
  func clear() { if isShown { draw("") } }

  private func draw(_ text: String) {
    let line = Array("\r\u{1B}[K\(text)".utf8)
    _ = unsafe line.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
