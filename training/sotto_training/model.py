"""A network together with what its numbers mean: grid and input. This is what is measured and exported."""

from dataclasses import dataclass

import torch

from .features import Input, in_context, scaled
from .grid import Grid, analyse, magnitudes, synthesise
from .level import LevelTracker, levels, powers
from .network import Network, voice_mask


@dataclass
class Model:
    """Estimates the voice's mask from magnitudes, whole files at once or frame by frame with the same result."""

    grid: Grid
    input: Input
    network: Network

    def masks(self, magnitudes: torch.Tensor, levels: torch.Tensor) -> torch.Tensor:
        """Voice masks [frames, bins] for magnitudes [frames, bins] and levels [frames].

        Row k is the estimate for frame k, from frames k - past to k + future.
        """
        features = scaled(magnitudes, levels, self.input.scale)
        with torch.no_grad():
            return voice_mask(self.network(in_context(features, self.input.context)))

    def voice(self, samples: torch.Tensor) -> torch.Tensor:
        """The voice in `samples` [n], aligned with them; the accompaniment is what it leaves."""
        spectra = analyse(samples, self.grid, flush=True)
        size = magnitudes(spectra, self.grid)
        masks = self.masks(size, levels(size, self.grid, self.input.level))
        return synthesise(spectra * masks, self.grid, len(samples))


class Stream:
    """The same, a hop at a time: what the daemon does, written plainly, to test the whole-file code against."""

    def __init__(self, model: Model):
        self.model, self.grid = model, model.grid
        self.level = LevelTracker(model.input.level, self.grid)
        self.window = torch.zeros(self.grid.window)
        self.sum = torch.zeros(self.grid.window)
        self.features, self.spectra = [], []

    def push(self, hop: torch.Tensor) -> torch.Tensor:
        """Takes samples [hop]; gives the voice [hop] `window - hop + future * hop` samples later (zeros before)."""
        grid, context = self.grid, self.model.input.context
        self.window = torch.cat([self.window[grid.hop :], hop])
        spectrum = torch.fft.rfft(self.window * grid.taper.to(hop.dtype))
        size = magnitudes(spectrum, grid)
        level = self.level.step(float(powers(size[None], grid)[0]))
        feature = scaled(size[None], torch.tensor([level], dtype=torch.float64), self.model.input.scale)[0]
        if not self.features:
            self.features = [feature] * context.past
        self.features.append(feature)
        self.spectra.append(spectrum)
        if len(self.features) < context.frames:
            return torch.zeros_like(hop)
        with torch.no_grad():
            mask = voice_mask(self.model.network(torch.cat(self.features)[None]))[0]
        self.features.pop(0)
        block = torch.fft.irfft(self.spectra.pop(0) * mask, n=grid.window)
        self.sum += block * (grid.taper / grid.overlap).to(hop.dtype)
        ready = self.sum[: grid.hop].clone()
        self.sum = torch.cat([self.sum[grid.hop :], torch.zeros(grid.hop)])
        return ready
