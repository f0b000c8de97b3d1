internal import CRealtime
internal import Realtime

/// One running instance of a model's layers for one or more streams: the memory that lies between them, and their state
/// in time.
@safe
public struct NetworkGraph: ~Copyable, @unchecked Sendable {
  /// How many streams there are, each with a state of its own.
  public let streams: Int
  /// How many numbers a frame of a stream is.
  public let inputCount: Int
  /// How many numbers the last layer's result for a stream is.
  public let outputCount: Int
  /// Keeps the weights alive; never touched while running, for that would count references.
  private let model: Model
  /// The frame, then the layers' results, states and working memory.
  private let memory: SampleBuffer
  /// What convolutions that read the same rows make of them.
  private let sums: SampleBuffer
  private let output: UnsafePointer<Float>
  /// From one stream's frame or result to the next one's.
  private let inputDistance: Int
  private let outputDistance: Int
  /// The layers, then the copies that carry states over to the next frame.
  private let layers: UnsafeMutablePointer<Layer>
  private let layerCount: Int
  /// When they run, by running layer.
  private let schedules: UnsafeMutablePointer<Schedule>
  /// Frames since the first.
  private var frames = 0

  /// Prepares to run the layers of `model` for `streams` streams: in one pass over the weights where every layer can
  /// do that, otherwise stream by stream.
  ///
  /// - Real-time: Not real-time: allocates; nothing later does.
  public init(model: Model, streams: Int = 1) {
    let description = model.description
    self.model = model
    self.streams = streams
    inputCount = description.input.shape(grid: description.grid).numbers
    outputCount = model.layers[model.layers.count - 1].shape.numbers
    let together = model.streamed(streams)
    let chain = together ?? model.layers
    let input = inputCount * (together == nil ? 1 : streams)
    let room = chain.reduce(aligned(input)) { $0 + $1.room }
    memory = SampleBuffer(count: together == nil ? streams * room : room)
    var running: [Layer] = []
    var schedules: [Schedule] = []
    var outputs: [UnsafePointer<Float>] = unsafe []
    for start in stride(from: 0, to: memory.count, by: room) {
      var places = unsafe GraphPlaces(memory: memory.base + start, input: input, layers: chain)
      for (layer, weights) in zip(chain, model.weights) {
        running += layer.form.layers(places.take(layer, weights: weights))
        schedules += Array(repeating: layer.schedule, count: running.count - schedules.count)
      }
      for (index, layer) in chain.enumerated() {
        guard let name = layer.form.update, let source = chain.firstIndex(where: { $0.name == name }) else { continue }
        running.append(places.copy(source, to: index, count: layer.shape.numbers))
        schedules.append(.always)
      }
      unsafe outputs.append(UnsafePointer(places.results[chain.count - 1]))
    }
    let shared = SharedRows(running, schedules: schedules)
    sums = SampleBuffer(count: shared.room)
    unsafe shared.share(sums.base, among: &running)
    unsafe output = outputs[0]
    inputDistance = together == nil ? room : inputCount
    // A constant lies in one place for all streams.
    let apart = unsafe outputs.count > 1 ? outputs[1] - outputs[0] : 0
    outputDistance = together == nil ? apart : outputCount
    layerCount = running.count
    unsafe layers = .allocate(capacity: running.count)
    for (index, layer) in running.enumerated() { unsafe (layers + index).initialize(to: layer) }
    unsafe self.schedules = .allocate(capacity: running.count)
    for (index, schedule) in schedules.enumerated() { unsafe (self.schedules + index).initialize(to: schedule) }
  }

  deinit {
    unsafe schedules.deinitialize(count: layerCount)
    unsafe schedules.deallocate()
    unsafe layers.deinitialize(count: layerCount)
    unsafe layers.deallocate()
  }

  /// Where the next frame of a stream is to be written, ``inputCount`` floats.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public func input(of stream: Int = 0) -> UnsafeMutablePointer<Float> {
    unsafe memory.base + stream &* inputDistance
  }

  /// Runs all layers on the streams' frames.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func step() {
    for index in 0..<layerCount {
      if unsafe schedules[index].isDue(frames) { unsafe (layers + index).pointee.step() }
    }
    frames &+= 1
  }

  /// The last result of a stream: ``outputCount`` floats, valid until the next step.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public func output(of stream: Int = 0) -> UnsafePointer<Float> { unsafe output + stream &* outputDistance }

  /// Forgets the past.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func reset() {
    unsafe rt_clear(memory.base, memory.count)
    frames = 0
  }
}
