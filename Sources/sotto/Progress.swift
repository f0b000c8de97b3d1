private import Glibc
internal import Control
internal import Synchronization

/// How far long work has come, in one line that is drawn over, where the standard error stream is a terminal.
///
/// Several threads may draw their parts of it.
final class Progress: Sendable {
  private struct Part {
    var title: String
    var words: String
  }

  private let isShown = isatty(STDERR_FILENO) == 1 && ControlPath.variable("TERM") != "dumb"
  private let parts = Mutex<[Part]>([])
  /// A line that wraps cannot be drawn over.
  private static let width = 79

  /// Shows how far `title` has come, beside whatever else goes on.
  func show(_ title: String, _ words: String) {
    guard isShown else { return }
    parts.withLock { parts in
      if let index = parts.firstIndex(where: { $0.title == title }) {
        parts[index].words = words
      } else {
        parts.append(Part(title: title, words: words))
      }
      draw(parts)
    }
  }

  /// Takes `title` out of the line, and leaves the line empty while `body` writes something that stays.
  func end(_ title: String, _ body: () -> Void) {
    guard isShown else { return body() }
    parts.withLock { parts in
      parts.removeAll { $0.title == title }
      draw([])
      body()
      draw(parts)
    }
  }

  private func draw(_ parts: [Part]) {
    let words = parts.map { "\($0.title)  \($0.words)" }.joined(separator: "  ")
    let line = Array("\r\u{1B}[K\(words.prefix(Self.width))".utf8)
    _ = unsafe line.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// One piece of work's part of the line.
struct ProgressPart {
  private let progress: Progress
  private let title: String
  private let began = ContinuousClock.now
  private var nextLook = ContinuousClock.now

  init(_ title: String, of progress: Progress) {
    self.title = title
    self.progress = progress
  }

  /// Shows the share that is done, at most ten times a second.
  ///
  /// - Parameter seconds: The length of what is done, as sound.
  mutating func show(_ share: Double, seconds: Double) {
    let now = ContinuousClock.now
    guard now >= nextLook else { return }
    nextLook = now + .milliseconds(100)
    let elapsed = (now - began) / .seconds(1)
    let speed = elapsed > 0 ? ", \(decimal(seconds / elapsed)) times real time" : ""
    progress.show(title, "\(decimal(min(max(share, 0), 1) * 100, 0)) %\(speed)")
  }
}
