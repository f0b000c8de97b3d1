"""Shuffled batches of frames, read from disk a group of clips at a time, so that memory does not grow."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy
import torch

from . import clips
from .features import Input, in_context, scaled
from .grid import Grid, analyse, magnitudes
from .level import levels
from .mixing import Mixing, varied


@dataclass
class Frames:
    """Frames for the loss; every magnitude over the mixture's level, times the input's scale.

    inputs [frames, context * bins], mixture, accompaniment and voice [frames, bins].
    """

    inputs: torch.Tensor
    mixture: torch.Tensor
    accompaniment: torch.Tensor
    voice: torch.Tensor

    def __len__(self):
        return len(self.mixture)

    def rows(self, index: torch.Tensor, device: str = "cpu") -> "Frames":
        """The frames at `index`, on `device`."""
        inputs = self.inputs[index].to(device)
        mixture = inputs if self.inputs is self.mixture else self.mixture[index].to(device)
        return Frames(inputs, mixture, self.accompaniment[index].to(device), self.voice[index].to(device))

    @staticmethod
    def joined(parts: list["Frames"]) -> "Frames":
        """All frames of `parts`, in order."""
        mixture = torch.cat([part.mixture for part in parts])
        same = all(part.inputs is part.mixture for part in parts)
        inputs = mixture if same else torch.cat([part.inputs for part in parts])
        return Frames(
            inputs,
            mixture,
            torch.cat([part.accompaniment for part in parts]),
            torch.cat([part.voice for part in parts]),
        )


def frames_of(
    accompaniment: numpy.ndarray,
    voice: numpy.ndarray,
    grid: Grid,
    input: Input,
    *,
    warm: bool = False,
    jitter: float = 0.0,
) -> Frames:
    """The frames of one mixture, level tracked from its start as at run time (or `warm`), off by `jitter` dB."""
    pair = torch.from_numpy(numpy.stack([accompaniment, voice]))
    spectra = [analyse(source, grid) for source in pair]
    mixture = magnitudes(spectra[0] + spectra[1], grid)
    level = levels(mixture, grid, input.level, warm=warm) * 10.0 ** (jitter / 20.0)
    mixture = scaled(mixture, level, input.scale)
    sources = [scaled(magnitudes(spectrum, grid), level, input.scale) for spectrum in spectra]
    return Frames(in_context(mixture, input.context), mixture, *sources)


def epoch(
    paths: list[Path],
    grid: Grid,
    input: Input,
    mixing: Mixing,
    *,
    seed: int,
    number: int,
    batch: int,
    group: int = 32,
    device: str = "cpu",
) -> Iterator[Frames]:
    """All batches of epoch `number`. They depend on the arguments only, so an epoch can be repeated exactly."""
    random = numpy.random.default_rng([seed, number])
    order = random.permutation(len(paths))
    for start in range(0, len(order), group):
        read = [clips.read(paths[index], grid.rate) for index in order[start : start + group]]
        partners = random.permutation(len(read))
        parts = []
        for own, (accompaniment, voice) in enumerate(read):
            if random.random() < mixing.remix:
                accompaniment = read[partners[own]][0]
            pair = varied(accompaniment, voice, mixing, random)
            warm = bool(random.random() < mixing.warm)
            jitter = float(random.uniform(-mixing.jitter, mixing.jitter))
            parts.append(frames_of(*pair, grid, input, warm=warm, jitter=jitter))
        everything = Frames.joined(parts)
        del read, parts
        shuffled = torch.from_numpy(random.permutation(len(everything)))
        for index in shuffled.chunk(max(1, round(len(everything) / batch))):
            yield everything.rows(index, device)
