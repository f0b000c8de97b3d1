import CJack
import Foundation
import Synchronization

@testable import Audio

/// A JACK client that passes its inputs on unchanged, within the cycle: the simplest device under test.
final class PassClient {
  struct Ports {
    let inputs: [OpaquePointer]
    let outputs: [OpaquePointer]
  }

  let name: String
  private let client: OpaquePointer
  private let ports: UnsafeMutablePointer<Ports>

  var inputs: [String] { (1...ports.pointee.inputs.count).map { "\(name):in_\($0)" } }
  var outputs: [String] { (1...ports.pointee.outputs.count).map { "\(name):out_\($0)" } }

  init(server: JackServer, name: String = "pass", channels: Int) throws {
    var status = JackStatus(rawValue: 0)
    guard let client = cjack_client_open(name, JackNoStartServer, &status, server.name) else {
      throw JackServer.DidNotStart(description: "no client '\(name)'")
    }
    self.name = name
    self.client = client
    func register(_ prefix: String, _ direction: JackPortFlags) -> [OpaquePointer] {
      (1...channels).compactMap {
        jack_port_register(client, "\(prefix)_\($0)", JACK_DEFAULT_AUDIO_TYPE, UInt(direction.rawValue), 0)
      }
    }
    ports = .allocate(capacity: 1)
    ports.initialize(to: Ports(inputs: register("in", JackPortIsInput), outputs: register("out", JackPortIsOutput)))
    jack_set_process_callback(client, passProcess, ports)
    jack_activate(client)
  }

  deinit {
    settle()
    jack_client_close(client)
    ports.deinitialize(count: 1)
    ports.deallocate()
  }
}

private func passProcess(frames: jack_nframes_t, context: UnsafeMutableRawPointer?) -> Int32 {
  guard let ports = context?.assumingMemoryBound(to: PassClient.Ports.self) else { return 0 }
  for (input, output) in zip(ports.pointee.inputs, ports.pointee.outputs) {
    memcpy(cjack_port_buffer(output, frames), cjack_port_buffer(input, frames), Int(frames) * 4)
  }
  return 0
}
