import FuzzInput
import Glibc
import Preset
import Realtime
import Separation

/// Feeds preset files to their reader; from one that is taken, a separator is built at two rates.
enum FuzzPreset {
  static let file = ScratchFile("preset")

  static func read(_ bytes: UnsafeRawBufferPointer) {
    file.hold(bytes)
    do throws(PresetError) {
      let settings = try Preset(path: file.path).settings
      for rate in [8000, 44100] {
        let parts = SeparatorParts(
          settings: settings, rate: rate, channels: 2, period: 64, slack: nil, request: Wake(), arrival: Wake())
        precondition(parts.separator.frames == 0)
      }
    } catch {
      require(error.description, names: file.path)
    }
  }
}

/// What libFuzzer calls with one input after another.
@_cdecl("LLVMFuzzerTestOneInput")
public func read(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  FuzzPreset.read(UnsafeRawBufferPointer(start: bytes, count: count))
  return 0
}
