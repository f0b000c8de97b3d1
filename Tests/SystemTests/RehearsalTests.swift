import ChildProcess
import Foundation
import Testing

@testable import Audio

extension SystemTests {
  /// The rehearsal itself, on devices whose answer is known to the sample.
  @Suite(.serialized) struct RehearsalTests {
    @Test(arguments: [1, 2, 5]) func whatGoesThroughAPassComesBackUnchanged(channels: Int) throws {
      let server = try JackServer(rate: 48_000, period: 1024)
      let pass = try PassClient(server: server, channels: channels)
      let played = noise(channels: channels, frames: 48_000)
      var plan = RehearsalPlan(played: played, destinations: pass.inputs, sources: pass.outputs, frames: 50_000)
      plan.server = server.name
      let take = try Rehearsal(plan).run()
      #expect(take.sampleRate == 48_000)
      #expect(take.period == 1024)
      #expect(take.loopFrames == 1024)
      let stretches = take.undisturbed(margin: 2048)
      #expect(stretches.reduce(0) { $0 + $1.count } > 10_000)
      for channel in 0..<channels {
        let expected = [Float](repeating: 0, count: 1024) + played[channel] + [Float](repeating: 0, count: 976)
        for stretch in stretches { #expect(take.recorded[channel][stretch] == expected[stretch]) }
      }
    }

    @Test func aServerThatStumbledIsNoticedAndTheRestIsExact() throws {
      let server = try JackServer(rate: 48_000, period: 1024)
      let pass = try PassClient(server: server, channels: 1)
      let played = noise(channels: 1, frames: 72_000)
      var plan = RehearsalPlan(played: played, destinations: pass.inputs, sources: pass.outputs)
      plan.server = server.name
      let rehearsal = try Rehearsal(plan)
      try rehearsal.start()
      rehearsal.wait(for: 24_000)
      server.process.send(SIGSTOP)
      usleep(300_000)
      server.process.send(SIGCONT)
      let take = try rehearsal.finish()
      #expect(!take.disturbances.isEmpty)
      let expected = [Float](repeating: 0, count: 1024) + played[0]
      for stretch in take.undisturbed(margin: 4096) { #expect(take.recorded[0][stretch] == expected[stretch]) }
    }

    /// Voice and accompaniment, halves of what was played, 300 frames later, and a click in what the server lost.
    @Test(arguments: [40, 300, 700, 1100, 1150, 1300, 9000])
    func stemsAreComparedWhereTheServerDidNotStumble(disturbance: Int) throws {
      let played = noise(channels: 1, frames: 12_000)
      var half = [Float](repeating: 0, count: 364) + played[0].map { $0 / 2 }
      half[disturbance] += 1
      func take(disturbances: [Int]) -> RehearsalTake {
        RehearsalTake(
          recorded: [half, half], sampleRate: 48_000, period: 64, firstFrame: 0, toldLatency: [300...300, 300...300],
          xruns: 0, disturbances: disturbances)
      }
      #expect(take(disturbances: [disturbance]).remainder(of: played, delay: 300) == -200)
      #expect(take(disturbances: Array(stride(from: 0, to: 12_000, by: 500))).remainder(of: played, delay: 300) == nil)
      if disturbance > 364 {
        let heard = try #require(take(disturbances: []).remainder(of: played, delay: 300))
        #expect(abs(heard - 10 * log10(4.0 / 12_000)) < 1e-3, "a click of 2 in 12,000 frames")
      }
    }

    @Test func freewheelIsExactToTheLastSample() throws {
      let server = try JackServer(rate: 44_100, period: 256)
      let pass = try PassClient(server: server, channels: 2)
      let played = noise(channels: 2, frames: 441_000)
      var plan = RehearsalPlan(played: played, destinations: pass.inputs, sources: pass.outputs, frames: 441_256)
      plan.server = server.name
      plan.freewheel = true
      let take = try Rehearsal(plan).run()
      #expect(take.disturbances == [])
      for channel in 0..<2 {
        #expect(take.recorded[channel] == [Float](repeating: 0, count: 256) + played[channel])
      }
      let delay = try #require(take.delay(of: played, longest: 10_000))
      #expect(delay.frames == 0)
      #expect(abs(delay.likeness - 1) < 1e-9)
    }

    @Test func theToldLatencyDoesNotGrowRoundTheRing() throws {
      let server = try JackServer(rate: 48_000, period: 512)
      let pass = try PassClient(server: server, channels: 1)
      for _ in 0..<3 {
        var plan = RehearsalPlan(
          played: noise(channels: 1, frames: 4_800), destinations: pass.inputs, sources: pass.outputs)
        plan.server = server.name
        #expect(try Rehearsal(plan).run().toldLatency == [0...0])
      }
    }

    @Test func aServerThatIsNotThereIsNamed() {
      var plan = RehearsalPlan(played: [], destinations: [], sources: [])
      plan.server = "sotto-test-nobody"
      #expect(throws: RehearsalError.noServer(name: "sotto-test-nobody")) { try Rehearsal(plan) }
    }

    @Test func aPortThatIsNotThereIsNamed() throws {
      let server = try JackServer()
      var plan = RehearsalPlan(played: noise(channels: 1, frames: 10), destinations: ["sotto:in_1"], sources: [])
      plan.server = server.name
      #expect(throws: RehearsalError.noConnection(from: "sotto-rehearsal:play_1", to: "sotto:in_1")) {
        try Rehearsal(plan)
      }
    }

    @Test func aServerThatIsKilledEndsTheRehearsal() throws {
      let server = try JackServer()
      let pass = try PassClient(server: server, channels: 1)
      var plan = RehearsalPlan(
        played: noise(channels: 1, frames: 10), destinations: pass.inputs, sources: pass.outputs, frames: 4_800_000)
      plan.server = server.name
      let rehearsal = try Rehearsal(plan)
      try rehearsal.start()
      server.stop(with: 9)
      #expect(throws: RehearsalError.serverStopped) { try rehearsal.finish() }
      withExtendedLifetime((server, pass)) {}
    }
  }
}
