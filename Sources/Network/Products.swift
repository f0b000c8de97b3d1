internal import CRealtime

/// What the products of a network's convolutions are made of.
public enum Products: String, Sendable, CaseIterable {
  /// Numbers in single precision.
  case single
  /// Bytes, in convolutions of at least 32 channels in and out, where the processor has dot products of bytes (VNNI):
  /// a layer's input is rounded to 254 steps of its range, its weights to 127 up and down for each output, and the sums
  /// are exact. Takes half the time. Of narrower layers, where few products are summed, rounding would be heard.
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
