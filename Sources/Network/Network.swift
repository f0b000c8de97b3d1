/// A trained network as its file holds it: the description and the weights, immutable.
public final class Model: Sendable {
}
