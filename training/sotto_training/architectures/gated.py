"""Gated recurrent layers: the GRU network of music-source-separation, the LSTM mask estimator."""

from dataclasses import dataclass, field

from ..layers import GRU, LSTM, Activation, Affine, Dense, Reshape
from ..problem import Problem
from .architecture import Architecture


@dataclass(frozen=True, kw_only=True)
class GatedLayers(Architecture):
    """Dense layers, then layers of `cell`, then an output layer.

    cell          'gru' or 'lstm'
    hidden        widths of the gated layers
    dense         widths of the layers before them, with their `activation`
    logarithm     whether the input is log1p of the magnitudes
    reset         of a GRU, where its reset gate acts: 'before' the matrix as in TensorFlow, 'after' it as in PyTorch
    output        activation of the output layer
    dropout       share of units left out behind every layer but the last while training
    """

    kind = "gated"
    cell: str
    hidden: list[int]
    dense: list[int] = field(default_factory=list)
    activation: str = "tanh"
    logarithm: bool = False
    reset: str = "before"
    output: str = "linear"
    dropout: float = 0.0

    def __post_init__(self):
        if self.cell not in ("gru", "lstm"):
            raise Problem(f"network.cell: found {self.cell!r}, expected 'gru' or 'lstm'")

    def layers(self, input, grid, output):
        """logarithm, standard, dense.1, ..., hidden.1, ..., output."""
        layers = [Reshape("frames", [-1])] if input.context.frames > 1 else []
        if self.logarithm:
            layers.append(Activation("logarithm", "log1p"))
        layers.append(Affine("standard"))
        for number, width in enumerate(self.dense, 1):
            layers.append(Dense(f"dense.{number}", width, activation=self.activation, dropout=self.dropout))
        for number, width in enumerate(self.hidden, 1):
            name = f"hidden.{number}"
            if self.cell == "gru":
                # TensorFlow's cell has one bias a gate; with PyTorch's the second is another number inside the reset.
                layers.append(GRU(name, width, self.reset, twice=self.reset == "after", dropout=self.dropout))
            else:
                layers.append(LSTM(name, width, dropout=self.dropout))
        # Where rectified outputs of both sources are 0, nothing tells them apart and nothing wakes them.
        start = 1.0 if self.output == "relu" else 0.0
        return [*layers, Dense("output", output.sources * grid.bins, activation=self.output, start=start)]
