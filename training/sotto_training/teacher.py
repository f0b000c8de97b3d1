"""A network that has heard more, whose voices count beside the true ones while another is trained (Hinton et al. 2015)."""

import hashlib
from dataclasses import replace
from pathlib import Path

import torch

from . import weights
from .batches import Frames
from .configuration import Configuration
from .features import parts, whole
from .grid import analyse, synthesise
from .problem import Problem


class Teacher:
    """The model of a weights file, which hears each sequence as a recording of its own; `fit.taught` is its share.

    It may have another grid, and wait for what comes after: what it gives is sound.
    """

    def __init__(self, path: Path, configuration: Configuration, device: str):
        self.model, document = weights.read(path, recordings=True)
        expected = {"grid.rate": configuration.grid.rate, "input.channels": configuration.input.channels}
        found = {"grid.rate": self.model.grid.rate, "input.channels": self.model.input.channels}
        for name, value in expected.items():
            if found[name] != value:
                raise Problem(f"{path}, {name}: found {found[name]}, expected {value}, what is taught")
        if not self.model.input.spectral:
            raise Problem(f"{path}, input.feature: found {self.model.input.feature!r}, expected 'spectrum'")
        self.model.network.to(device)
        self.model.device = device
        self.grid, self.input, self.share = configuration.grid, configuration.input, configuration.fit.taught
        self.device, self.rounded = device, configuration.fit.precision == "bfloat16"
        self.facts = {
            "path": str(path), "name": document["name"], "sha256": hashlib.sha256(Path(path).read_bytes()).hexdigest(),
        }  # fmt: skip

    def taught(self, frames: Frames) -> Frames:
        """The frames with so much of the teacher in both sources, which add up to the mixture as its do.

        At both ends of a sequence, whose sound is not all there, nothing is.
        """
        voice = torch.stack([self._voice(sequence) for sequence in frames.mixture])
        share = torch.zeros(voice.shape[1], 1, device=voice.device)
        grid = self.grid
        share[grid.window // grid.hop - 1 : voice.shape[1] - grid.support // grid.hop + 1] = self.share
        return replace(
            frames,
            voice=torch.lerp(frames.voice, voice, share),
            accompaniment=torch.lerp(frames.accompaniment, frames.mixture - voice, share),
        )

    def _voice(self, mixture: torch.Tensor) -> torch.Tensor:
        """What it finds in a sequence [frames, numbers of the input], alike."""
        rows = whole(mixture, self.input).split(self.grid.bins, -1)
        samples = torch.stack([synthesise(row, self.grid, len(row) * self.grid.hop) for row in rows])
        with torch.no_grad(), torch.autocast(self.device.split(":")[0], torch.bfloat16, enabled=self.rounded):
            voice = self.model.voice(samples if len(rows) > 1 else samples[0])
        return parts(torch.cat([analyse(row, self.grid) for row in voice.reshape(len(rows), -1)], -1), self.input)


def teacher_of(path: Path | None, configuration: Configuration, device: str) -> Teacher | None:
    """None where the configuration asks for none."""
    taught, fit = configuration.fit.taught, configuration.fit
    if (path is not None) != (taught > 0):
        found = "none" if path is None else str(path)
        raise Problem(f"teacher: found {found} with fit.taught {taught}, expected one exactly where that is above 0")
    if path is None:
        return None
    if not configuration.input.spectral:
        raise Problem(f"fit.taught: found {taught} beside input.feature {configuration.input.feature!r}, expected 'spectrum'")
    grid = configuration.grid
    ends = (grid.window + grid.support) // grid.hop - 2
    if fit.sequence <= ends:
        raise Problem(f"fit.sequence: found {fit.sequence}, expected more than the {ends} frames that nobody can be taught")
    return Teacher(path, configuration, device)
