"""Vector-product networks: WVPNN and CVPNN of Fan, Chan, Yang and Jang (2017)."""

from dataclasses import dataclass

from ..layers import Colour, ColourInverse, Vector
from ..layers.colour import WIDTH
from ..problem import Problem
from .architecture import Architecture


@dataclass(frozen=True, kw_only=True)
class VectorLayers(Architecture):
    """Hidden layers of vector units.

    vectors    'context': a bin's three numbers are the frame before, itself and the frame after, and the second
               component of the output is the estimate; 'colour': they are its spectral colour, which the output gives
    activation of all layers, of every component
    """

    kind = "vector"
    hidden: list[int]
    vectors: str
    activation: str = "sigmoid"
    width: float = WIDTH

    def __post_init__(self):
        if self.vectors not in ("context", "colour"):
            raise Problem(f"network.vectors: found {self.vectors!r}, expected 'context' or 'colour'")

    def layers(self, input, grid, output):
        """colour, hidden.1, ..., output, numbers."""
        colour = self.vectors == "colour"
        if input.context.frames != (1 if colour else 3):
            raise Problem(f"input.context: found {input.context.frames} frames, expected {1 if colour else 3}")
        layers = [Colour("colour", self.width)] if colour else []
        for number, width in enumerate(self.hidden, 1):
            layers.append(Vector(f"hidden.{number}", width, self.activation))
        component = None if colour else 1
        layers.append(Vector("output", output.sources * grid.bins, self.activation, component))
        return [*layers, ColourInverse("numbers", self.width)] if colour else layers
