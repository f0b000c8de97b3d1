public final class Model: Sendable {
  public let description = ModelDescription()
}
public struct ModelDescription: Sendable { public struct GridD: Sendable { public var rate = 16000, window = 1024, hop = 256; public var shape = "square-root-hann" }; public var grid = GridD() }
public struct MaskNetwork: ~Copyable, @unchecked Sendable {
  public init(model: Model) {}
  public let bins: Int = 513
  public let lookAhead: Int = 0
  @_noLocks @unsafe public mutating func observe(_ magnitudes: UnsafePointer<Float>) {}
  @_noLocks @unsafe public mutating func estimate(into mask: UnsafeMutablePointer<Float>) {}
  @_noLocks public mutating func reset() {}
}
