/// Several streams through one network: where every layer takes them together, each weight is read once for all.
///
/// Memory is what a step waits for, so that a second channel then costs next to nothing.
extension Model {
  /// The layers for `count` streams together; `nil` where one of them cannot.
  func streamed(_ count: Int) -> [ModelDescription.Layer]? {
    if count == 1 { return layers }
    let together = layers.compactMap { layer in
      layer.form.streamed(count).map { form in
        ModelDescription.Layer(
          kind: layer.kind, name: layer.name, shape: form.shape, parameters: layer.parameters, form: form,
          sources: layer.sources, schedule: layer.schedule)
      }
    }
    return together.count == layers.count ? together : nil
  }

  /// Whether several frames of a stream may go through the layers together: none remembers anything of the one before.
  public var isMemoryless: Bool {
    layers.allSatisfy { $0.form.states.isEmpty && $0.form.update == nil && $0.schedule == .always }
      && streamed(2) != nil
  }
}

extension LayerForm {
  func streamed(_ count: Int) -> (any LayerForm)? { nil }
}
