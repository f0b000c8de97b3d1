internal import CRealtime
internal import Realtime
internal import Spectral

/// Remembers from the masks themselves where in the stereo image the voice stands and where the rest does, and lets every
/// bin's position have a say in its mask.
///
/// A bin's place is its balance `(|L| - |R|) / (|L| + |R|)` and its width `|L - R| / (|L| + |R|)`, each in cells. Two
/// histograms over the places, of the voice and of the rest, are filled with the magnitudes of the bins, times the mask
/// and times what it leaves, squared: what the mask is sure of counts. To a mask `m` at a place that is `r` times as likely
/// for the voice as for the rest, Bayes' rule gives the odds `r m / (1 - m)`; that takes both cues for independent.
///
/// `r` is at most 2: what took the place of the voice while nobody sang shall not be heard for it. The masks it learns from are
/// those that came in: what it makes of them never confirms itself. Where all is in one place, as in mono, masks stay as they
/// are.
@safe
struct PositionMemory: ~Copyable, @unchecked Sendable {
  private static var balances: Int { @_noLocks get { 15 } }
  private static var widths: Int { @_noLocks get { 8 } }
  private static var cells: Int { @_noLocks get { balances &* widths } }
  /// After how many seconds what was heard counts 1/e.
  private static let seconds = 10.0
  /// Both histograms begin as if they had heard this many frames, in which voice and rest stood alike.
  private static var doubt: Float { @_noLocks get { 8 } }
  /// A frame that is this much softer than those before, in magnitude, says nothing: nor is anything forgotten in silence.
  private static var softest: Float { @_noLocks get { 1e-3 } }
  /// The voice is never held for more likely than so many times, against the rest.
  private static var surest: Float { @_noLocks get { 2 } }

  private let bins: Int
  private let stride: Int
  private let frames: Int
  private let strength: Float
  /// Whether the two spectra are those of mid and side, not of left and right.
  private let midSide: Bool
  private let fall: Float
  /// The cell of every bin, or -1, and its magnitude, in the frames that wait for their masks: frames × 2 × bins.
  private let places: SampleBuffer
  /// Histograms of the voice and of the rest, 15 balances × 8 widths each.
  private var voice: SampleBuffer
  private var rest: SampleBuffer
  /// For shares of the voice and of the rest, and what they give: how likely the voice is at a place.
  private let voiceShare: SampleBuffer
  private let restShare: SampleBuffer
  private let scratch: SampleBuffer
  /// The magnitudes that came, and the frames, both falling as the histograms do.
  private var loudness: Float = 0
  private var count: Float = 0

  /// Prepares for frames of two channels, `hop` seconds apart, whose masks come `frames` - 1 frames after them.
  ///
  /// - Parameters:
  ///   - strength: The power to which the likelihood ratio is raised.
  ///   - midSide: Whether spectra and masks are those of mid and side, whose voice is judged by mid's mask.
  /// - Real-time: Not real-time: allocates.
  init(bins: Int, hop: Double, frames: Int, strength: Float, midSide: Bool) {
    self.midSide = midSide
    self.bins = bins
    stride = Transform.stride(bins: bins)
    self.frames = frames
    self.strength = strength
    fall = Float((2 * Self.seconds - hop) / (2 * Self.seconds + hop))
    places = SampleBuffer(count: frames * 2 * bins)
    voice = SampleBuffer(count: Self.cells)
    rest = SampleBuffer(count: Self.cells)
    voiceShare = SampleBuffer(count: Self.cells)
    restShare = SampleBuffer(count: Self.cells)
    scratch = SampleBuffer(count: Self.cells)
  }

