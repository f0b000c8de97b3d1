internal import ArgumentParser
internal import Audio
private import Glibc
internal import Live
internal import Network
internal import Preset
internal import Sound

/// Why a command ends without having done what it was asked, and the exit status that says so (`sysexits.h`).
struct Failure: Error, Encodable, Equatable {
  let status: Int32
  let message: String

  init(status: Int32, _ message: String) {
    self.status = status
    self.message = message
  }

  /// What any part of the program throws, as a status and a message.
  init(_ error: any Error) {
    switch error {
    case let error as Failure: self = error
    case let error as PresetError: self.init(status: error.isMissing ? 66 : 65, "\(error)")
    case let error as ModelError: self.init(status: 65, "\(error)")
    case let error as SoundError: self.init(status: Self.status(of: error), "\(error)")
    case let error as AdmissionError: self.init(status: 65, "\(error)")
    case let error as RehearsalError: self.init(status: 69, "\(error)")
    default: self.init(status: 70, "\(error)")
    }
  }

  private static func status(of error: SoundError) -> Int32 {
    switch error {
    case .unreadable(let path, _): unsafe access(path, R_OK) == 0 ? 65 : 66
    case .damaged: 65
    case .unwritable: 73
    }
  }

  /// The user asked for the end (SIGINT).
  static let interrupted = Failure(status: 128 + SIGINT, "interrupted: nothing was replaced")

  /// Says it, and gives what to throw for the exit status.
  func told(json: Bool) -> ExitCode {
    if json { complain(json: ["error": self]) } else { complain(message) }
    return ExitCode(status)
  }
}
