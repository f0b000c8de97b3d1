internal import Realtime

/// Stereo noise to be separated: it keeps every bin of an estimator busy.
@safe
final class BenchSound: @unchecked Sendable {
  /// One array a channel.
  let samples: [[Float]]
  /// One pointer a channel; valid as long as this object lives.
  let inputs: UnsafeMutablePointer<UnsafePointer<Float>>
  private let planes: SampleBuffer

  init(frames: Int) {
    var state: UInt64 = 1
    let samples = (0..<2).map { _ in
      (0..<frames).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max) * 0.25
      }
    }
    self.samples = samples
    planes = SampleBuffer(Array(samples.joined()))
    unsafe inputs = .allocate(capacity: 2)
    for channel in 0..<2 { unsafe (inputs + channel).initialize(to: planes.base + channel * frames) }
  }

  deinit { unsafe inputs.deallocate() }
}

/// Room for what comes out: two stems, or voice and delayed input.
@safe
final class BenchPlanes: @unchecked Sendable {
  /// The channels of the one, then those of the other; valid as long as this object lives.
  let outputs: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  private let planes: SampleBuffer

  init(channels: Int, frames: Int) {
    planes = SampleBuffer(count: 2 * channels * frames)
    unsafe outputs = .allocate(capacity: 2 * channels)
    for plane in 0..<2 * channels { unsafe (outputs + plane).initialize(to: planes.base + plane * frames) }
  }

  deinit { unsafe outputs.deallocate() }
}
