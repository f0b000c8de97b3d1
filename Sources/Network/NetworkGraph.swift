internal import CRealtime
internal import Realtime

/// One running instance of a model's layers: the memory that lies between them, and their state in time.
@safe
public struct NetworkGraph: ~Copyable, @unchecked Sendable {
  /// How many numbers a frame is.
  public let inputCount: Int
  /// How many numbers the last layer's result is.
  public let outputCount: Int
  /// Keeps the weights alive; never touched while running, for that would count references.
  private let model: Model
  /// The frame, then the layers' results, states and working memory.
  private let memory: SampleBuffer
  private let output: UnsafePointer<Float>
  /// The layers, then the copies that carry states over to the next frame.
  private let layers: UnsafeMutablePointer<Layer>
  private let layerCount: Int

  /// Prepares to run the layers of `model`.
  ///
  /// - Real-time: Not real-time: allocates; nothing later does.
  public init(model: Model) {
    let description = model.description
    self.model = model
    inputCount = description.input.shape(grid: description.grid).numbers
    memory = SampleBuffer(count: model.layers.reduce(aligned(inputCount)) { $0 + $1.room })
    var places = unsafe GraphPlaces(memory: memory.base, input: inputCount, layers: model.layers)
    var running: [Layer] = []
    for (layer, weights) in zip(model.layers, model.weights) {
      running += layer.form.layers(places.take(layer, weights: weights))
    }
    for (index, layer) in model.layers.enumerated() {
      guard let name = layer.form.update, let source = model.layers.firstIndex(where: { $0.name == name })
      else { continue }
      running.append(places.copy(source, to: index, count: layer.shape.numbers))
    }
    unsafe output = UnsafePointer(places.results[model.layers.count - 1])
    outputCount = model.layers[model.layers.count - 1].shape.numbers
    layerCount = running.count
    unsafe layers = .allocate(capacity: running.count)
    for (index, layer) in running.enumerated() { unsafe (layers + index).initialize(to: layer) }
  }

  deinit {
    unsafe layers.deinitialize(count: layerCount)
    unsafe layers.deallocate()
  }

  /// Where the next frame is to be written, ``inputCount`` floats.
  public var input: UnsafeMutablePointer<Float> { @_noLocks get { unsafe memory.base } }

  /// Runs all layers on the frame at ``input``.
  ///
  /// - Returns: ``outputCount`` floats, valid until the next step.
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func step() -> UnsafePointer<Float> {
    for index in 0..<layerCount { unsafe (layers + index).pointee.step() }
    return unsafe output
  }

  /// Forgets the past.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func reset() {
    unsafe rt_clear(memory.base, memory.count)
  }
}
