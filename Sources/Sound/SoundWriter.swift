internal import CSndfile
internal import Glibc
internal import Synchronization

/// Writes a sound file, block by block, that appears under its name only when it is whole.
///
/// The samples go into a hidden file beside the wanted one, which takes its place in ``finish()``; a writer that goes
/// away unfinished removes it. Memory does not grow with the length of the file, and a WAV may be longer than 4 GiB.
/// The same samples make the same file, byte by byte.
///
/// - Thread: Any one at a time.
@safe
public struct SoundWriter: ~Copyable {
  /// The file, as it was named.
  public let path: String
  /// Samples in a frame.
  public let channels: Int
  /// How the samples are held.
  public let format: SoundFormat
  /// The frames written so far.
  public private(set) var frames = 0

  private let unfinished: String
  private let descriptor: Int32
  private var file: OpaquePointer?
  private var interleaved: [Float] = []
  private var integers: [Int32] = []

  /// Tells apart the unfinished files of one process.
  private static let count = Atomic<Int>(0)

  /// Opens a file that ``finish()`` will put at `path`, instead of one that may be there.
  ///
  /// Throws ``SoundError/unwritable(path:reason:)`` when the folder is missing or not permitted, something other than
  /// a file is at `path`, or the format does not hold this rate or so many channels.
  ///
  /// - Parameter sampleRate: Frames a second, in hertz.
  /// - Parameter channels: Samples in a frame.
  /// - Real-time: Not real-time: blocks on the disk.
  public init(path: String, sampleRate: Int, channels: Int, format: SoundFormat = .float) throws(SoundError) {
    var status = stat()
    if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      // A rename would put the file in the place of a device as well.
      throw .unwritable(path: path, reason: "it is there already and is not a regular file")
    }
    var info = SF_INFO()
    info.samplerate = Int32(clamping: sampleRate)
    info.channels = Int32(clamping: channels)
    info.format = format.code
    guard sampleRate > 0, channels > 0, unsafe sf_format_check(&info) == 1 else {
      throw .unwritable(path: path, reason: "\(format.rawValue) does not hold \(channels) channels at \(sampleRate) Hz")
    }
    let unfinished = Self.unfinishedName(for: path)
    let descriptor = unsafe open(unfinished, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: unsafe String(cString: strerror(errno))) }
    guard let file = unsafe sf_open_fd(descriptor, Int32(SFM_WRITE), &info, 0) else {
      let reason = unsafe SoundReader.reason(nil)
      close(descriptor)
      unsafe unlink(unfinished)
      throw .unwritable(path: path, reason: reason)
    }
    unsafe sf_command(file, Int32(SFC_RF64_AUTO_DOWNGRADE), nil, 1)
    self.path = path
    self.channels = channels
    self.format = format
    self.unfinished = unfinished
    self.descriptor = descriptor
    unsafe self.file = file
  }

  deinit {
    if let file = unsafe file {
      unsafe sf_close(file)
      close(descriptor)
      unsafe unlink(unfinished)
    }
  }

  /// Appends the first `frames` frames of `samples`, channel beside channel.
  ///
  /// Throws ``SoundError/unwritable(path:reason:)`` when the disk is full or gone.
  ///
  /// - Real-time: Not real-time: blocks on the disk.
  public mutating func write(interleaved samples: [Float], frames count: Int) throws(SoundError) {
    precondition(count >= 0 && samples.count >= count * channels, "\(samples.count) samples for \(count) frames")
    guard let file = unsafe file else { preconditionFailure("'\(path)' is finished") }
    let written: sf_count_t
    if let bits = format.integerBits {
      round(samples.prefix(count * channels), bits: bits)
      unsafe written = sf_writef_int(file, integers, sf_count_t(count))
    } else {
      unsafe written = sf_writef_float(file, samples, sf_count_t(count))
    }
    frames += Int(written)
    guard written == sf_count_t(count) else {
      throw .unwritable(path: path, reason: unsafe SoundReader.reason(file))
    }
  }

  /// Appends the first `frames` frames of `planes`, one array a channel.
  ///
  /// Throws as ``write(interleaved:frames:)`` does.
  ///
  /// - Real-time: Not real-time: blocks on the disk.
  public mutating func write(planar planes: [[Float]], frames count: Int) throws(SoundError) {
    precondition(planes.count == channels, "\(planes.count) planes for \(channels) channels")
    var samples: [Float] = []
    swap(&samples, &interleaved)
    defer { swap(&samples, &interleaved) }
    if samples.count < count * channels { samples = [Float](repeating: 0, count: count * channels) }
    for channel in 0..<channels {
      for frame in 0..<count { samples[frame * channels + channel] = planes[channel][frame] }
    }
    try write(interleaved: samples, frames: count)
  }

  /// Closes the file and puts it in its place.
  ///
  /// Throws ``SoundError/unwritable(path:reason:)`` when the disk is full or gone; then nothing is at the path that was
  /// not there before. Nothing can be written afterwards.
  ///
  /// - Real-time: Not real-time: blocks on the disk.
  public mutating func finish() throws(SoundError) {
    guard let file = unsafe file else { return }
    unsafe self.file = nil
    var failure = unsafe sf_close(file) == 0 ? nil : "libsndfile could not close it"
    clearTimestamp()
    // Before the rename, or a power cut could leave the name on a file without its contents.
    if failure == nil, fsync(descriptor) != 0 { failure = unsafe String(cString: strerror(errno)) }
    close(descriptor)
    if failure == nil, unsafe rename(unfinished, path) != 0 { failure = unsafe String(cString: strerror(errno)) }
    if let failure {
      unsafe unlink(unfinished)
      throw .unwritable(path: path, reason: failure)
    }
  }

  /// Scales to left-aligned integers of `bits` bits, as `sf_writef_int` takes them; what is not a number becomes 0.
  private mutating func round(_ samples: ArraySlice<Float>, bits: Int) {
    let full = Float(1 << (bits - 1))
    let shift = Int32(32 - bits)
    integers.removeAll(keepingCapacity: true)
    for sample in samples {
      let scaled = sample.isNaN ? 0 : min(max(sample * full, -full), full - 1).rounded(.toNearestOrEven)
      integers.append(Int32(scaled) << shift)
    }
  }

  /// Clears the time of writing that libsndfile leaves in the peak chunk of a float file, so that the same samples make
  /// the same file; it cannot be told to leave the chunk out of an RF64.
  private func clearTimestamp() {
    var header = [UInt8](repeating: 0, count: 256)
    let count = unsafe pread(descriptor, &header, header.count, 0)
    let name = [UInt8]("PEAK".utf8)
    for start in stride(from: 12, to: count - 16, by: 4) where header[start..<start + 4].elementsEqual(name) {
      // After the name: size, version, time of writing.
      unsafe _ = pwrite(descriptor, [0, 0, 0, 0] as [UInt8], 4, off_t(start + 12))
      return
    }
  }

  private static func unfinishedName(for path: String) -> String {
    let number = count.wrappingAdd(1, ordering: .relaxed).newValue
    let split = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    return "\(path[..<split]).\(path[split...]).\(getpid())-\(number).part"
  }
}
