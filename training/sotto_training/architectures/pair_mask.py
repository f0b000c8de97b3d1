"""What networks share that give each channel of a pair a mask, of the lower bins: the way to magnitudes, and back."""

from ..grid import Grid
from ..layers import Arithmetic, Concatenate, Expand, Layer, Reduce, Reshape, Slice

BEYOND = 64  # bins whose mean mask is that of the bins above the patch


def patch(bins: int, grid: Grid) -> list[Layer]:
    """From the spectra of a pair, `parts`, to the magnitudes of the lower bins, `patch` [2, 1, bins]."""
    return [Reshape("parts", [2, 2, grid.bins]), Reduce("magnitude", "l2", [1]), Slice("patch", 2, 0, bins)]


def masked(parts: str, bins: int, grid: Grid) -> list[Layer]:
    """From the masks [2, 1, bins] of the layer before, and the parts of spectra [2, 2, bins of the grid], to the voice's."""
    return [
        Reshape("mask.low", [2, 1, bins]),
        Slice("mask.highest", 2, bins - BEYOND, bins),
        Reduce("mask.beyond", "mean", [2]),
        Expand("mask.above", [2, 1, grid.bins - bins]),
        Concatenate("masks", 2, source=["mask.low", "mask.above"]),
        Arithmetic("voices", "multiply", source=[parts, "masks"]),
        Reshape("voice", [4, grid.bins]),
    ]
