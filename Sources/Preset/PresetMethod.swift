/// What finds the voice, by the word for it in a preset file.
public enum PresetMethod: String, Sendable, Encodable, CaseIterable {
  /// A trained network; its weights file stands under `network.model`.
  case network
  /// What stands in the middle of the stereo image.
  case centre
  /// What cancels out between the channels at equal gains.
  case adress
  /// What is too lively for a steady note and too long for a drum.
  case hpss
  /// What spectra of voices contribute; their file stands under `nmf.dictionary`.
  case nmf
  /// What was not heard before.
  case repetSim = "repet-sim"
  /// The one of two independent sources that stands nearer to the middle.
  case ica
  /// What a mixture of Gaussians on stereo position gives to the middle.
  case gmm
  /// Everything is voice.
  case passthrough
}
