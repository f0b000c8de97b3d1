import Foundation

/// The presets of the checkout that the tests were built from.
let presets = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "presets").path
