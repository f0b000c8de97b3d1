import CRealtime
import Foundation
import Testing

extension Kernels {
  @Suite("Gates")
  struct GateTests {
    private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    @Test("an LSTM's gates are its equations, for every short length")
    func lstm() {
      var random = Seeded(state: 5)
      for count in 0..<40 {
        let gates = (0..<4).map { _ in random.floats(count, in: -6...6) }
        let before = random.floats(count)
        var (c, h) = (before, [Float](repeating: .nan, count: count))
        rt_lstm_gates(gates[0], gates[1], gates[2], gates[3], &c, &h, count)
        for k in 0..<count {
          let g = gates.map { Double($0[k]) }
          let cell = sigmoid(g[1]) * Double(before[k]) + sigmoid(g[0]) * tanh(g[2])
          #expect(abs(Double(c[k]) - cell) <= 1e-6)
          #expect(abs(Double(h[k]) - sigmoid(g[3]) * tanh(cell)) <= 1e-6)
        }
      }
    }

    @Test("a GRU's gates are its equations, with the reset after the matrix or before it")
    func gru() {
      var random = Seeded(state: 6)
      for count in 0..<40 {
        let gates = (0..<6).map { _ in random.floats(count, in: -6...6) }
        let before = random.floats(count)
        var (after, state, reset) = (before, before, [Float](repeating: .nan, count: count))
        rt_gru_gates_reset_after(gates[0], gates[1], gates[2], gates[3], gates[4], gates[5], &after, count)
        rt_gru_reset(gates[0], before, &reset, count)
        rt_gru_update(gates[1], gates[2], &state, count)
        for k in 0..<count {
          let (g, h) = (gates.map { Double($0[k]) }, Double(before[k]))
          let (r, z) = (sigmoid(g[0] + g[3]), sigmoid(g[1] + g[4]))
          #expect(abs(Double(after[k]) - ((1 - z) * tanh(g[2] + r * g[5]) + z * h)) <= 1e-6)
          #expect(abs(Double(reset[k]) - sigmoid(g[0]) * h) <= 1e-6)
          let update = sigmoid(g[1])
          #expect(abs(Double(state[k]) - ((1 - update) * tanh(g[2]) + update * h)) <= 1e-6)
        }
      }
    }
  }
}
