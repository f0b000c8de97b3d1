/// How long something took, again and again, in seconds.
struct BenchTimes: Codable, Equatable {
  var count: Int
  var median: Double
  var p99: Double
  var p999: Double
  var max: Double

  /// Sorts the times of `seconds`, of which there is at least one; a share of them is what so many did not exceed.
  init(_ seconds: [Double]) {
    let sorted = seconds.sorted()
    func value(_ share: Double) -> Double {
      let rank = Int((share * Double(sorted.count)).rounded(.up))
      return sorted[Swift.max(rank, 1) - 1]
    }
    count = sorted.count
    median = value(0.5)
    p99 = value(0.99)
    p999 = value(0.999)
    max = value(1)
  }
}
