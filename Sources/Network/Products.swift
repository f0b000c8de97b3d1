internal import CRealtime

/// What the products of a network's convolutions are made of.
public enum Products: String, Sendable, CaseIterable {
  /// Numbers in single precision.
  case single
  /// Bytes, in convolutions of at least 32 channels in and out, where the processor has dot products of bytes (VNNI):
  /// a layer's input and weights are rounded to a 255th and a 127th of their ranges, the sums are exact. Takes half the
  /// time; what is lost is below what is heard, of narrower layers, where few products are summed, it would not be.
  case bytes
}

extension LayerForm {
  func multiplying(_ products: Products) -> any LayerForm { self }
}

extension ConvolvingForm {
  func multiplying(_ products: Products) -> any LayerForm {
    let geometry = convolution.geometry
    guard products == .bytes, rt_multiplies_bytes(), geometry.groups == 1,
      geometry.channels >= 32, geometry.outputs >= 32
    else { return self }
    var form = self
    form.convolution.geometry.bytes = true
    return form
  }
}
