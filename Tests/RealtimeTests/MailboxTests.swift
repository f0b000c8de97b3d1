import Realtime
import Testing

/// A value handed to the real-time side is freed exactly once, by the side that may free.
@Suite struct MailboxTests {
  /// Counts its own endings.
  struct Parcel: ~Copyable {
    final class Tally { var ended = 0 }
    let number: Int
    let tally: Tally
    deinit { tally.ended += 1 }
  }

  @Test("Posting twice before anybody takes frees the first")
  func replaced() throws {
    let tally = Parcel.Tally()
    do {
      let mailbox = Box()
      mailbox.post(Mailbox<Parcel>.box(Parcel(number: 1, tally: tally)))
      mailbox.post(Mailbox<Parcel>.box(Parcel(number: 2, tally: tally)))
      #expect(tally.ended == 1)
      let taken = try #require(mailbox.take())
      #expect(taken.pointee.number == 2)
      mailbox.retire(taken)
      #expect(tally.ended == 1)
      Mailbox<Parcel>.free(try #require(mailbox.collect()))
      #expect(tally.ended == 2)
    }
    #expect(tally.ended == 2)
  }

  @Test("Nothing is taken until what was given back before has been collected")
  func backPressure() throws {
    let tally = Parcel.Tally()
    let mailbox = Box()
    mailbox.post(Mailbox<Parcel>.box(Parcel(number: 1, tally: tally)))
    mailbox.retire(try #require(mailbox.take()))
    mailbox.post(Mailbox<Parcel>.box(Parcel(number: 2, tally: tally)))
    #expect(mailbox.take() == nil)
    Mailbox<Parcel>.free(mailbox.collect())
    let second = try #require(mailbox.take())
    #expect(second.pointee.number == 2)
    Mailbox<Parcel>.free(second)
  }

  @Test("A mailbox that goes away frees what is still in it")
  func abandoned() throws {
    let tally = Parcel.Tally()
    do {
      let mailbox = Box()
      mailbox.post(Mailbox<Parcel>.box(Parcel(number: 1, tally: tally)))
      mailbox.retire(try #require(mailbox.take()))
      mailbox.post(Mailbox<Parcel>.box(Parcel(number: 2, tally: tally)))
    }
    #expect(tally.ended == 2)
  }

  /// The mailbox behind a reference, since a test macro cannot look into a move-only value.
  final class Box {
    private let mailbox = Mailbox<Parcel>()
    func post(_ box: UnsafeMutablePointer<Parcel>) { mailbox.post(box) }
    func collect() -> UnsafeMutablePointer<Parcel>? { mailbox.collect() }
    func take() -> UnsafeMutablePointer<Parcel>? { mailbox.take() }
    func retire(_ box: UnsafeMutablePointer<Parcel>) { mailbox.retire(box) }
  }
}
