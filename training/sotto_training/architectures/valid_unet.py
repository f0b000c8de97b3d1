"""The separator of Stoller, Ewert and Dixon (2018): a U-Net of convolutions without padding, as a sliding block."""

from dataclasses import dataclass, field

from ..features import Input
from ..grid import Grid
from ..layers import Activation, Concatenate, Convolution, Layer, Pad, Reduce, Reshape, Slice, TransposedConvolution
from ..network import Network
from ..output import Output
from ..problem import Problem
from .architecture import Architecture

KERNEL = (3, 3)


def span(levels: int, bottom: int) -> tuple[int, int]:
    """Sides of input and output of a block whose deepest layer has a side of `bottom`: 158 to 66 with 4 levels, 6."""
    inside, outside = bottom, bottom
    for _ in range(levels):
        inside, outside = 2 * (inside + 2), 2 * outside - 2
    return inside + 2, outside


@dataclass(frozen=True, kw_only=True)
class ValidUNet(Architecture):
    """Convolutions 3×3 without padding, largest of 2×2, transposed convolutions 2×2; the estimates are log1p.

    An estimate needs as many frames to come as a border is wide: 46 with four levels. The block is the smallest that
    gives a frame's estimate; it is what the last frame of every larger block is made of.

    channels   of the first level, and of each deeper one
    """

    kind = "valid-unet"
    channels: list[int] = field(default_factory=lambda: [16, 32, 64, 128, 256])

    def layers(self, input, grid, output):
        """At level n: down.n, largest.n, up.n, crop.n, skip.n, merge.n."""
        return [
            *self._of_block(input, grid, output, 2),
            Slice("estimated", 1, 1, 2),
            Slice("bins", 2, 0, grid.bins),
            Reshape("logarithms", [2, grid.bins]),
            Activation("magnitudes", "expm1"),
            Reshape("both", [2 * grid.bins]),
        ]

    def block(self, input, grid, output, frames):
        """All estimates of a larger block, as the paper trains: each frame in every place that pooling may give it."""
        depth = len(self.channels) - 1
        known = {span(depth, side)[1]: side for side in range(2, 2 + frames)}
        if frames not in known:
            raise Problem(f"fit.sequence: found {frames}, expected one of {', '.join(str(one) for one in list(known)[:6])}, ...")
        layers = self._of_block(input, grid, output, known[frames])
        layers += [Slice("bins", 2, 0, grid.bins), Activation("magnitudes", "expm1")]
        return Network(layers, (span(depth, known[frames])[0], grid.bins))

    def _of_block(self, input: Input, grid: Grid, output: Output, deepest: int) -> list[Layer]:
        """The layers up to the logarithms of both sources [2, frames, rows]; the deepest has `deepest` frames."""
        depth = len(self.channels) - 1
        border = (span(depth, 2)[0] - span(depth, 2)[1]) // 2
        frames, estimated = span(depth, deepest)
        if (input.context.past, input.context.future) != (border + 1, border) or output.kind != "two-source-magnitudes":
            raise Problem(
                f"input.context, output.kind: found past {input.context.past}, future {input.context.future}, "
                f"{output.kind!r}, expected past {border + 1}, future {border}, 'two-source-magnitudes'"
            )
        bottom = next(side for side in range(2, grid.bins) if span(depth, side)[1] >= grid.bins)
        rows, given = span(depth, bottom)
        below = (rows - given) // 2
        layers = [
            Activation("logarithm", "log1p"),
            Pad("padded", 1, below, rows - grid.bins - below),
            Reshape("block", [1, frames, rows]),
            Convolution("down.0", self.channels[0], KERNEL, activation="relu"),
        ]
        sides = [(frames - 2, rows - 2)]
        for level, width in enumerate(self.channels[1:], 1):
            high, wide = sides[-1]
            layers += [
                Reshape(f"pairs.{level}", [self.channels[level - 1], high // 2, 2, wide // 2, 2]),
                Reduce(f"largest.{level}", "maximum", [2, 4], keep=False),
                Convolution(f"down.{level}", width, KERNEL, activation="relu"),
            ]
            sides.append((high // 2 - 2, wide // 2 - 2))
        high, wide = sides[-1]
        for level in range(depth - 1, -1, -1):
            width = self.channels[level]
            high, wide = 2 * high, 2 * wide
            layers.append(TransposedConvolution(f"up.{level}", width, (2, 2), [2, 2], activation="relu"))
            layers += _cropped(f"down.{level}", sides[level], f"crop.{level}", (high, wide))
            layers += [
                Concatenate(f"skip.{level}", 0, source=[f"crop.{level}", f"up.{level}"]),
                Convolution(f"merge.{level}", width, KERNEL, activation="relu"),
            ]
            high, wide = high - 2, wide - 2
        layers += _cropped("block", (frames, rows), "crop.input", (high, wide))
        return [
            *layers,
            Concatenate("seen", 0, source=["crop.input", "merge.0"]),
            # Where both rectified estimates are 0, nothing tells them apart and nothing wakes them.
            Convolution("sources", 2, (1, 1), activation="relu", start=1.0),
        ]


def _cropped(source: str, sides: tuple[int, int], name: str, to: tuple[int, int]) -> list[Slice]:
    (high, wide), (rows, columns) = sides, to
    top, left = (high - rows) // 2, (wide - columns) // 2
    return [
        Slice(f"{name}.rows", 1, top, top + rows, source=source),
        Slice(name, 2, left, left + columns),
    ]
