"""A recurrent network along time and along frequency in turn, on bands of the spectrum."""

from dataclasses import dataclass, field

from ..layers import (
    GRU, Activation, Affine, Arithmetic, Concatenate, Dense, LayerNormalisation, Pad, Reshape, Slice,
)  # fmt: skip
from ..problem import Problem
from .architecture import Architecture


@dataclass(frozen=True, kw_only=True)
class BandSplit(Architecture):
    """Luo and Yu's band-split network (2023) without anything to come: GRUs, the one along time running on.

    Each band becomes `features` numbers. A block remembers along time, with one set of weights for all bands, and then
    looks along the bands of the frame, in both directions. Each band's mask is made of its own numbers.

    bands      [count, bins] pairs from the lowest bin but one upwards; the lowest has no part in it
    features   of a band
    units      of the recurrent layer along time
    across     of each of both directions along the bands
    blocks     how many there are
    dropout    share of the numbers left out behind each block while training
    """

    kind = "band-split"
    bands: list[list[int]] = field(default_factory=lambda: [[32, 4], [16, 8], [16, 16]])
    features: int = 32
    units: int = 48
    across: int = 24
    blocks: int = 3
    dropout: float = 0.0

    def layers(self, input, grid, output):
        """logarithm, standard, band.N..., block.N.time..., block.N.across..., mask.N..."""
        widths = [width for count, width in self.bands for _ in range(count)]
        if input.context.frames != 1 or sum(widths) != grid.bins - 1 or output.kind != "mask":
            raise Problem(
                f"network: found {input.context.frames} frames, bands of {sum(widths)} bins and output.kind "
                f"{output.kind!r}, expected 1 frame, {grid.bins - 1} bins and 'mask'"
            )
        layers = [Activation("logarithm", "log1p"), Affine("standard")]
        begin = 1
        for number, width in enumerate(widths):
            layers += [
                Slice(f"band.{number}.bins", 0, begin, begin + width, source="standard"),
                Dense(f"band.{number}", self.features),
            ]
            begin += width
        layers += [
            Concatenate("bands", 0, source=[f"band.{number}" for number in range(len(widths))]),
            Reshape("block.0", [len(widths), self.features]),
        ]
        for number in range(1, self.blocks + 1):
            name = f"block.{number}"
            layers += [
                LayerNormalisation(f"{name}.time.normal"),
                GRU(f"{name}.time.hidden", self.units),
                Dense(f"{name}.time.new", self.features),
                Arithmetic(f"{name}.time", "add", source=[f"block.{number - 1}", f"{name}.time.new"]),
                LayerNormalisation(f"{name}.across.normal"),
                GRU(f"{name}.across.up", self.across, scan="forward"),
                GRU(f"{name}.across.down", self.across, scan="backward", source=f"{name}.across.normal"),
                Concatenate(f"{name}.across.both", 1, source=[f"{name}.across.up", f"{name}.across.down"]),
                Dense(f"{name}.across.new", self.features, dropout=self.dropout),
                Arithmetic(name, "add", source=[f"{name}.time", f"{name}.across.new"]),
            ]
        layers.append(LayerNormalisation("last"))
        for number, width in enumerate(widths):
            layers += [
                Slice(f"mask.{number}.band", 0, number, number + 1, source="last"),
                Reshape(f"mask.{number}.features", [self.features]),
                Dense(f"mask.{number}.hidden", 2 * self.features, activation="tanh"),
                Dense(f"mask.{number}", width, activation="sigmoid"),
            ]
        return [
            *layers,
            Concatenate("mask", 0, source=[f"mask.{number}" for number in range(len(widths))]),
            Pad("with-zero", 0, 1, 0),
        ]
