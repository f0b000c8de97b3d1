"""A network together with what its numbers mean: grid, input, output. This is what is measured and exported."""

from dataclasses import dataclass, field

import torch

from .features import Input, in_context, neighbours, scaled
from .grid import Grid, analyse, magnitudes, synthesise
from .level import levels
from .network import Network
from .output import Output

BLOCK = 64  # frames at a time for networks that take many frames for one


@dataclass
class Model:
    """Estimates the voice's mask from magnitudes of a whole file; the network is on `device`, all else where it comes from."""

    grid: Grid
    input: Input
    network: Network
    output: Output = field(default_factory=Output)
    device: str = "cpu"

    def results(self, features: torch.Tensor) -> torch.Tensor:
        """What the network gives, [frames, ...], for features [frames, bins] of a whole file.

        Row k is the estimate for frame k, from frames k - past to k + future and from what the network remembers.
        """
        came, features = features.device, features.to(self.device)
        with torch.no_grad():
            if self.network.remembers() or self.input.context.frames == 1:
                return self.network(in_context(features, self.input.context)[None])[0].to(came)
            around = neighbours(len(features), self.input.context)
            return torch.cat([self.network(features[rows][None])[0].to(came) for rows in around.split(BLOCK)])

    def masks(self, magnitudes: torch.Tensor, levels: torch.Tensor) -> torch.Tensor:
        """Voice masks [frames, bins] for magnitudes [frames, bins] and levels [frames]."""
        results = self.results(scaled(magnitudes, levels, self.input.scale))
        return self.output.voice_mask(results.flatten(1))

    def voice(self, samples: torch.Tensor) -> torch.Tensor:
        """The voice in `samples` [n], aligned with them; the accompaniment is what it leaves."""
        spectra = analyse(samples, self.grid, flush=True)
        size = magnitudes(spectra, self.grid)
        masks = self.masks(size, levels(size, self.grid, self.input.level))
        return synthesise(spectra * masks, self.grid, len(samples))
