"""A U-Net with strides along time, read at its right edge in every frame: what no later frame can change is kept."""

from dataclasses import dataclass, field

from ..layers import Activation, Affine, Concatenate, Convolution, History, Reshape, Slice, TransposedConvolution
from ..problem import Problem
from .architecture import Architecture
from .edge_sequence import EdgeSequence
from .pair_mask import BEYOND, masked, patch

BEHIND = 2  # columns of zeros behind the last
KERNEL, STRIDE = 5, 2  # frames, and bins, of every convolution; its result of column p is of columns 2p - 1 to 2p + 3


@dataclass(frozen=True, kw_only=True)
class EdgeUNet(Architecture):
    """Spleeter's U-Net (Hennequin et al. 2020, after Jansson et al. 2017), one source, its newest frame only.

    A patch that ends with the newest frame has, on each level, two columns that zeros after it reach: the last, E, and
    the one before, F. All before them, D, are as they were when the patch ended 2^level frames earlier, so a level
    needs three columns a frame: D, of which later patches read, F and E. The way back gives two columns a level.

    channels   of the levels of the way down
    bins       of the patch, from 0 Hz on
    held       frames that a mask stands for: the network hears the first of them only, on a hop so much longer than the grid's
    every      of the frames that it hears, those a run of each level: coarse ones may keep their columns for a while
    at         frames of the grid until each level's first run, so that not all fall due together; before a second run of the level
               above. Between two frames that it hears there is nothing new, so a level that waits there hears the same
    back       the same of each level's way back, which uses what was found last of the level below; `at`, where it is empty
    """

    kind = "edge-unet"
    channels: list[int] = field(default_factory=lambda: [16, 32, 64, 128, 256, 512])
    bins: int = 1024
    held: int = 1
    every: list[int] = field(default_factory=lambda: [1, 1, 1, 2, 8, 16])
    at: list[int] = field(default_factory=lambda: [0, 0, 0, 0, 0, 0])
    back: list[int] = field(default_factory=list)

    def layers(self, input, grid, output):
        """For level n: down.n, down.n.normal, down.n.active of D, F and E, and up.n, up.n.normal of F and E."""
        levels = len(self.channels)
        self._check(input, grid, output)
        layers = [
            *patch(self.bins, grid, every=self.held),
            History("patch.past", KERNEL, 1, every=self.held),
            Reshape("down.1.columns", [2, KERNEL, self.bins], every=self.held),
        ]
        layers += self._down(1)
        for level in range(2, levels + 1):
            layers += self._columns(level) + self._down(level)
        for level in range(levels, 0, -1):
            layers += self._up(level)
        return [
            *layers,
            History("up.1.past", 2, 1, spacing=2, every=self.held),
            Reshape("up.1.pair", [1, 2, self.bins], every=self.held),
            Convolution("mask", 2, (4, 4), dilation=[1, 2], padding=[0, BEHIND, 3, 3], activation="sigmoid", every=self.held),
            *masked("parts", self.bins, grid, every=self.held),
        ]

    def _check(self, input, grid, output):
        whole = STRIDE ** len(self.channels)
        if input.rows != 4 or output.kind != "spectrum" or self.bins % whole or not BEYOND <= self.bins < grid.bins:
            raise Problem(
                f"network: found {input.rows} rows, output.kind {output.kind!r} and bins {self.bins}; expected the spectra of "
                f"two channels, 'spectrum', and a multiple of {whole} bins below {grid.bins}"
            )
        every, at = self.every, self.at
        if self.held < 1:
            raise Problem(f"network.held: found {self.held}, expected 1 or more")
        if len(every) != len(self.channels) or every[0] != 1 or any(a < 1 or b % a for a, b in zip(every, every[1:])):
            raise Problem(f"network.every: found {every}, expected a number a level, from 1 on, each a multiple of the one before")
        if any(2**level % frames for level, frames in enumerate(every)):
            raise Problem(f"network.every: found {every}, expected at most 2 to the power of the level above")
        runs, back = [self.held * frames for frames in every], self._back
        soon = len(at) == len(runs) and all(0 <= after - before < above for before, after, above in zip(at, at[1:], runs))
        if not soon or at[0] != 0 or any(frame >= frames for frame, frames in zip(at, runs)):
            raise Problem(
                f"network.at: found {at}, expected a frame a level, from 0 on, below network.every times network.held, and before the "
                "level above runs again"
            )
        if len(back) != len(at) or back[0] != 0 or not all(before <= after < run for before, after, run in zip(at, back, runs)):
            raise Problem(f"network.back: found {back}, expected a frame a level, of the first 0, from network.at on, below its bound")

    def block(self, input, grid, output, frames):
        """As it is trained: whatever `frames` a sequence has."""
        return EdgeSequence(self.network(input, grid, output), self.bins, self.every, self._back, self.held)

    @property
    def _back(self) -> list[int]:
        return self.back or self.at

    def _when(self, level: int, at: list[int]) -> dict[str, int]:
        return {"every": self.held * self.every[level - 1], "at": at[level - 1]}

    def _down(self, level: int) -> list:
        name, when = f"down.{level}", self._when(level, self.at)
        found = Convolution(name, self.channels[level - 1], (KERNEL, KERNEL), [STRIDE, STRIDE], padding=[0, BEHIND, 1, 2], **when)
        if level == len(self.channels):
            return [found]
        return [
            found,
            Affine(f"{name}.normal", 0, **when),
            Activation(f"{name}.active", "leaky-relu", 0.2, **when),
        ]

    def _columns(self, level: int) -> list:
        """The columns of the level above that D, F and E are of, oldest first: those of F begin two later, those of E four.

        The last level has no D.
        """
        name, when, above = f"down.{level}", self._when(level, self.at), f"down.{level - 1}.active"
        width, bins = self.channels[level - 2], self.bins >> (level - 1)
        known = KERNEL - BEHIND if level == len(self.channels) else KERNEL
        # Of the first level D is F, two frames later: the F of now is the newest column that is kept.
        kept, newest = (known + 1, 1) if level == 2 else (known, 2)
        rows = 2 if level == 2 else 3
        return [
            Slice(f"{name}.first", 1, 0, 1, source=above, **when),
            History(f"{name}.past", kept, 1, spacing=2 ** (level - 1) // self.every[level - 1], **when),
            Reshape(f"{name}.kept", [width, kept, bins], **when),
            Slice(f"{name}.newest", 1, rows - newest, rows, source=above, **when),
            Concatenate(f"{name}.columns", 1, source=[f"{name}.kept", f"{name}.newest"], **when),
        ]

    def _up(self, level: int) -> list:
        name, when = f"up.{level}", self._when(level, self._back)
        first = 1 if 1 < level < len(self.channels) else 0
        layers = [Slice(f"{name}.skip", 1, first, first + 2, source=f"down.{level}", **when)]
        if level < len(self.channels):
            layers.append(Concatenate(f"{name}.both", 0, source=[f"{name}.skip", f"up.{level + 1}.normal"], **when))
        # Columns 2 and 3 of the level above, or 2 only, are those before its edge: of the first level, the last but one.
        width, below = (self.channels[level - 2], 2) if level > 1 else (1, 3)
        return [
            *layers,
            TransposedConvolution(
                name, width, (KERNEL, KERNEL), [STRIDE, STRIDE], padding=[3, below, 1, 2], activation="relu", **when
            ),
            Affine(f"{name}.normal", 0, **when),
        ]
