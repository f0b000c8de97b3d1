internal import Realtime
internal import Separation

/// What the whole way of a sample costs, from the input to both stems, everything included.
struct BenchPath {
  let settings: SeparatorSettings

  /// The time for each hop of a stereo stream in periods of 256, with the estimator in line.
  func hops(rate: Int, seconds: Double) -> BenchTimes {
    let (request, arrival) = (Wake(), Wake())
    let parts = SeparatorParts(
      settings: settings, rate: rate, channels: 2, period: 256, slack: nil, request: request, arrival: arrival)
    var separator = parts.separator
    let sound = BenchSound(frames: 65_536)
    let planes = BenchPlanes(channels: 2, frames: 256)
    var times: [Double] = []
    var (time, position) = (0.0, 0)
    let end = BenchPace.now + Int(seconds * 1e9)
    while BenchPace.now < end || times.count < 100 {
      let frames = separator.frames
      time += BenchPace.time {
        unsafe separator.process(
          input: sound.inputs, voice: planes.outputs, dry: planes.outputs + 2, offset: position, count: 256, pace: .live
        )
      }
      position = (position + 256) % 65_536
      guard separator.frames > frames else { continue }
      times.append(time / Double(separator.frames - frames))
      time = 0
    }
    return withExtendedLifetime((request, arrival)) { BenchTimes(times) }
  }

  /// How many seconds of a stereo recording are separated in a second, file access left out.
  func offline(rate: Int, seconds: Double) -> Double {
    var separation = OfflineSeparation(settings: settings, rate: rate, channels: 2)
    // As many as are separated at once: with fewer most calls would only keep them.
    let frames = OfflineSeparation.period
    let block = BenchSound(frames: frames).samples
    _ = separation.separate(block, frames: frames)
    var times: [Double] = []
    let end = BenchPace.now + Int(seconds * 1e9)
    while BenchPace.now < end || times.count < 5 {
      times.append(BenchPace.time { _ = separation.separate(block, frames: frames) })
    }
    // The median, so that a pause which others forced on the machine does not count.
    return Double(frames) / Double(rate) / BenchTimes(times).median
  }
}
