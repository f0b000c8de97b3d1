internal import Audio
internal import Control
internal import Live
internal import Preset

/// Why the daemon ends, and the exit status that says so.
struct Failure: Error {
  let status: Int32
  let message: String

  init(status: Int32, _ message: String) {
    self.status = status
    self.message = message
  }

  /// What any part of the program throws, as a status and a message.
  init(_ error: any Error) {
    let status: Int32 =
      switch error {
      case let error as PresetError: error.isMissing ? 66 : 65
      case is AdmissionError: 78
      case AudioError.badPattern: 64
      case is AudioError: 69
      case is ControlServerError: 73
      case is ControlPathError: 64
      default: 70
      }
    self.init(status: status, "\(error)")
  }
}
