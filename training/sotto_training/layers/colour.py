"""The spectral colour of Fan et al. (2017): a number from 0 to 1 as three that light up one after the other."""

from dataclasses import dataclass

import torch

from .layer import Layer

WIDTH = 0.0938


@dataclass(eq=False, repr=False)
class Colour(Layer):
    """``r = x / w``, ``g = (x - w) / w``, ``b = (x - 2 w) / (1 - 2 w)``, each kept from 0 to 1; [3, ...]."""

    kind = "colour"
    width: float = WIDTH

    def prepare(self, shape):
        return (3, *shape)

    def forward(self, values):
        width = self.width
        parts = [values / width, (values - width) / width, (values - 2 * width) / (1 - 2 * width)]
        return torch.stack(parts, 2).clamp(0, 1)


@dataclass(eq=False, repr=False)
class ColourInverse(Layer):
    """``w r + w g + (1 - 2 w) b``: the number that has this colour."""

    kind = "colour-inverse"
    width: float = WIDTH

    def prepare(self, shape):
        if shape[0] != 3:
            self.refuse(f"found an input of shape {list(shape)}, expected 3 components first")
        return tuple(shape[1:])

    def forward(self, values):
        red, green, blue = values.unbind(2)
        return self.width * (red + green) + (1 - 2 * self.width) * blue
