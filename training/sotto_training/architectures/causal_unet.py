"""A U-Net that looks at no frame to come: it halves frequency only, and sees one frame before in every layer."""

from dataclasses import dataclass, field

from ..layers import (
    Activation, BatchNormalisation, Concatenate, Convolution, History, Pad, Reshape, Slice, TransposedConvolution,
)  # fmt: skip
from ..problem import Problem
from .architecture import Architecture

STRIDE = [1, 2]
ACROSS = [0, 0, 2, 2]


@dataclass(frozen=True, kw_only=True)
class CausalUNet(Architecture):
    """Jansson's U-Net with kernels of two frames by five bins and stride 2 along frequency.

    Whatever a layer reads of the frame before, it has kept, so that a frame costs a frame.

    channels   of the encoder's levels
    dropout    behind the first three levels of the decoder while training
    """

    kind = "causal-unet"
    channels: list[int] = field(default_factory=lambda: [16, 32, 64, 64, 128, 128])
    slope: float = 0.2
    dropout: float = 0.0

    def layers(self, input, grid, output):
        """For level n: down.n..., up.n..., skip.n; `.past` is a layer's history, `.pair` both frames in a shape."""
        bins, whole = grid.bins - 1, 2 ** len(self.channels)
        if input.context.frames != 1 or bins % whole or output.kind != "mask":
            raise Problem(
                f"network: found {input.context.frames} frames of {bins} bins and output.kind {output.kind!r}, "
                f"expected 1 frame, a multiple of {whole} bins and 'mask'"
            )
        layers = [Slice("bins", 0, 1, grid.bins), Reshape("frame", [1, 1, bins])]
        before, sides = 1, [bins]
        for level, width in enumerate(self.channels, 1):
            layers += [
                History(f"down.{level}.past", 2, 1),
                Reshape(f"down.{level}.pair", [before, 2, sides[-1]]),
                Convolution(f"down.{level}", width, (2, 5), STRIDE, padding=ACROSS),
                BatchNormalisation(f"down.{level}.normal"),
                Activation(f"down.{level}.active", "leaky-relu", self.slope),
            ]
            before = width
            sides.append(sides[-1] // 2)
        for level in range(len(self.channels), 0, -1):
            width = self.channels[level - 2] if level > 1 else 1
            up = TransposedConvolution(f"up.{level}", width, (1, 5), STRIDE, padding=ACROSS, extra=[0, 1])
            layers += [
                History(f"up.{level}.past", 2, 1),
                # Two frames as twice the channels: a transposed kernel of two frames, cut off at the present.
                Reshape(f"up.{level}.pair", [2 * before, 1, sides[level]]),
                up,
            ]
            if level == 1:
                up.activation = "sigmoid"
                break
            dropout = self.dropout if len(self.channels) - level < 3 else 0.0
            layers += [
                BatchNormalisation(f"up.{level}.normal"),
                Activation(f"up.{level}.active", "relu", dropout=dropout),
                Concatenate(f"skip.{level - 1}", 0, source=[f"up.{level}.active", f"down.{level - 1}.active"]),
            ]
            before = width + self.channels[level - 2]
        return [*layers, Reshape("mask", [bins]), Pad("with-zero", 0, 1, 0)]
