public import Separation
public struct Preset: Sendable { public let name: String; public let title: String; public let path: String; public let settings: SeparatorSettings; public let fallback: String? }
public struct PresetError: Error, CustomStringConvertible { public var description: String { "" } }
public struct PresetLibrary: Sendable { public init(paths: [String]) {}
 public func load(_ name: String) throws(PresetError) -> Preset { throw PresetError() } }
