"""A network together with what its numbers mean: grid, input, output. This is what is measured and exported."""

from dataclasses import dataclass, field

import torch

from .features import Input, heard_rows, in_context, neighbours, parts, scaled, whole
from .grid import Grid, analyse, magnitudes, synthesise
from .level import levels
from .network import Network
from .output import Output, bounded

BLOCK = 64  # frames at a time for networks that remember nothing: some take many frames for one, some many maps


@dataclass
class Model:
    """Estimates the voice's mask from magnitudes of a whole file; the network is on `device`, all else where it comes from."""

    grid: Grid
    input: Input
    network: Network
    output: Output = field(default_factory=Output)
    device: str = "cpu"

    def results(self, features: torch.Tensor) -> torch.Tensor:
        """What the network gives, [frames, ...], for features [frames, rows * bins] of a whole file.

        Row k is the estimate for frame k, from frames k - past to k + future and from what the network remembers. One that
        waits for frames by itself hears silence after the last.
        """
        if self.output.delay:
            features = torch.cat([features, torch.zeros_like(features[:1]).expand(self.output.delay, -1)])
        came, features = features.device, features.to(self.device)
        if self.input.spectral:
            features = features.unflatten(-1, self.network.shape)
        with torch.no_grad():
            if self.network.remembers():
                found = self.network.in_blocks(in_context(features, self.input.context)[None], BLOCK)[0]
                return found[self.output.delay :].to(came)
            if self.input.context.frames == 1:
                return torch.cat([self.network(part[None])[0].to(came) for part in features.split(BLOCK)])
            around = neighbours(len(features), self.input.context)
            return torch.cat([self.network(features[rows][None])[0].to(came) for rows in around.split(BLOCK)])

    def masks(self, magnitudes: torch.Tensor, levels: torch.Tensor) -> torch.Tensor:
        """Voice masks [frames, rows * bins] for magnitudes [frames, rows * bins] and levels [frames]."""
        results = self.results(scaled(magnitudes, levels, self.input.scale))
        return self.output.voice_mask(results.flatten(1))

    def voice(self, samples: torch.Tensor) -> torch.Tensor:
        """The voice in `samples` [n], or [2, n] of a stereo pair, aligned with them; the accompaniment is what it leaves."""
        rows = [analyse(row, self.grid, flush=True) for row in heard_rows(samples, self.input)]
        spectra = torch.cat(rows, -1)
        if self.input.spectral:
            results = self.results(parts(spectra, self.input)).flatten(1).to(spectra.real.dtype)
            voice = bounded(whole(results, self.input), spectra)
            return synthesised(voice, samples, self.grid, self.input)
        size = magnitudes(spectra, self.grid)
        masks = self.masks(size, levels(size, self.grid, self.input.level))
        return synthesised(spectra * masks, samples, self.grid, self.input)


def synthesised(spectra: torch.Tensor, samples: torch.Tensor, grid: Grid, input: Input) -> torch.Tensor:
    """The sound, as long as `samples` and of as many channels, of spectra [frames, rows * bins] of what is heard."""
    rows = [synthesise(row, grid, samples.shape[-1]) for row in spectra.split(grid.bins, -1)]
    if samples.dim() == 1:
        return rows[0]
    if input.spectral:
        return torch.stack(rows if input.stereo else rows * 2)
    mid, side = rows
    return torch.stack([mid + side, mid - side])
