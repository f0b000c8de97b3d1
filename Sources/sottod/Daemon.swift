internal import Audio
internal import Control
internal import Dispatch
internal import Foundation
internal import Glibc
internal import Live
internal import Logging
internal import Preset
internal import Separation
internal import Text

/// The parts of the daemon wired together, from start to end.
struct Daemon {
  private let options: Sottod
  private let journal: Journal
  private let notification = ServiceNotification()

  init(_ options: Sottod, journal: Journal) {
    self.options = options
    self.journal = journal
  }

  /// Runs until a signal or a failure ends it.
  ///
  /// - Throws: ``Failure``.
  func run() async throws(Failure) {
    let signals = Signals()
    let stateURL = SavedState.url(name: options.name, environment: ProcessInfo.processInfo.environment)
    let saved = SavedState.load(from: stateURL)
    let conductor: Conductor
    let audio: AudioService
    let server: ControlServer
    let library = PresetLibrary.standard(explicit: options.presetPath)
    do {
      let preset = try firstPreset(of: library, saved: saved?.preset)
      conductor = Conductor(
        library: library, preset: preset,
        options: LiveOptions(
          drive: options.drive, maxLatency: options.maxLatency?.seconds, pinnedLatency: options.latency))
      if let saved {
        conductor.board.targets = StemTargets(
          voice: saved.voiceGain, accompaniment: saved.accompanimentGain, bypass: saved.bypass)
      }
      audio = try AudioService(
        options: AudioService.Options(
          name: options.name, server: options.server, connectIn: options.connectIn, connectOut: options.connectOut,
          waits: !options.doesNotWait), conductor: conductor)
      let path = try options.socket ?? ControlPath.socket(name: options.name)
      server = try await ControlServer.start(
        path: path, handler: DaemonHandler(conductor: conductor, audio: audio, library: library),
        version: Sottod.version)
      journal.log.info("listening", metadata: ["socket": "\(path)", "preset": "\(preset.name)"])
    } catch {
      throw Failure(error)
    }
    notification.send("READY=1\nSTATUS=waiting for JACK")
    let ending = await withTaskGroup(of: Failure?.self) { group in
      group.addTask { await tell(audio, on: server) }
      group.addTask { await tell(conductor, on: server) }
      group.addTask { await Publisher(conductor: conductor, audio: audio, server: server).run() }
      group.addTask { await feedWatchdog(audio) }
      group.addTask {
        do { try await audio.run() } catch { return Failure(error) }
        return nil
      }
      group.addTask { await obey(signals, conductor: conductor) }
      // Whoever ends first ends the daemon: a signal, or a server that cannot be joined.
      let first = await group.next() ?? nil
      if first == nil { endInTime() }
      // Cancelled only afterwards: a wait that is cancelled ends at once, and the audio service would take its server
      // for a silent one and leave without a fade.
      await finish(conductor: conductor, audio: audio, server: server, state: stateURL)
      group.cancelAll()
      return first
    }
    if let ending { throw ending }
  }

  private func firstPreset(of library: PresetLibrary, saved: String?) throws(PresetError) -> Preset {
    if let asked = options.preset { return try library.load(asked, for: .live) }
    if let saved {
      do throws(PresetError) { return try library.load(saved, for: .live) } catch {
        journal.log.warning("the preset of the last time cannot be used: \(error)")
      }
    }
    return try library.load(PresetLibrary.usual, for: .live)
  }

  /// Logs what the audio side has to say, and tells control clients and systemd.
  private func tell(_ audio: AudioService, on server: ControlServer) async -> Failure? {
    for await (state, message) in audio.news {
      journal.log.notice("\(message)")
      notification.send("STATUS=\(message)")
      server.publish(
        .event(
          Event(
            .state, message, fields: ["state": .string((state == .running ? Status.State.running : .waiting).rawValue)])
        ))
    }
    return nil
  }

  /// Logs what the conductor has to say, and tells control clients.
  private func tell(_ conductor: Conductor, on server: ControlServer) async -> Failure? {
    for await event in conductor.events {
      switch event.kind {
      case .refused, .fellBack, .leftCallback:
        journal.log.warning("\(event.message)", metadata: ["preset": "\(event.preset)"])
      case .switched, .periodChanged, .returned:
        journal.log.notice("\(event.message)", metadata: ["preset": "\(event.preset)"])
      }
      server.publish(.event(Event(event)))
    }
    return nil
  }

  /// Tells systemd that the daemon lives, as long as the audio service answers.
  private func feedWatchdog(_ audio: AudioService) async -> Failure? {
    guard let interval = notification.watchdogInterval else {
      // Not asked for: wait with the others for the end.
      try? await Task.sleep(for: .seconds(1 << 30))
      return nil
    }
    while !Task.isCancelled {
      _ = await audio.figures
      notification.send("WATCHDOG=1")
      try? await Task.sleep(for: .seconds(interval))
    }
    return nil
  }

  private func obey(_ signals: Signals, conductor: Conductor) async -> Failure? {
    for await number in signals.arrivals {
      guard number == SIGHUP else {
        journal.log.info("ending", metadata: ["signal": "\(number)"])
        return nil
      }
      do { try await conductor.reload() } catch { journal.log.error("\(error)") }
    }
    return nil
  }

  /// Ends the process soon, whatever hangs: a sound server that does not answer holds up every thread that asks it.
  private func endInTime() {
    DispatchQueue.global(qos: .userInteractive).asyncAfter(deadline: .now() + .milliseconds(85)) { _exit(0) }
  }

  /// Fades out and leaves JACK, and saves the state meanwhile.
  private func finish(conductor: Conductor, audio: AudioService, server: ControlServer, state: URL?) async {
    notification.send("STOPPING=1")
    let targets = conductor.board.targets
    let saved = await SavedState(
      preset: conductor.situation().operatorsPreset, voiceGain: targets.voice, accompanimentGain: targets.accompaniment,
      bypass: targets.bypass)
    // The fade waits for no disk.
    async let left: Void = audio.stop()
    if let state {
      do { try saved.save(to: state) } catch { journal.log.warning("the state could not be saved: \(error)") }
    }
    await server.stop()
    await left
  }
}

extension Event {
  /// What the conductor tells, as control clients hear it.
  init(_ event: LiveEvent) {
    let kind: Kind =
      switch event.kind {
      case .switched, .periodChanged: .switched
      case .refused: .refused
      case .fellBack: .fallback
      case .leftCallback: .leftCallback
      case .returned: .returned
      }
    var fields: [String: JSON] = ["preset": .string(event.preset)]
    if let from = event.from { fields["from"] = .string(from) }
    if let latency = event.latency {
      fields["latency"] = ["samples": .integer(latency.samples), "seconds": .number(latency.seconds)]
    }
    self.init(kind, event.message, fields: fields)
  }
}