  /// Takes note of where the bins of frame `number` stand.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>, frame number: Int) {
    let cell = unsafe places.base + number % frames &* 2 &* bins
    let size = unsafe cell + bins
    for bin in 0..<bins {
      var (leftReal, leftImaginary) = unsafe (spectra[2 &* bin], spectra[2 &* bin &+ 1])
      var (rightReal, rightImaginary) = unsafe (spectra[stride &+ 2 &* bin], spectra[stride &+ 2 &* bin &+ 1])
      if midSide {
        (leftReal, rightReal) = (leftReal + rightReal, leftReal - rightReal)
        (leftImaginary, rightImaginary) = (leftImaginary + rightImaginary, leftImaginary - rightImaginary)
      }
      let left = rt_sqrt(leftReal * leftReal + leftImaginary * leftImaginary)
      let right = rt_sqrt(rightReal * rightReal + rightImaginary * rightImaginary)
      let sum = left + right
      guard sum > 0, sum < .infinity else {
        unsafe cell[bin] = -1
        unsafe size[bin] = 0
        continue
      }
      let (real, imaginary) = (leftReal - rightReal, leftImaginary - rightImaginary)
      let width = min(1, rt_sqrt(real * real + imaginary * imaginary) / sum)
      let balance = (left - right) / sum
      let row = min(Self.balances &- 1, Int((balance + 1) * 0.5 * Float(Self.balances)))
      let column = min(Self.widths &- 1, Int(width * Float(Self.widths)))
      unsafe cell[bin] = Float(row &* Self.widths &+ column)
      unsafe size[bin] = sum
    }
  }

  /// Lets the positions of frame `number` have their say in its masks, in the bins of `band`, and learns from the masks.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func apply(_ masks: UnsafeMutablePointer<Float>, planes: Int, band: Range<Int>, frame number: Int) {
    let cell = unsafe places.base + number % frames &* 2 &* bins
    // The places are those of the first two channels: the masks of further ones stay as they are.
    let planes = min(planes, 2)
    let isKnown = weigh()
    unsafe learn(masks, planes: planes, band: band, cell: cell, size: cell + bins)
    guard isKnown else { return }
    for plane in 0..<planes {
      let mask = unsafe masks + plane &* bins
      for bin in band where unsafe cell[bin] >= 0 {
        let own = unsafe mask[bin]
        let odds = unsafe own * voiceShare.base[Int(cell[bin])]
        unsafe mask[bin] = odds / (odds + (1 - own) + 1e-9)
      }
    }
  }

  /// Forgets the stream.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func reset() {
    unsafe rt_clear(places.base, places.count)
    voice.clear()
    rest.clear()
    loudness = 0
    count = 0
  }

  /// Makes of both histograms how many times as likely the voice is as the rest at each place, in `voiceShare`; false as long as
  /// nothing was heard.
  @_noLocks
  private mutating func weigh() -> Bool {
    var (voices, rests): (Float, Float) = (0, 0)
    for cell in 0..<Self.cells {
      unsafe voices += voice.base[cell]
      unsafe rests += rest.base[cell]
    }
    guard voices + rests > 0 else { return false }
    let doubt = Self.doubt * (voices + rests) / count
    for cell in 0..<Self.cells {
      let both = unsafe (voice.base[cell] + rest.base[cell]) / (voices + rests) * doubt
      unsafe voiceShare.base[cell] = (voice.base[cell] + both) / (voices + doubt)
      unsafe restShare.base[cell] = (rest.base[cell] + both) / (rests + doubt)
    }
    unsafe spread(voiceShare.base)
    unsafe spread(restShare.base)
    for cell in 0..<Self.cells {
      let ratio = unsafe (voiceShare.base[cell] + 1e-6) / (restShare.base[cell] + 1e-6)
      unsafe voiceShare.base[cell] = min(Self.surest, strength == 1 ? ratio : rt_pow(ratio, strength))
    }
    return true
  }

  /// Adds the frame to the histograms.
  @_noLocks @unsafe
  private mutating func learn(
    _ masks: UnsafePointer<Float>, planes: Int, band: Range<Int>, cell: UnsafePointer<Float>, size: UnsafePointer<Float>
  ) {
    var sum: Float = 0
    for bin in band { unsafe sum += size[bin] }
    guard sum > 0, sum * count >= Self.softest * loudness else { return }
    loudness = loudness * fall + sum
    count = count * fall + 1
    unsafe rt_scale(voice.base, fall, voice.base, Self.cells)
    unsafe rt_scale(rest.base, fall, rest.base, Self.cells)
    let (voices, rests) = unsafe (voice.base, rest.base)
    let planes = midSide ? 1 : planes
    let share = 1 / Float(planes)
    for bin in band where unsafe cell[bin] >= 0 {
      var mean: Float = 0
      for plane in 0..<planes { unsafe mean += masks[plane &* bins &+ bin] }
      mean *= share
      let place = unsafe Int(cell[bin])
      unsafe voices[place] += mean * mean * size[bin]
      unsafe rests[place] += (1 - mean) * (1 - mean) * size[bin]
    }
  }

  /// Averages a histogram with its neighbours, ¼-½-¼ along both axes; those at the ends count themselves twice.
  @_noLocks @unsafe
  private func spread(_ cells: UnsafeMutablePointer<Float>) {
    let between = unsafe scratch.base
    for row in 0..<Self.balances {
      let above = max(0, row &- 1) &* Self.widths
      let below = min(Self.balances &- 1, row &+ 1) &* Self.widths
      for column in 0..<Self.widths {
        let place = row &* Self.widths &+ column
        unsafe between[place] =
          0.25 * cells[above &+ column] + 0.5 * cells[place] + 0.25 * cells[below &+ column]
      }
    }
    for row in 0..<Self.balances {
      let start = row &* Self.widths
      for column in 0..<Self.widths {
        unsafe cells[start &+ column] =
          0.25 * between[start &+ max(0, column &- 1)] + 0.5 * between[start &+ column]
          + 0.25 * between[start &+ min(Self.widths &- 1, column &+ 1)]
      }
    }
  }
}
