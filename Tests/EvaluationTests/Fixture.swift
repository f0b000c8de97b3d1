import Foundation
import Testing

/// Signals, and what mir_eval and museval say of them (`make_fixtures.py`).
struct Fixture {
  let rate: Int
  /// Sources by channels by samples.
  let sources: [[[Float]]]
  let estimates: [[[Float]]]
  /// The SDR of the mixture as an estimate of each source alone; empty for several channels.
  let mixture: [Double]
  private let figures: Figures

  private struct Figures: Decodable {
    var mixture: [Double]?
    var sources: [String: [Double]]
    var images: [String: [Double]]
    var windows: [String: [[Double?]]]
  }

  private struct File: Decodable {
    var rate: Int
    var sources: [[String]]
    var estimates: [[String]]
    var figures: Figures
  }

  init(_ name: String) throws {
    let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
    let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: url))
    rate = file.rate
    sources = try file.sources.map { try $0.map(Self.samples) }
    estimates = try file.estimates.map { try $0.map(Self.samples) }
    figures = file.figures
    mixture = file.figures.mixture ?? []
  }

  /// Of version 3.
  func sources(_ name: String, of source: Int) throws -> Double { try #require(figures.sources[name])[source] }

  /// Of version 3.
  func images(_ name: String, of source: Int) throws -> Double { try #require(figures.images[name])[source] }

  /// Of version 4, a window each.
  func windows(_ name: String, of source: Int) throws -> [Double?] { try #require(figures.windows[name])[source] }

  private static func samples(_ text: String) throws -> [Float] {
    let bytes = try #require(Data(base64Encoded: text))
    return stride(from: 0, to: bytes.count, by: 2).map { index in
      Float(Int16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)) / 32768
    }
  }
}
