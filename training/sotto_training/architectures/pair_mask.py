"""What networks share that give each channel of a pair a mask, of the lower bins: the way to magnitudes, and back."""

from ..grid import Grid
from ..layers import Arithmetic, Concatenate, Expand, Layer, Reduce, Reshape, Slice

BEYOND = 64  # bins whose mean mask is that of the bins above the patch


def patch(bins: int, grid: Grid, frames: tuple[int, ...] = (), every: int = 1) -> list[Layer]:
    """From the spectra of a pair, `parts`, to the magnitudes of the lower bins, `patch` [2, 1, bins], of `every` so many frames.

    With `frames`, how many a run has, there is such an axis before the bins, in what comes and in the result.
    """
    return [
        Reshape("parts", [2, 2, *frames, grid.bins]),
        Reduce("magnitude", "l2", [1], every=every),
        Slice("patch", 2 + len(frames), 0, bins, every=every),
    ]


def masked(parts: str, bins: int, grid: Grid, frames: tuple[int, ...] = (), every: int = 1) -> list[Layer]:
    """From the masks [2, 1, bins] of the layer before, and the parts of spectra [2, 2, bins of the grid], to the voice's.

    Masks of `every` so many frames stand for those between.
    """
    axis = 2 + len(frames)
    return [
        Reshape("mask.low", [2, 1, *frames, bins], every=every),
        Slice("mask.highest", axis, bins - BEYOND, bins, every=every),
        Reduce("mask.beyond", "mean", [axis], every=every),
        Expand("mask.above", [2, 1, *frames, grid.bins - bins], every=every),
        Concatenate("masks", axis, source=["mask.low", "mask.above"], every=every),
        Arithmetic("voices", "multiply", source=[parts, "masks"]),
        Reshape("voice", [4, *frames, grid.bins]),
    ]
