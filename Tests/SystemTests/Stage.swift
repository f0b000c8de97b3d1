import Audio
import Foundation

/// A JACK server with a daemon in it, ready to be played into.
final class Stage {
  // The daemon first: it goes away before its server does.
  let daemon: Daemon
  let server: JackServer

  init(
    preset: String? = "passthrough", rate: Int = 48_000, period: Int = 1024, arguments: [String] = [],
    home: Home? = nil
  ) throws {
    server = try JackServer(rate: rate, period: period)
    daemon = try Daemon(server: server.name, preset: preset, arguments: arguments, home: home)
    try daemon.wait(for: "running")
  }

  /// Makes ready to play into the daemon and to record both stems.
  func rehearsal(of sound: [[Float]], freewheel: Bool = false) throws -> Rehearsal {
    try server.rehearsal(of: sound, through: daemon, freewheel: freewheel)
  }

  /// Plays `sound` until enough of the recording is free of cycles that the machine lost, at most five times.
  ///
  /// - Parameter meanwhile: What is done while it plays.
  func play(
    _ sound: [[Float]], freewheel: Bool = false, meanwhile: (Rehearsal) throws -> Void = { _ in }
  ) throws -> Heard {
    for _ in 0..<4 {
      let heard = try playOnce(sound, freewheel: freewheel, meanwhile: meanwhile)
      if heard.usable * 2 > sound[0].count { return heard }
    }
    return try playOnce(sound, freewheel: freewheel, meanwhile: meanwhile)
  }

  private func playOnce(
    _ sound: [[Float]], freewheel: Bool, meanwhile: (Rehearsal) throws -> Void
  ) throws -> Heard {
    let rehearsal = try rehearsal(of: sound, freewheel: freewheel)
    try rehearsal.start()
    try meanwhile(rehearsal)
    return Heard(played: sound, take: try rehearsal.finish())
  }
}

extension JackServer {
  /// Makes ready to play into a daemon and to record both stems.
  func rehearsal(of sound: [[Float]], through daemon: Daemon, freewheel: Bool = false) throws -> Rehearsal {
    claimProcess()
    var plan = RehearsalPlan(played: sound, destinations: daemon.inputs(), sources: daemon.outputs())
    plan.server = name
    plan.freewheel = freewheel
    return try Rehearsal(plan)
  }
}

extension Rehearsal {
  /// Waits until `frame` has been played, or the server has taken too long for that.
  func wait(for frame: Int) {
    let end = Date().addingTimeInterval(5 + Double(max(frame - position, 0)) / 20_000)
    var (last, moved) = (position, Date())
    while position < frame, Date() < end, Date().timeIntervalSince(moved) < 3 {
      usleep(5_000)
      if position != last { (last, moved) = (position, Date()) }
    }
  }
}
