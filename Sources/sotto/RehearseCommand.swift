internal import ArgumentParser
internal import Audio
internal import Control
private import Glibc
internal import Sound

struct RehearseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rehearse",
    abstract: "Plays a sound file through the running daemon and records the stems.",
    discussion: """
      Examples:
        sotto rehearse song.flac --output stems
        sotto rehearse song.flac --seconds 20 --json | jq .latency
        sotto rehearse song.wav --name stage --server stage
        sotto rehearse song.flac --frames 30000 --busy 4    does it keep up for minutes on a busy machine?

      Plays in real time, into the daemon's inputs and beside whatever else plays there, and writes NAME.voice.wav and \
      NAME.accompaniment.wav, lined up with the recording by the latency that JACK tells. Then says how that latency \
      compares with the measured one, what is left of voice + accompaniment - recording, and how the daemon kept up.

      Exit status: 0 well; 64 wrong usage; 65 no sound that can be read; 66 no such file; 69 no daemon or no JACK \
      server there, or it went away; 73 the stems cannot be written.
      """)

  @Argument(help: "A recording, of any format that libsndfile reads and at any rate.", completion: .file())
  var file: String

  @Option(help: ArgumentHelp("The folder for the stems; made if it is not there.", valueName: "folder"))
  var output = "."

  @Option(help: "The JACK server's name. Without it, the daemon's.")
  var server: String?

  @Option(help: "How many seconds of the recording to play. Without it, all of it.")
  var seconds: Double?

  @Option(help: "Play it again and again until this many frames have been separated; the stems are the last time's.")
  var frames: Int?

  @Option(help: "Start this many processes that keep the processor busy meanwhile.")
  var busy = 0

  @OptionGroup var daemon: Daemon

  func validate() throws {
    if let frames, !(1...10_000_000).contains(frames) {
      throw ValidationError("--frames: found \(frames), expected 1 to 10000000")
    }
    guard (0...256).contains(busy) else {
      throw ValidationError("--busy: found \(busy), expected up to 256 processes")
    }
    if let seconds, !(seconds > 0 && seconds <= RehearseSound.longest) {
      throw ValidationError("--seconds: found \(seconds), expected up to \(RehearseSound.longest)")
    }
  }

  func run() throws {
    do {
      try daemon.talk { client in
        let companions = try BusyProcesses(count: busy)
        var rounds = [try rehearse(with: client)]
        while let frames, rounds.reduce(0, { $0 + $1.frames }) < frames { rounds.append(try rehearse(with: client)) }
        withExtendedLifetime(companions) {}
        let result = RehearseResult(of: rounds)
        if daemon.json { try write(json: result) } else { write(result.words) }
      }
    } catch let code as ExitCode {
      throw code
    } catch {
      throw Failure(error).told(json: daemon.json)
    }
  }

  private func rehearse(with client: ControlClient) throws -> RehearseResult {
    let before = try settled(client)
    guard let rate = before.sampleRate, let period = before.period, let name = before.client else {
      throw Failure(status: 69, "the daemon is \(before.state.rawValue): there is nothing to play through")
    }
    let channels = before.channels ?? 2
    let sound = try RehearseSound(path: file, rate: rate, channels: channels, seconds: seconds)
    let files = StemFiles(of: file, in: output == "." ? "" : output)
    if let refusal = StemFiles.refusal(of: [files]) { throw refusal }
    try StemFiles.makeFolder(output)

    var plan = RehearsalPlan(
      played: sound.samples, destinations: (1...channels).map { "\(name):in_\($0)" },
      sources: ["voice", "accompaniment"].flatMap { stem in (1...channels).map { "\(name):\(stem)_\($0)" } },
      frames: sound.samples[0].count + (before.latency?.samples ?? 0) + period)
    plan.server = server ?? before.server
    let rehearsal = try Rehearsal(plan)
    try rehearsal.start()
    follow(rehearsal, frames: plan.frames, rate: rate)
    let take = try rehearsal.finish()
    let result = RehearseResult(of: sound, files: files, take: take, before: before, after: try client.status())

    let shift = result.latency.told + take.loopFrames
    let stems = take.recorded.map { stem in
      Array(stem.dropFirst(shift).prefix(sound.samples[0].count))
    }
    try store(Array(stems.prefix(channels)), at: files.voice, rate: take.sampleRate)
    try store(Array(stems.suffix(channels)), at: files.accompaniment, rate: take.sampleRate)
    return result
  }

  /// The daemon's status when it runs and has done with changing presets, or after some seconds as it is then.
  private func settled(_ client: ControlClient) throws -> Status {
    let end = ContinuousClock.now + .seconds(5)
    while true {
      let status = try client.status()
      if status.state == .running && status.switching == nil || ContinuousClock.now > end { return status }
      usleep(50_000)
    }
  }

  /// Shows how far the rehearsal has come, until it is over or nothing plays any more.
  private func follow(_ rehearsal: Rehearsal, frames: Int, rate: Int) {
    let progress = Progress()
    var part = ProgressPart(file, of: progress)
    var position = -1
    var still = 0
    while rehearsal.position < frames, still < 20 {
      still = rehearsal.position == position ? still + 1 : 0
      position = rehearsal.position
      part.show(Double(position) / Double(frames), seconds: Double(position) / Double(rate))
      usleep(50_000)
    }
    progress.end(file) {}
  }

  private func store(_ stem: [[Float]], at path: String, rate: Int) throws(SoundError) {
    var writer = try SoundWriter(path: path, sampleRate: rate, channels: stem.count)
    try writer.write(planar: stem, frames: stem[0].count)
    try writer.finish()
  }
}
