import Control
import ControlFixtures
import Testing
import Text

/// What a client reads for each line that it writes, right or wrong.
struct RequestTests {
  private func answers(to lines: [String]) async throws -> [String] {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let server = try await ControlServer.start(
      path: folder.file("s"), handler: ScriptedDaemon(), version: "0.1.0")
    let answers = try await blocking {
      let client = try RawClient(folder.file("s"))
      for line in lines { try client.send(line) }
      client.finish()
      return try client.rest()
    }
    await server.stop()
    return answers
  }

  @Test func theFirstLineIsTheHello() async throws {
    #expect(
      try await answers(to: []) == [
        #"{"jsonrpc":"2.0","method":"hello","params":{"program":"sottod","protocol":1,"version":"0.1.0"}}"#
      ])
  }

  @Test(arguments: [
    ("{", -32700, "a name in double quotes is missing at byte 2"),
    ("nonsense", -32700, "byte 1"),
    (#"{"jsonrpc":"2.0","id":1,"method":"status",}"#, -32700, "byte 43"),
    (#"{"a":1,"a":2}"#, -32700, "given twice"),
    (#"{"a":"\ud800"}"#, -32700, "surrogate"),
    (#"{"a":01}"#, -32700, "missing"),
    (#"{"a":1e999}"#, -32700, "out of range"),
    (#"{"jsonrpc":"2.0","id":1,"method":"status"} {"#, -32700, "after the end"),
    (String(repeating: "[", count: 20), -32700, "nested deeper than 16"),
    ("[]", -32600, "empty batch"),
    ("3", -32600, "expected an object"),
    (#"{"id":1,"method":"status"}"#, -32600, "jsonrpc"),
    (#"{"jsonrpc":"1.0","id":1,"method":"status"}"#, -32600, "1.0"),
    (#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600, "the number 7"),
    (#"{"jsonrpc":"2.0","id":{},"method":"status"}"#, -32600, "an object"),
    (#"{"jsonrpc":"2.0","id":1,"metod":"status"}"#, -32600, #"Did you mean "method"?"#),
    (#"{"jsonrpc":"2.0","id":1,"method":"stauts"}"#, -32601, #"Did you mean "status"?"#),
    (#"{"jsonrpc":"2.0","id":1,"method":"sing"}"#, -32601, "There are: status, presets"),
    (#"{"jsonrpc":"2.0","id":1,"method":"use"}"#, -32602, "found nothing"),
    (#"{"jsonrpc":"2.0","id":1,"method":"use","params":["a"]}"#, -32602, "a list of 1"),
    (#"{"jsonrpc":"2.0","id":1,"method":"use","params":{"nmae":"a"}}"#, -32602, #"Did you mean "name"?"#),
    (#"{"jsonrpc":"2.0","id":1,"method":"use","params":{"name":3}}"#, -32602, "the number 3"),
    (#"{"jsonrpc":"2.0","id":1,"method":"use","params":{"name":"svsgna"}}"#, -32001, #"Did you mean "svsgan"?"#),
    (#"{"jsonrpc":"2.0","id":1,"method":"status","params":{"all":true}}"#, -32602, "no parameters"),
    (#"{"jsonrpc":"2.0","id":1,"method":"bypass","params":{"on":1}}"#, -32602, "true or false"),
    (#"{"jsonrpc":"2.0","id":1,"method":"threshold","params":{"value":1.5}}"#, -32602, "0.0 to 1.0"),
    (#"{"jsonrpc":"2.0","id":1,"method":"threshold","params":{}}"#, -32602, "0.0 to 1.0"),
    (#"{"jsonrpc":"2.0","id":1,"method":"gain","params":{"stem":"voise","decibels":0}}"#, -32602, #""voice""#),
    (#"{"jsonrpc":"2.0","id":1,"method":"gain","params":{"stem":"voice","decibels":25}}"#, -32602, "-120 to 24"),
    (#"{"jsonrpc":"2.0","id":1,"method":"gain","params":{"stem":"voice"}}"#, -32602, "found nothing"),
    (#"{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"topics":["meter"]}}"#, -32602, #""meters""#),
    (#"{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"topics":["meters"],"interval":0}}"#, -32602, "0.02"),
  ])
  func aWrongLineIsRefusedWithItsReason(line: String, code: Int, reason: String) async throws {
    let status = #"{"jsonrpc":"2.0","id":"after","method":"status"}"#
    let answers = try await answers(to: [line, status])
    try #require(answers.count == 3)
    let refusal = try Message(line: answers[1])
    #expect(refusal["error.code"] == .integer(code))
    #expect(refusal.text("error.message").contains(reason), "\(answers[1])")
    #expect(answers[2].contains(#""id":"after""#), "the client goes on being served")
  }

  @Test func idsComeBackAsTheyWere() async throws {
    for id in ["1", #""abc""#, "9007199254740993", "null", "-0.5"] {
      let answers = try await answers(to: [#"{"jsonrpc":"2.0","id":\#(id),"method":"reload"}"#])
      #expect(answers.last?.contains(#""id":\#(id),"#) == true, "\(answers)")
    }
  }

  @Test func notificationsAreCarriedOutWithoutAReply() async throws {
    let answers = try await answers(to: [
      #"{"jsonrpc":"2.0","method":"gain","params":{"stem":"voice","decibels":-12}}"#,
      #"{"jsonrpc":"2.0","method":"stauts"}"#,
      "",
      #"{"jsonrpc":"2.0","id":1,"method":"status"}"#,
    ])
    #expect(answers.count == 2)
    #expect(answers.last?.contains(#""gains":{"accompaniment":0,"voice":-12}"#) == true)
  }

  @Test func aBatchIsAnsweredTogetherAndInOrder() async throws {
    let answers = try await answers(to: [
      #"[{"jsonrpc":"2.0","id":1,"method":"bypass","params":{"on":true}},3,"#
        + #"{"jsonrpc":"2.0","method":"reload"},{"jsonrpc":"2.0","id":2,"method":"status"}]"#,
      #"[{"jsonrpc":"2.0","method":"reload"}]"#,
      "[\(Array(repeating: "1", count: 65).joined(separator: ","))]",
    ])
    try #require(answers.count == 3, "a batch of notifications has no reply")
    let replies = try Message(line: answers[1]).list
    #expect(replies.map { $0["id"] } == [1, .null, 2])
    #expect(replies[1]["error.code"] == -32600)
    #expect(replies[2]["result.bypass"] == true)
    #expect(answers[2].contains("at most 64"))
  }

  @Test func silenceIsNullBothWays() async throws {
    let answers = try await answers(to: [
      #"{"jsonrpc":"2.0","id":1,"method":"gain","params":{"stem":"voice","decibels":null}}"#
    ])
    #expect(answers.last == #"{"id":1,"jsonrpc":"2.0","result":{"accompaniment":0,"voice":null}}"#)
  }

  @Test func statusNamesEverythingAlsoWhatIsUnknown() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let server = try await ControlServer.start(
      path: folder.file("s"), handler: StartingDaemon(), version: "0.1.0")
    let answer = try await blocking {
      let client = try RawClient(folder.file("s"))
      _ = try client.line()
      return try client.ask(#"{"jsonrpc":"2.0","id":1,"method":"status"}"#)
    }
    await server.stop()
    let names = """
      audioRealtime between budget bypass channels client drive every frames gains idle lastError lateFrames lateState \
      latency load lookAhead nonFinite period pid preset realtime sampleRate server slack state step switching threshold uptime \
      version wanted xruns
      """
    #expect(answer?.names("result") == names.split(separator: " ").map(String.init))
  }
}
