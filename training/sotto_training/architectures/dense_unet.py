"""A U-Net along the frequency of one frame whose levels are dense blocks: it takes spectra and gives the voice's."""

from dataclasses import dataclass, field

from ..layers import Concatenate, Convolution, Layer, Reshape, TransposedConvolution
from ..problem import Problem
from .architecture import Architecture

HALVES = [1, 2]


@dataclass(frozen=True, kw_only=True)
class DenseUNet(Architecture):
    """Choi et al. (2020), the TDC network of one frame, its normalisations folded into the convolutions before them.

    Weights of theirs, brought by `sotto import`, begin it.

    levels   how often frequency is halved
    depth    convolutions of a block, each of which sees all before it
    growth   channels of each convolution
    encoders, decoders   channels of each convolution of the blocks on the way down and up, the widest level first,
             where they are others
    """

    kind = "dense-unet"
    levels: int = 8
    depth: int = 5
    growth: int = 24
    encoders: list[int] = field(default_factory=list)
    decoders: list[int] = field(default_factory=list)

    def layers(self, input, grid, output):
        """For level n: encoder.n..., down.n, up.n, decoder.n...; `.past` is what the next of a block sees beside it."""
        bins, fits = grid.bins - 1, 2**self.levels
        if not input.spectral or output.kind != "spectrum" or bins % fits or min(self.levels, self.depth, self.growth) < 1:
            raise Problem(
                f"network: found input.feature {input.feature!r}, output.kind {output.kind!r}, {bins} bins above 0 Hz and "
                f"{self.levels} levels of {self.depth} by {self.growth}; expected 'spectrum' in both, and a multiple of {fits} bins"
            )
        encoders, decoders = self._widths("encoders"), self._widths("decoders")
        layers = [
            Reshape("parts", [input.rows, 1, grid.bins]),
            Convolution("first", self.growth, (1, 2), activation="relu"),
        ]
        for level, width in enumerate(encoders, 1):
            layers += self._block(f"encoder.{level}", width, layers[-1].name)
            layers.append(Convolution(f"down.{level}", self.growth, (1, 2), HALVES))
        layers += self._block("middle", self.growth, layers[-1].name)
        for level, width in reversed(list(enumerate(decoders, 1))):
            layers.append(TransposedConvolution(f"up.{level}", self.growth, (1, 2), HALVES))
            skip = [f"up.{level}", f"encoder.{level}.{self.depth}"]
            layers.append(Concatenate(f"skip.{level}", 0, source=skip))
            layers += self._block(f"decoder.{level}", width, f"skip.{level}")
        last = Convolution("last", input.rows, (1, 2), padding=[0, 0, 1, 1])
        return [*layers, last, Reshape("voice", [input.rows, grid.bins])]

    def _widths(self, name: str) -> list[int]:
        widths = getattr(self, name) or [self.growth] * self.levels
        if len(widths) != self.levels or min(widths) < 1:
            raise Problem(f"network.{name}: found {widths}, expected {self.levels} numbers from 1 on, one a level, or none")
        return widths

    def _block(self, name: str, width: int, before: str) -> list[Layer]:
        layers: list[Layer] = []
        for number in range(1, self.depth + 1):
            one = Convolution(f"{name}.{number}", width, (1, 3), padding=[0, 0, 1, 1], activation="relu", source=before)
            layers.append(one)
            if number < self.depth:
                layers.append(Concatenate(f"{name}.{number}.past", 0, source=[one.name, before]))
                before = layers[-1].name
        return layers
