"""A U-Net with strides along time that finds a block of frames at once, from what came before and after: for files."""

from dataclasses import dataclass, field

from ..layers import (
    Activation, Affine, Concatenate, Convolution, History, Layer, Reshape, Slice, TransposedConvolution, Unroll,
)  # fmt: skip
from ..network import Network
from ..problem import Problem
from .architecture import Architecture
from .pair_mask import masked, patch

KERNEL, STRIDE = (5, 5), [2, 2]


@dataclass(frozen=True, kw_only=True)
class BlockUNet(Architecture):
    """Spleeter's U-Net (Hennequin et al. 2020, after Jansson et al. 2017), one source.

    channels   of the levels of the way down
    bins       of the patch, from 0 Hz on
    frames     of the patch
    middle     frames of it that are taken, and frames a run
    """

    kind = "block-unet"
    channels: list[int] = field(default_factory=lambda: [16, 32, 64, 128, 256, 512])
    bins: int = 1024
    frames: int = 384
    middle: int = 192

    @property
    def delay(self):
        return self.frames - 1 - self._margin

    @property
    def _margin(self) -> int:
        return (self.frames - self.middle) // 2

    def layers(self, input, grid, output):
        """For level n: down.n, down.n.normal, down.n.active, and up.n, up.n.normal, skip.n."""
        self._check(input, grid, output)
        if not 0 < self.middle <= self.frames or (self.frames - self.middle) % 2:
            raise Problem(f"network.middle: found {self.middle}, expected the middle of {self.frames} frames")
        if output.delay != self.delay:
            raise Problem(f"output.delay: found {output.delay}, expected {self.delay}, the frames to come of the middle's first")
        return [
            *patch(self.bins, grid),
            Reshape("patch.column", [2, self.bins]),
            History("patch.past", self.frames, 1),
            *self._levels(self.middle),
            History("parts.past", 2, 0, spacing=self.delay, source="parts"),
            Slice("parts.then", 0, 0, 1),
            Reshape("parts.found", [2, 2, grid.bins]),
            Unroll("mask.now", 1, self.middle, self._margin, source="mask"),
            *masked("parts.found", self.bins, grid),
        ]

    def block(self, input, grid, output, frames):
        """All frames of a patch, those at its ends too, as theirs was trained."""
        self._check(input, grid, output, frames)
        layers = [
            *patch(self.bins, grid, (frames,)),
            Reshape("patch.columns", [2, frames, self.bins]),
            *self._levels(1),
            *masked("parts", self.bins, grid, (frames,)),
        ]
        return Network(layers, (4, frames, grid.bins))

    def _check(self, input, grid, output, frames=None):
        whole, frames = 2 ** len(self.channels), frames or self.frames
        if input.rows != 4 or output.kind != "spectrum" or self.bins % whole or frames % whole or self.bins >= grid.bins:
            raise Problem(
                f"network: found {input.rows} rows, output.kind {output.kind!r}, {frames} frames of {self.bins} bins; "
                f"expected the spectra of two channels, 'spectrum', and multiples of {whole}, the bins below {grid.bins}"
            )

    def _levels(self, every: int) -> list[Layer]:
        """From magnitudes [2, frames, bins] to the mask of such a shape."""
        layers, run = [], {"every": every}
        for level, width in enumerate(self.channels, 1):
            layers += [
                Convolution(f"down.{level}", width, KERNEL, STRIDE, padding=[1, 2, 1, 2], **run),
                Affine(f"down.{level}.normal", 0, **run),
                Activation(f"down.{level}.active", "leaky-relu", 0.2, **run),
            ]
        layers[-2:] = []  # of the deepest level nothing but the convolution is read
        for level in range(len(self.channels), 0, -1):
            width = self.channels[level - 2] if level > 1 else 1
            layers += [
                TransposedConvolution(
                    f"up.{level}", width, KERNEL, STRIDE, padding=[1, 2, 1, 2], activation="relu", **run
                ),
                Affine(f"up.{level}.normal", 0, **run),
            ]
            if level > 1:
                layers.append(
                    Concatenate(f"skip.{level - 1}", 0, source=[f"down.{level - 1}", f"up.{level}.normal"], **run)
                )
        mask = Convolution("mask", 2, (4, 4), dilation=[2, 2], padding=[3, 3, 3, 3], activation="sigmoid", **run)
        return [*layers, mask]
