// Public, since conformances of public types to a public protocol are.
public import ArgumentParser
public import ONNX

extension ImportOptions.Feature: ExpressibleByArgument {}
extension ImportOptions.Output: ExpressibleByArgument {}
extension ImportOptions.WindowShape: ExpressibleByArgument {}
extension ImportOptions.First: ExpressibleByArgument {}
