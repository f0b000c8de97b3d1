/// Numbers kept in order while they are replaced one by one, so that their median is always at hand.
///
/// The runs here are a few dozen long: shifting what lies between the old place and the new is cheaper than any tree.
enum OrderedRun {
  /// Takes `old`, which the run holds, out of it, and puts `new` in its place in the order.
  ///
  /// - Real-time: Wait-free; at most `count` steps.
  @_noLocks @unsafe
  static func replace(_ old: Float, by new: Float, in run: UnsafeMutablePointer<Float>, count: Int) {
    var place = 0
    while unsafe place &+ 1 < count && run[place] < old { place &+= 1 }
    while unsafe place &+ 1 < count && run[place &+ 1] < new {
      unsafe run[place] = run[place &+ 1]
      place &+= 1
    }
    while unsafe place > 0 && run[place &- 1] > new {
      unsafe run[place] = run[place &- 1]
      place &-= 1
    }
    unsafe run[place] = new
  }
}
