"""The gated running level of a stream, from magnitudes only, so that it is the same at every sample rate."""

import math
from dataclasses import asdict, dataclass

import torch

from .grid import Grid
from .problem import Problem

LARGEST_EXPONENT = 200.0  # of e, in what is summed: far from where float64 ends

@dataclass(frozen=True)
class LevelKind:
    """Time constant in seconds; frames whose power lies below `floor` (dBFS) do not count. Of kind `none`: always 1."""

    kind: str = "running-rms"
    seconds: float = 3.0
    floor: float = -60.0

    def __post_init__(self):
        if self.kind not in ("running-rms", "none"):
            raise Problem(f"input.level.kind: found {self.kind!r}, expected 'running-rms' or 'none'")
        if not self.seconds > 0:
            raise Problem(f"input.level.seconds: found {self.seconds}, expected more than 0")

    def table(self) -> dict:
        """As the weights file has it."""
        return asdict(self) if self.kind == "running-rms" else {"kind": self.kind}


def powers(magnitudes: torch.Tensor, grid: Grid) -> torch.Tensor:
    """Power of each frame, float64 [frames], from magnitudes [frames, bins], or from both rows of mid and side.

    By Parseval's theorem this is the mean square of the windowed frame over the window's mean square:
    ``p = E sum_k c_k m_k^2``, ``c`` = 1 at both ends and 2 between, ``E = sum(w)^2 / (N sum(w^2))``.
    Those of mid and side add up to the mean of left and right.
    """
    counts = torch.full((grid.bins,), 2.0, dtype=torch.float64)
    counts[0] = counts[-1] = 1.0
    counts = counts.repeat(magnitudes.shape[-1] // grid.bins)
    energy = grid.taper_sum**2 / (grid.window * float((grid.taper**2).sum()))
    return energy * (magnitudes.double() ** 2 @ counts.to(magnitudes.device))


class LevelTracker:
    """Follows the level of one stream; float64 throughout."""

    def __init__(self, kind: LevelKind, grid: Grid):
        self.floor = 10.0 ** (kind.floor / 10.0)
        self.keep = math.exp(-grid.hop / (grid.rate * kind.seconds))
        self.reset()

    def reset(self):
        """Forget the stream."""
        self.weighted, self.weight = 0.0, 0.0

    def step(self, power: float) -> float:
        """The level (RMS) after a frame of this power, that frame included."""
        if power >= self.floor:
            self.weighted = self.keep * self.weighted + power
            self.weight = self.keep * self.weight + 1.0
        return math.sqrt(self.weighted / self.weight) if self.weight else math.sqrt(self.floor)


def levels(magnitudes: torch.Tensor, grid: Grid, kind: LevelKind, *, warm: bool = False) -> torch.Tensor:
    """Level at each frame, float64 [frames]; `warm` starts as if the same frames had been heard once before."""
    if kind.kind == "none":
        return torch.ones(len(magnitudes), dtype=torch.float64)
    tracker = LevelTracker(kind, grid)
    each = powers(magnitudes, grid).tolist()
    if warm:
        for power in each:
            tracker.step(power)
    return torch.tensor([tracker.step(power) for power in each], dtype=torch.float64)


def levels_along(
    powers: torch.Tensor, frames: torch.Tensor, grid: Grid, kind: LevelKind, warm: torch.Tensor
) -> torch.Tensor:
    """Levels, float64 [clips, frames], of powers [clips, frames], all clips at once and without a step a frame.

    Clip n has `frames[n]` frames; what comes after them plays no part. `warm` [clips] says which of them start as if
    they had been heard before. With g a frame's gate and G the sum of the gates up to it, the tracker's recursion is
    ``W[t] = k^G[t] (W[0] + sum over i <= t of g[i] p[i] k^-G[i])``; the powers are kept in range by taking parts.
    """
    decay = grid.hop / (grid.rate * kind.seconds)
    part = max(1, int(LARGEST_EXPONENT / decay))
    inside = torch.arange(powers.shape[1], device=powers.device) < frames[:, None]
    gate = ((powers >= 10.0 ** (kind.floor / 10.0)) & inside).to(torch.float64)
    sums = torch.zeros(2, len(powers), 1, dtype=torch.float64, device=powers.device)  # weighted powers, weights

    def walked(sums):
        found = []
        for gates, heard in zip(gate.split(part, 1), powers.double().split(part, 1)):
            exponent = decay * gates.cumsum(1)
            added = torch.stack([gates * heard, gates]) * exponent.exp()
            found.append((sums + added.cumsum(2)) * (-exponent).exp())
            sums = found[-1][..., -1:]
        return torch.cat(found, 2)

    after = walked(sums)[..., -1:] * warm[:, None].to(torch.float64)
    weighted, weight = walked(after)
    floor = 10.0 ** (kind.floor / 10.0)
    return torch.where(weight > 0, weighted / weight.clamp_min(1e-300), floor).sqrt()
