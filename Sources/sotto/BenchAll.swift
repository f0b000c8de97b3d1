internal import ArgumentParser
internal import Control
internal import Realtime

/// What the layers of many models cost on this machine, beside what they cost others: the JSON of `bench --all`.
struct BenchAll: Encodable {
  var processor: String
  var processors: Int
  /// How many programs wanted to run in the minute before, in the mean, when it began and when it ended.
  var machineLoad: [Double]
  /// How long each program was measured with each model.
  var seconds: Double
  var models: [BenchModel]
  var version: String

  /// Measures one model after the other on a thread of its own, and tells each as soon as it is measured.
  ///
  /// - Throws: `ModelError` where a weights file is refused.
  static func measure(
    _ files: [BenchFiles], python: String, seconds: Double, told: @escaping @Sendable (BenchModel) -> Void = { _ in }
  ) async throws -> BenchAll {
    let begin = BenchResult.loadAverage
    let models = await onOwnThread { () -> Result<[BenchModel], any Error> in
      let rivals = BenchRivals(python: python)
      return Result {
        try files.map { one in
          let model = try BenchModel(one, rivals: rivals, seconds: seconds)
          told(model)
          return model
        }
      }
    }
    return BenchAll(
      processor: BenchResult.processorName, processors: BenchResult.processorCount,
      machineLoad: [begin, BenchResult.loadAverage], seconds: seconds, models: try models.get(),
      version: Sotto.configuration.version)
  }

  /// What the figures belong to.
  var words: String {
    "on \(processor), \(processors) processors, load \(machineLoad.map { decimal($0) }.joined(separator: " to "))\n"
  }
}
