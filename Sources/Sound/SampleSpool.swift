internal import Glibc

/// Samples on disk that are written and read at any place, and are gone with the value.
///
/// Memory does not grow with how many there are. The file has no name, so that nothing is left behind, whatever ends the
/// program.
///
/// - Thread: Any one at a time.
@safe
public struct SampleSpool: ~Copyable {
  /// Samples in a frame.
  public let channels: Int
  /// The frames up to the last one written.
  public private(set) var frames = 0
  private let folder: String
  private let descriptor: Int32

  /// An empty spool on the disk that `folder` is on.
  ///
  /// Throws ``SoundError/unwritable(path:reason:)`` when the folder is missing or not permitted.
  ///
  /// - Real-time: Not real-time: blocks on the disk.
  public init(folder: String, channels: Int) throws(SoundError) {
    let folder = folder.isEmpty ? "." : folder
    var template = Array("\(folder)/.sotto-XXXXXX".utf8CString)
    let descriptor = unsafe mkstemp(&template)
    guard descriptor >= 0 else { throw .unwritable(path: folder, reason: unsafe String(cString: strerror(errno))) }
    unsafe unlink(&template)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    self.folder = folder
    self.channels = channels
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Writes the first `count` frames of `planes`, one array a channel, to frame `start` and on.
  ///
  /// Throws ``SoundError/unwritable(path:reason:)`` when the disk is full or gone.
  ///
  /// - Real-time: Not real-time: blocks on the disk.
  public mutating func write(_ planes: [[Float]], frames count: Int, at start: Int) throws(SoundError) {
    precondition(planes.count == channels, "\(planes.count) planes for \(channels) channels")
    guard count > 0 else { return }
    var interleaved = [Float](repeating: 0, count: count * channels)
    for (channel, plane) in planes.enumerated() {
      for frame in 0..<count { interleaved[frame * channels + channel] = plane[frame] }
    }
    try move(interleaved.count, at: start) { place, offset in
      unsafe interleaved.withUnsafeBytes { bytes in
        unsafe pwrite(descriptor, bytes.baseAddress.map { unsafe $0 + place }, bytes.count - place, offset)
      }
    }
    frames = max(frames, start + count)
  }

  /// The `count` frames from frame `start` on, one array a channel; all of them were written before.
  ///
  /// Throws ``SoundError/unwritable(path:reason:)`` when the disk is gone.
  ///
  /// - Real-time: Not real-time: blocks on the disk.
  public func read(frames count: Int, at start: Int) throws(SoundError) -> [[Float]] {
    precondition(start >= 0 && count >= 0 && start + count <= frames, "\(start) + \(count) of \(frames) frames")
    var interleaved = [Float](repeating: 0, count: count * channels)
    try move(interleaved.count, at: start) { place, offset in
      unsafe interleaved.withUnsafeMutableBytes { bytes in
        unsafe pread(descriptor, bytes.baseAddress.map { unsafe $0 + place }, bytes.count - place, offset)
      }
    }
    return (0..<channels).map { channel in
      stride(from: channel, to: interleaved.count, by: channels).map { interleaved[$0] }
    }
  }

  /// Moves so many samples, however little the system moves at a time.
  private func move(_ samples: Int, at start: Int, _ some: (_ place: Int, _ offset: Int) -> Int) throws(SoundError) {
    let (size, begin) = (samples * MemoryLayout<Float>.size, start * channels * MemoryLayout<Float>.size)
    var place = 0
    while place < size {
      let moved = some(place, begin + place)
      if moved < 0, errno == EINTR { continue }
      guard moved > 0 else {
        throw .unwritable(
          path: folder, reason: moved == 0 ? "the disk is gone" : unsafe String(cString: strerror(errno)))
      }
      place += moved
    }
  }
}
