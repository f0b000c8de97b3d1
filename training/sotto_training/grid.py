"""The time-frequency grid: analysis and synthesis in the streaming convention.

Frame ``k`` covers samples ``[(k + 1) * hop - window, (k + 1) * hop)``; samples before 0 are zeros. So a stream has
its frame ``k`` the moment sample ``(k + 1) * hop - 1`` has come, and nothing is centred.
"""

from dataclasses import dataclass
from functools import cached_property

import torch

from .problem import Problem

SHAPES = ("square-root-hann", "hann")


@dataclass(frozen=True)
class Grid:
    """Sample rate in hertz, window and hop in samples."""

    rate: int = 16000
    window: int = 1024
    hop: int = 256
    shape: str = "square-root-hann"

    def __post_init__(self):
        if self.shape not in SHAPES:
            raise Problem(f"grid.shape: found {self.shape!r}, expected one of {', '.join(SHAPES)}")
        if self.rate <= 0 or self.hop <= 0 or self.window <= 0 or self.window % 2 or 4 * self.hop > 3 * self.window:
            raise Problem(
                f"grid: found rate {self.rate}, window {self.window}, hop {self.hop}; "
                "expected positive numbers, the window even, the hop at most three quarters of it"
            )

    @property
    def bins(self) -> int:
        """Number of frequency bins of a frame."""
        return self.window // 2 + 1

    @cached_property
    def taper(self) -> torch.Tensor:
        """The window, float64 [window]: the periodic Hann window, or its root ``sin(pi n / window)``."""
        root = torch.sin(torch.pi * torch.arange(self.window, dtype=torch.float64) / self.window)
        return root if self.shape == SHAPES[0] else root**2

    @cached_property
    def taper_sum(self) -> float:
        """Sum of the window: magnitudes are divided by it, so that they do not depend on the rate."""
        return float(self.taper.sum())

    @cached_property
    def synthesis(self) -> torch.Tensor:
        """The window of synthesis, float64 [window]: the taper over what its squares add up to at each sample."""
        places = torch.arange(self.window) % self.hop
        sums = torch.zeros(self.hop, dtype=torch.float64).index_add(0, places, self.taper**2)
        return self.taper / sums[places]

    def frames(self, samples: int, *, flush: bool = False) -> int:
        """Number of frames a stream of `samples` has given; with `flush`, until its last sample is complete."""
        return -(-(samples + self.window - self.hop) // self.hop) if flush else samples // self.hop


def analyse(samples: torch.Tensor, grid: Grid, *, flush: bool = False) -> torch.Tensor:
    """Spectra, complex [frames, bins], of `samples` [n]; with `flush`, zeros follow the last sample."""
    frames = grid.frames(len(samples), flush=flush)
    if frames == 0:
        return torch.zeros(0, grid.bins, dtype=samples.dtype.to_complex())
    left = grid.window - grid.hop
    right = max(0, frames * grid.hop - len(samples))
    padded = torch.nn.functional.pad(samples, (left, right))
    windows = padded.unfold(0, grid.window, grid.hop)[:frames]
    return torch.fft.rfft(windows * grid.taper.to(samples.dtype))


def magnitudes(spectra: torch.Tensor, grid: Grid) -> torch.Tensor:
    """Magnitudes [frames, bins], divided by the window's sum: a full-scale sine peaks near one half."""
    return spectra.abs() / grid.taper_sum


def synthesise(spectra: torch.Tensor, grid: Grid, length: int) -> torch.Tensor:
    """Samples [length], aligned with those analysed; the last ``window - hop`` need the frames of `flush`."""
    blocks = torch.fft.irfft(spectra, n=grid.window) * grid.synthesis.to(spectra.real.dtype)
    frames, left = len(blocks), grid.window - grid.hop
    parts = -(-grid.window // grid.hop)
    blocks = torch.nn.functional.pad(blocks, (0, parts * grid.hop - grid.window))
    summed = torch.zeros(max((frames + parts) * grid.hop, length + left), dtype=blocks.dtype)
    for part in range(parts):  # hop by hop inside the window: few, large additions
        piece = blocks[:, part * grid.hop : (part + 1) * grid.hop].reshape(-1)
        summed[part * grid.hop : part * grid.hop + len(piece)] += piece
    return summed[left : left + length]
