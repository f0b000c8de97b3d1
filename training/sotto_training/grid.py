"""The time-frequency grid: analysis and synthesis in the streaming convention.

Frame ``k`` covers samples ``[(k + 1) * hop - window, (k + 1) * hop)``; samples before 0 are zeros. So a stream has
its frame ``k`` the moment sample ``(k + 1) * hop - 1`` has come, and nothing is centred.
"""

from dataclasses import dataclass
from functools import cached_property

import torch

from .problem import Problem

SHAPES = ("square-root-hann", "hann", "low-delay", "low-delay-hann")


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
        share, words = (1 / 2, "half") if self.low_delay else (3 / 4, "three quarters")
        if self.rate <= 0 or self.hop <= 0 or self.window <= 0 or self.window % 2 or self.hop > share * self.window:
            raise Problem(
                f"grid: found rate {self.rate}, window {self.window}, hop {self.hop}; "
                f"expected positive numbers, the window even, the hop at most {words} of it"
            )

    @property
    def low_delay(self) -> bool:
        """Whether the windows are a pair like Mauler and Martin's: a long one of analysis, a short one of synthesis."""
        return self.shape in SHAPES[2:]

    @property
    def support(self) -> int:
        """Samples of a frame that the window of synthesis reaches, counted back from its end."""
        return 2 * self.hop if self.low_delay else self.window

    @property
    def bins(self) -> int:
        """Number of frequency bins of a frame."""
        return self.window // 2 + 1

    @cached_property
    def taper(self) -> torch.Tensor:
        """The window of analysis, float64 [window]: the periodic Hann window, or its root ``sin(pi n / window)``.

        With low delay it rises over ``window - hop`` samples and falls over `hop`, each a quarter of a sine, or its square.
        """
        if self.low_delay:
            rise = self.window - self.hop
            sines = torch.cat([_root(2 * rise)[:rise], _root(2 * self.hop)[self.hop :]])
            return sines if self.shape == SHAPES[2] else sines**2
        return _root(self.window) if self.shape == SHAPES[0] else _root(self.window) ** 2

    @cached_property
    def taper_sum(self) -> float:
        """Sum of the window: magnitudes are divided by it, so that they do not depend on the rate."""
        return float(self.taper.sum())

    @cached_property
    def synthesis(self) -> torch.Tensor:
        """The window of synthesis, float64 [support], over what its products with the taper add up to at each sample.

        It is the taper itself; with low delay, what makes the product a Hann window.
        """
        taper = self.taper[-self.support :]
        # At a hop of half a window the first sample of both is 0.
        window = _root(self.support) ** 2 / taper.clamp_min(1e-300) if self.low_delay else taper
        places = torch.arange(self.support) % self.hop
        sums = torch.zeros(self.hop, dtype=torch.float64).index_add(0, places, taper * window)
        return window / sums[places]

    def frames(self, samples: int, *, flush: bool = False) -> int:
        """Number of frames a stream of `samples` has given; with `flush`, until its last sample is complete."""
        return -(-(samples + self.support - self.hop) // self.hop) if flush else samples // self.hop


def _root(window: int) -> torch.Tensor:
    """``sin(pi n / window)``, float64 [window]."""
    return torch.sin(torch.pi * torch.arange(window, dtype=torch.float64) / window)


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
    """Samples [length], aligned with those analysed; the last ``support - hop`` need the frames of `flush`."""
    blocks = torch.fft.irfft(spectra, n=grid.window)[:, -grid.support :] * grid.synthesis.to(spectra.real.dtype)
    frames, left = len(blocks), grid.support - grid.hop
    parts = -(-grid.support // grid.hop)
    blocks = torch.nn.functional.pad(blocks, (0, parts * grid.hop - grid.support))
    summed = torch.zeros(max((frames + parts) * grid.hop, length + left), dtype=blocks.dtype)
    for part in range(parts):  # hop by hop inside the window: few, large additions
        piece = blocks[:, part * grid.hop : (part + 1) * grid.hop].reshape(-1)
        summed[part * grid.hop : part * grid.hop + len(piece)] += piece
    return summed[left : left + length]
