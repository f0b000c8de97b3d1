"""A causal U-Net over frequency with a recurrent network of two paths at its narrowest place."""

from dataclasses import dataclass, field

from ..layers import (
    GRU, Activation, Affine, Arithmetic, BatchNormalisation, Concatenate, Convolution, Dense, History,
    LayerNormalisation, Pad, Permute, Reshape, Slice, TransposedConvolution,
)  # fmt: skip
from ..layers.layer import Layer
from ..problem import Problem
from .architecture import Architecture

FRAMES = 2  # of a kernel: the frame itself and an earlier one


@dataclass(frozen=True, kw_only=True)
class DualPath(Architecture):
    """Le et al. (2021), DPCRN, with nothing to come: convolutions of two frames, halving frequency; in the middle a GRU
    along time, the same for all places, and two along the places of the frame, by turns. Of one channel, or of mid and
    side, which are channels of a place at first and get a mask each.

    `together` neighbouring bins are the channels of a place at first. Each level but the first halves the places.

    together   bins of a place
    channels   of each level
    blocks     how many blocks of both paths there are
    apart      frames from one of a kernel to the other
    units      of the GRU along time; half as many in each direction along the frame
    dropout    share of the numbers left out behind each path while training
    """

    kind = "dual-path"
    together: int = 4
    channels: list[int] = field(default_factory=lambda: [32, 48, 64])
    blocks: int = 2
    apart: int = 1
    units: int = 64
    slope: float = 0.2
    dropout: float = 0.0

    def layers(self, input, grid, output):
        """logarithm, standard, first..., down.N..., deep.N..., block.N.time..., block.N.across..., up.N..., mask."""
        bins, levels = grid.bins - 1, len(self.channels)
        places = bins // self.together
        rows = input.rows
        if input.context.frames != 1 or bins % (self.together << levels - 1) or output.kind != "mask":
            raise Problem(
                f"network: found {input.context.frames} frames of {bins} bins and output.kind {output.kind!r}, "
                f"expected 1 frame, a multiple of {self.together << levels - 1} bins and 'mask'"
            )
        first = [Slice("bins", 0, 1, grid.bins)]
        if rows > 1:
            first = [Reshape("rows", [rows, grid.bins]), Slice("bins", 1, 1, grid.bins), Reshape("row", [rows * bins])]
        layers = [
            *first,
            Activation("logarithm", "log1p"),
            Affine("standard"),
            Reshape("places", [rows, places, self.together]),
            Permute("parts", [0, 2, 1]),
            Reshape("frame", [rows * self.together, 1, places]),
        ]
        sides, before = [places >> level for level in range(levels)], rows * self.together
        for level, width in enumerate(self.channels):
            stride = 2 if level else 1
            layers += self._convolved(f"down.{level}", before, width, sides[max(0, level - 1)], stride)
            if level:
                layers += self._convolved(f"deep.{level}", width, width, sides[level], 1)
            before = width
        layers += self._paths(before, sides[-1])
        for level in range(levels - 1, 0, -1):
            width, skip = self.channels[level - 1], "deep" if level > 1 else "down"
            layers += [
                Concatenate(f"skip.{level}", 0, source=[layers[-1].name, f"deep.{level}.active"]),
                TransposedConvolution(f"up.{level}", width, (1, 4), [1, 2], padding=[0, 0, 1, 1], biased=False),
                BatchNormalisation(f"up.{level}.normal"),
                Activation(f"up.{level}.active", "leaky-relu", self.slope),
                Concatenate(f"both.{level}", 0, source=[f"up.{level}.active", f"{skip}.{level - 1}.active"]),
                *self._convolved(f"back.{level}", 2 * width, width, sides[level - 1], 1),
            ]
        return [
            *layers,
            Convolution("mask", rows * self.together, (1, 3), padding=[0, 0, 1, 1], activation="sigmoid"),
            Reshape("mask.parts", [rows, self.together, places]),
            Permute("mask.places", [0, 2, 1]),
            Reshape("mask.bins", [rows, bins]),
            Pad("with-zero", 1, 1, 0),
            Reshape("masks", [rows * grid.bins]),
        ]

    def _convolved(self, name: str, before: int, width: int, side: int, stride: int) -> list[Layer]:
        """A convolution of this frame and an earlier one, normalised and rectified."""
        across = [0, 0, 2, 2] if stride == 2 else [0, 0, 1, 1]
        return [
            History(f"{name}.past", self.apart + 1, 2),
            Reshape(f"{name}.pair", [before, self.apart + 1, side]),
            Convolution(
                name, width, (FRAMES, 5 if stride == 2 else 3), [1, stride], [self.apart, 1], across, biased=False
            ),
            BatchNormalisation(f"{name}.normal"),
            Activation(f"{name}.active", "leaky-relu", self.slope),
        ]

    def _paths(self, width: int, places: int) -> list[Layer]:
        layers = [Reshape("middle", [width, places]), Permute("block.0", [1, 0])]
        for number in range(1, self.blocks + 1):
            name = f"block.{number}"
            layers += [
                LayerNormalisation(f"{name}.time.normal"),
                GRU(f"{name}.time.hidden", self.units),
                Dense(f"{name}.time.new", width, dropout=self.dropout),
                Arithmetic(f"{name}.time", "add", source=[f"block.{number - 1}", f"{name}.time.new"]),
                LayerNormalisation(f"{name}.across.normal"),
                GRU(f"{name}.across.up", self.units // 2, scan="forward"),
                GRU(f"{name}.across.down", self.units // 2, scan="backward", source=f"{name}.across.normal"),
                Concatenate(f"{name}.across.both", 1, source=[f"{name}.across.up", f"{name}.across.down"]),
                Dense(f"{name}.across.new", width, dropout=self.dropout),
                Arithmetic(name, "add", source=[f"{name}.time", f"{name}.across.new"]),
            ]
        return [*layers, Permute("channels", [1, 0]), Reshape("paths", [width, 1, places])]
