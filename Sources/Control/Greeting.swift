/// The line with the ``Hello``.
struct Greeting: Codable {
  var jsonrpc = "2.0"
  var method = "hello"
  var params: Hello

  init(_ hello: Hello) { params = hello }
}
