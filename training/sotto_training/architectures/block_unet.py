"""A U-Net with strides along time that finds a few frames at once, from what came before and a little of what comes after."""

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..layers import (
    Activation, Affine, Concatenate, Convolution, History, Layer, Reshape, Slice, TransposedConvolution, Unroll,
)  # fmt: skip
from ..network import Network
from ..problem import Problem
from .architecture import Architecture
from .pair_mask import masked, patch

# A column p of a level is of the columns 2p - 1 to 2p + 3 of the one above.
KERNEL, STRIDE, PADDING = (5, 5), [2, 2], [1, 2, 1, 2]
MASK = 3  # rows on both sides that the mask of a frame is of
DOWN = 1.6  # times the time of a multiplication on the way up, measured


@dataclass(frozen=True, kw_only=True)
class BlockUNet(Architecture):
    """Spleeter's U-Net (Hennequin et al. 2020, after Jansson et al. 2017), one source.

    It runs every `taken` frames on a patch of the last ones, and gives the masks of as many, `future` before its end.

    Of a patch only what is needed is computed. The way down begins with the newest frames: columns that no later frame
    can change are kept, on the deepest level whose columns lie alike in every patch. The way up begins with the columns
    that the frames taken are made of.

    channels   of the levels of the way down
    bins       of the patch, from 0 Hz on
    frames     of the patch
    taken      of them in a run
    future     frames of the patch behind those taken
    steps      frames over which the layers of a run are spread, the work of each about the same
    whole      frames, taken and future of a patch for recordings, where nothing has to come soon; empty: as live
    """

    kind = "block-unet"
    channels: list[int] = field(default_factory=lambda: [16, 32, 64, 128, 256, 512])
    bins: int = 1024
    frames: int = 192
    taken: int = 16
    future: int = 8
    steps: int = 5
    whole: list[int] = field(default_factory=lambda: [384, 192, 96])

    @property
    def delay(self):
        return self.taken + self.future - 1 + self.steps - 1

    def layers(self, input, grid, output):
        """For level n: down.n, down.n.normal, down.n.active, and up.n, up.n.normal, skip.n."""
        for one in filter(None, (self, self.for_files())):
            one._check(input, grid, output)
            one._check_part()
        if output.delay != self.delay:
            raise Problem(f"output.delay: found {output.delay}, expected {self.delay}, the frames to come of the first one taken")
        names = [f"down.{level}" for level in range(len(self.channels) + 1)]
        begun = [0] * len(names)
        if self._window < self.frames:
            names[self._kept] += ".all"
            begun[: self._kept] = [(self.frames - self._window) >> level for level in range(self._kept)]
        run = [
            History("patch.past", self._window, 1), *self._down(), *self._up(self._first, begun, names), self._mask(),
        ]  # fmt: skip
        return [
            *patch(self.bins, grid),
            Reshape("patch.column", [2, self.bins]),
            *self._spread(run, (2, self.bins)),
            History("parts.past", 2, 0, spacing=self.delay, source="parts"),
            Slice("parts.then", 0, 0, 1),
            Reshape("parts.found", [2, 2, grid.bins]),
            Unroll("mask.now", 1, self.taken, self.frames - self.future - self.taken - self._first[0], source="mask"),
            *masked("parts.found", self.bins, grid),
        ]

    def for_files(self):
        if not self.whole:
            return None
        if len(self.whole) != 3:
            raise Problem(f"network.whole: found {self.whole}, expected frames, taken and future")
        frames, taken, future = self.whole
        return replace(self, frames=frames, taken=taken, future=future, steps=1, whole=[])

    def block(self, input, grid, output, frames):
        """All frames of a patch, those at its ends too, as theirs was trained."""
        self._check(input, grid, output, frames)
        every = [0] * (len(self.channels) + 1)
        layers = [
            *patch(self.bins, grid, (frames,)),
            Reshape("patch.columns", [2, frames, self.bins]),
            *(layer for level in range(1, len(self.channels) + 1) for layer in self._level(level)),
            *self._up(every, every, [f"down.{level}" for level in range(len(every))]),
            self._mask(),
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

    def _check_part(self):
        if self.future < 0 or self.taken + self.future > self.frames or not 0 < self.steps <= self.taken:
            raise Problem(
                f"network: found {self.taken} frames taken, {self.future} behind them, {self.steps} steps; expected a part of "
                f"{self.frames} frames, and at most as many steps as are taken"
            )

    @cached_property
    def _first(self) -> list[int]:
        """The first column of each level, from the frames on, that the way up needs; column i gives those from 2i + 2 on."""
        first = [max(0, self.frames - self.future - self.taken - MASK)]
        for _ in self.channels:
            first.append(max(0, (first[-1] - 2) // 2))
        return first

    @cached_property
    def _kept(self) -> int:
        """The deepest level but one, or above, whose columns lie alike in every patch."""
        return max(level for level in range(len(self.channels)) if self.taken % 2**level == 0)

    @cached_property
    def _window(self) -> int:
        """Newest frames that the way down begins with: the first column of a level of them is not as in the patch."""
        apart = 2**self._kept
        columns = self.taken // apart + 3  # new ones, two that zeros after them reach, and the first
        while any(self._first[level] <= (self.frames - columns * apart) >> level for level in range(1, self._kept)):
            columns += 1
        return min(columns * apart, self.frames) if self._kept else self.frames

    def _down(self) -> list[Layer]:
        """The convolutions of the way down, of the newest columns up to a level, of those kept and the newest behind it."""
        kept, layers = self._kept, []
        for level in range(1, len(self.channels) + 1):
            layers += self._level(level)
            if level == kept and self._window < self.frames:
                layers[-2:] = self._columns()
        return layers

    def _level(self, level: int) -> list[Layer]:
        name = f"down.{level}"
        layers = [Convolution(name, self.channels[level - 1], KERNEL, STRIDE, padding=PADDING)]
        if level < len(self.channels):  # of the deepest nothing but the convolution is read
            layers += [Affine(f"{name}.normal", 0), Activation(f"{name}.active", "leaky-relu", 0.2)]
        return layers

    def _columns(self) -> list[Layer]:
        """All columns of a patch, of those of its newest frames, and of what was kept."""
        name, apart = f"down.{self._kept}", 2**self._kept
        width, bins = self.channels[self._kept - 1], self.bins // apart
        columns, window, new = self.frames // apart, self._window // apart, self.taken // apart
        runs = -(-(columns - 2) // new)
        return [
            Slice(f"{name}.whole", 1, window - 2 - new, window - 2),
            History(f"{name}.past", runs, 1, "repeat"),  # as silence before the first frame has them
            Reshape(f"{name}.known", [width, runs * new, bins]),
            Slice(f"{name}.then", 1, runs * new - columns + 2, runs * new),
            Slice(f"{name}.edge", 1, window - 2, window, source=name),
            Concatenate(f"{name}.all", 1, source=[f"{name}.then", f"{name}.edge"]),
            Affine(f"{name}.normal", 0),
            Activation(f"{name}.active", "leaky-relu", 0.2),
        ]

    def _up(self, first: list[int], begun: list[int], names: list[str]) -> list[Layer]:
        """The way up from the columns `first` of each level on, of the results `names` of the way down, which begin at `begun`."""
        layers: list[Layer] = []
        for level in range(len(self.channels), 0, -1):
            name, source = f"up.{level}", names[level]
            if first[level] > begun[level]:
                columns = self.frames >> level
                layers.append(Slice(f"{name}.own", 1, first[level] - begun[level], columns - begun[level], source=source))
                source = f"{name}.own"
            if level < len(self.channels):
                layers.append(Concatenate(f"skip.{level}", 0, source=[source, f"up.{level + 1}.normal"]))
                source = f"skip.{level}"
            # What comes out begins at twice the first column; what is before the next level's first is cut off.
            above, *others = PADDING
            padding = [above + first[level - 1] - 2 * first[level], *others]
            width = self.channels[level - 2] if level > 1 else 1
            layers += [
                TransposedConvolution(name, width, KERNEL, STRIDE, padding=padding, activation="relu", source=source),
                Affine(f"{name}.normal", 0),
            ]
        return layers

    def _spread(self, layers: list[Layer], shape: tuple[int, ...]) -> list[Layer]:
        """The layers behind a frame of `shape`, those of a run each with the frame of it in which it is due."""
        network = Network(layers, shape)
        work = [_work(network, number) for number in range(len(layers))]
        for number, layer in enumerate(layers):
            if layer.name == "patch.past":
                continue
            layer.every = self.taken
            if layer.name != "down.1":  # which reads what moves on with every frame
                middle = (sum(work[:number]) + work[number] / 2) / sum(work)
                layer.at = min(int(middle * self.steps), self.steps - 1)
        return layers

    def _mask(self) -> Layer:
        return Convolution("mask", 2, (4, 4), dilation=[2, 2], padding=[MASK] * 4, activation="sigmoid")


def _work(network: Network, number: int) -> float:
    """Multiplications of a layer, as those on the way up cost."""
    layer = network.layers[number]
    if not isinstance(layer, Convolution):
        return 0.0
    if layer.kind == "convolution":
        return DOWN * layer.weight.numel() * math.prod(network.shapes[layer.name][1:])
    return layer.weight.numel() * math.prod(network.shapes[network.sources[number][0]][1:])
