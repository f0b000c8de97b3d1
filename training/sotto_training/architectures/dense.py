"""Dense layers, some of them recurrent: DNN, DRNN-k and sRNN of Huang et al. (2014, 2015), the generator of SVSGAN
(Fan et al. 2018), Deep Karaoke (Simpson et al. 2015)."""

from dataclasses import dataclass, field

from ..layers import Affine, Dense, Recurrent, Reshape
from ..problem import Problem
from .architecture import Architecture


@dataclass(frozen=True, kw_only=True)
class DenseLayers(Architecture):
    """Hidden layers of the widths `hidden` and an output layer.

    recurrent     which hidden layers are fed back, counted from 1: one in DRNN-k, all in sRNN
    activation    of the hidden layers
    output        of the output layer
    dropout       share of hidden units left out while training
    """

    kind = "dense"
    hidden: list[int]
    recurrent: list[int] = field(default_factory=list)
    activation: str = "sigmoid"
    output: str = "linear"
    dropout: float = 0.0

    def __post_init__(self):
        if not set(self.recurrent) <= set(range(1, len(self.hidden) + 1)):
            raise Problem(f"network.recurrent: found {self.recurrent}, expected numbers of the hidden layers, from 1")

    def layers(self, input, grid, output):
        """frames, standard, hidden.1, hidden.2, ..., output."""
        layers = [Reshape("frames", [-1])] if input.context.frames > 1 else []
        layers.append(Affine("standard"))
        for number, width in enumerate(self.hidden, 1):
            kind = Recurrent if number in self.recurrent else Dense
            layers.append(kind(f"hidden.{number}", width, activation=self.activation, dropout=self.dropout))
        return [*layers, Dense("output", output.sources * grid.bins, activation=self.output)]
