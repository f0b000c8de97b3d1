internal import ArgumentParser
internal import Sound

/// How the stems are to be held, in the words of the command line.
enum SeparateFormat: String, ExpressibleByArgument, CaseIterable {
  case wavFloat = "wav-float"
  case wav24 = "wav-24"
  case wav16 = "wav-16"
  case flac

  var sound: SoundFormat {
    switch self {
    case .wavFloat: .float
    case .wav24: .pcm24
    case .wav16: .pcm16
    case .flac: .flac24
    }
  }
}
