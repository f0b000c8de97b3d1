import Testing
import Text

@Suite("The nearest word")
struct NearestTests {
  @Test(
    "to a slip of the pen is the one that was meant",
    arguments: [
      ("voise", "voice"), ("stauts", "status"), ("STATUS", "status"), ("bypas", "bypass"), ("relaod", "reload"),
      ("gian", "gain"), ("stat", "status"), ("than", "then"),
    ])
  func slips(word: String, meant: String) {
    #expect(nearest(to: word, in: ["status", "gain", "bypass", "reload", "voice", "then"]) == meant)
  }

  @Test(
    "to a strange word is none, nor to one that is too long to be compared",
    arguments: ["", "orchestra", "x", "../status", String(repeating: "status", count: 1000)])
  func strange(word: String) {
    #expect(nearest(to: word, in: ["status", "gain", "bypass"]) == nil)
  }

  @Test("of equally near ones is the first")
  func order() {
    #expect(nearest(to: "cat", in: ["hat", "bat"]) == "hat")
    #expect(nearest(to: "cat", in: []) == nil)
  }
}
