internal import FoundationEssentials
private import Glibc

/// Writes data to standard output at once: what is read by a pipe must not wait in a buffer.
func write(_ text: String) { write(text, to: STDOUT_FILENO) }

/// Writes a value as a line of JSON to standard output.
func write(json value: some Encodable) throws { write(try line(value)) }

/// Writes a message for people to standard error.
func complain(_ message: String) { write("sotto: \(message)\n", to: STDERR_FILENO) }

/// Writes a message for programs to standard error.
func complain(json value: some Encodable) { write((try? line(value)) ?? "", to: STDERR_FILENO) }

private func line(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
}

private func write(_ text: String, to descriptor: CInt) {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if written < 0, errno == EINTR { continue }
    // Nobody reads any more; there is nobody left to tell, either.
    guard written > 0 else { return }
    rest = rest.dropFirst(written)
  }
}
