internal import CSndfile
internal import Glibc

/// Reads a sound file of any format that libsndfile knows, block by block.
///
/// Memory does not grow with the length of the file. Samples of float files come as they are, also those beyond full
/// scale and those that are not finite; integers are scaled to -1 ... 1.
///
/// - Thread: Any one at a time.
@safe
public struct SoundReader: ~Copyable {
  /// The file, as it was named.
  public let path: String
  /// Frames a second, in hertz.
  public let sampleRate: Int
  /// Samples in a frame.
  public let channels: Int
  /// The length of the file, as its header tells it.
  public let frames: Int
  /// The frames read so far.
  public private(set) var position = 0

  private let file: OpaquePointer
  private var interleaved: [Float] = []

  /// Opens the file at `path`.
  ///
  /// Throws ``SoundError/unreadable(path:reason:)`` when it is missing, not permitted, a folder, a pipe, empty, without
  /// an end, or not a sound.
  ///
  /// - Real-time: Not real-time: blocks on the disk.
  public init(path: String) throws(SoundError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: unsafe String(cString: strerror(errno))) }
    if let reason = Self.refusal(of: descriptor) {
      close(descriptor)
      throw .unreadable(path: path, reason: reason)
    }
    var info = SF_INFO()
    guard let file = unsafe sf_open_fd(descriptor, Int32(SFM_READ), &info, 1) else {
      // libsndfile has closed the descriptor.
      throw .unreadable(path: path, reason: unsafe SoundReader.reason(nil))
    }
    guard info.frames < sf_count_t.max else {
      // What libsndfile says of an Ogg stream without a last page.
      unsafe sf_close(file)
      throw .unreadable(path: path, reason: "it breaks off before its end")
    }
    self.path = path
    sampleRate = Int(info.samplerate)
    channels = Int(info.channels)
    frames = Int(info.frames)
    unsafe self.file = file
  }

  deinit { unsafe sf_close(file) }

  /// Reads the next frames into `samples`, channel beside channel, as many as fit into it.
  ///
  /// - Returns: The frames read: fewer than fit only at the end of the file, 0 from there on.
  ///
  /// Throws ``SoundError/damaged(path:position:frames:reason:)`` where the file breaks off or makes no sense.
  ///
  /// - Real-time: Not real-time: blocks on the disk.
  public mutating func read(interleaved samples: inout [Float]) throws(SoundError) -> Int {
    let wanted = samples.count / channels
    let read = unsafe Int(sf_readf_float(file, &samples, sf_count_t(wanted)))
    position += read
    guard read < wanted else { return read }
    if unsafe sf_error(file) != 0 {
      throw .damaged(path: path, position: position, frames: frames, reason: unsafe Self.reason(file))
    }
    if position < frames {
      throw .damaged(path: path, position: position, frames: frames, reason: "the file ends there")
    }
    return read
  }

  /// Reads the next frames into `planes`, one array a channel, as many as fit into the shortest.
  ///
  /// - Returns: The frames read: fewer than fit only at the end of the file, 0 from there on.
  ///
  /// Throws as ``read(interleaved:)`` does.
  ///
  /// - Real-time: Not real-time: blocks on the disk.
  public mutating func read(planar planes: inout [[Float]]) throws(SoundError) -> Int {
    precondition(planes.count == channels, "\(planes.count) planes for \(channels) channels")
    let wanted = planes.reduce(Int.max) { min($0, $1.count) }
    if interleaved.count != wanted * channels { interleaved = [Float](repeating: 0, count: wanted * channels) }
    var samples: [Float] = []
    swap(&samples, &interleaved)
    defer { swap(&samples, &interleaved) }
    let read = try read(interleaved: &samples)
    for channel in 0..<channels {
      for frame in 0..<read { planes[channel][frame] = samples[frame * channels + channel] }
    }
    return read
  }

  /// Reads what is left of the file into memory, one array a channel.
  ///
  /// Throws as ``read(interleaved:)`` does.
  ///
  /// - Real-time: Not real-time: blocks on the disk.
  public mutating func readAll() throws(SoundError) -> [[Float]] {
    var all = [[Float]](repeating: [], count: channels)
    var block = [[Float]](repeating: [Float](repeating: 0, count: 4096), count: channels)
    while case let read = try read(planar: &block), read > 0 {
      for channel in 0..<channels { all[channel].append(contentsOf: block[channel].prefix(read)) }
    }
    return all
  }

  /// Why an open file cannot be a sound, if that can be told without looking inside.
  private static func refusal(of descriptor: Int32) -> String? {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return unsafe String(cString: strerror(errno)) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return "it is a folder"
    case S_IFREG: return status.st_size == 0 ? "the file is empty" : nil
    default: return "it is not a regular file"
    }
  }

  /// What libsndfile says of its last error, without its preamble and full stop.
  static func reason(_ file: OpaquePointer?) -> String {
    var said = unsafe String(cString: sf_strerror(file))[...]
    if said.hasPrefix("Error : ") { said = said.dropFirst(8) }
    if said.last == "." { said = said.dropLast() }
    return String(said)
  }
}
