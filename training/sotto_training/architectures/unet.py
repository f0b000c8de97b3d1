"""The U-Net of Jansson et al. (2017), as a patch that slides with its right edge on the newest frame."""

from dataclasses import dataclass, field

from ..layers import (
    Activation, BatchNormalisation, Concatenate, Convolution, Pad, Reshape, Slice, TransposedConvolution,
)  # fmt: skip
from ..problem import Problem
from .architecture import Architecture

KERNEL = (5, 5)
STRIDE = [2, 2]
SAME = [2, 2, 2, 2]
DROPPED = 3  # decoder levels with dropout


@dataclass(frozen=True, kw_only=True)
class PatchUNet(Architecture):
    """Convolutions 5×5 with stride 2, batch normalisation and leaky rectifier; the way back mirrors them.

    The bin at 0 Hz is left out, and given to the accompaniment.

    channels   of the encoder's levels; the patch is a multiple of 2 to their number, in both directions
    dropout    behind the first three levels of the decoder while training
    """

    kind = "unet"
    channels: list[int] = field(default_factory=lambda: [16, 32, 64, 128, 256, 512])
    slope: float = 0.2
    dropout: float = 0.5

    def layers(self, input, grid, output):
        """For level n: down.n, down.n.normal, down.n.active, and up.n, up.n.normal, up.n.active, skip.n."""
        frames, bins, whole = input.context.frames, grid.bins - 1, 2 ** len(self.channels)
        if frames % whole or bins % whole:
            raise Problem(f"input.context: found {frames} frames of {bins} bins, expected multiples of {whole}")
        if output.kind != "mask":
            raise Problem(f"output.kind: found {output.kind!r}, expected 'mask'")
        layers = [Slice("bins", 1, 1, grid.bins), Reshape("patch", [1, frames, bins])]
        for level, width in enumerate(self.channels, 1):
            layers += [
                Convolution(f"down.{level}", width, KERNEL, STRIDE, padding=SAME),
                BatchNormalisation(f"down.{level}.normal"),
                Activation(f"down.{level}.active", "leaky-relu", self.slope),
            ]
        for level in range(len(self.channels), 0, -1):
            width = self.channels[level - 2] if level > 1 else 1
            up = TransposedConvolution(f"up.{level}", width, KERNEL, STRIDE, padding=SAME, extra=[1, 1])
            if level == 1:
                up.activation = "sigmoid"
                layers.append(up)
                break
            dropout = self.dropout if len(self.channels) - level < DROPPED else 0.0
            layers += [
                up,
                BatchNormalisation(f"up.{level}.normal"),
                Activation(f"up.{level}.active", "relu", dropout=dropout),
                Concatenate(f"skip.{level - 1}", 0, source=[f"up.{level}.active", f"down.{level - 1}.active"]),
            ]
        newest = frames - 1 - input.context.future
        return [
            *layers, Slice("estimated", 1, newest, newest + 1), Reshape("mask", [bins]), Pad("with-zero", 0, 1, 0),
        ]  # fmt: skip
