"""Shuffled batches of frames, read from disk a group of excerpts at a time, so that memory does not grow."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy
import torch

from .data import Pool
from .features import Input, heard_rows, neighbours, parts, scaled
from .grid import Grid, analyse, magnitudes
from .level import levels
from .mixing import Mixing, Variation, moved, varied, variation
from .sources import Excerpt

CLIPS = 32  # mixed with each other and shuffled at a time,
NUMBERS = 2**28  # or as many as have so many numbers a source in all: 1 GiB


@dataclass
class Frames:
    """Frames for the loss; every magnitude over the mixture's level, times the input's scale.

    mixture, accompaniment and voice [..., bins], the sources as magnitudes or as `projections`, or all as parts of spectra; inputs [..., bins], with neighbours [..., context, bins], or as blocks
    [sequences, past + sequence + future, bins].
    """

    inputs: torch.Tensor
    mixture: torch.Tensor
    accompaniment: torch.Tensor
    voice: torch.Tensor


@dataclass
class Clip:
    """All frames of one mixture [frames, bins]; the neighbours of a frame are looked up when it is needed."""

    mixture: torch.Tensor
    accompaniment: torch.Tensor
    voice: torch.Tensor
    around: torch.Tensor

    def __len__(self):
        return len(self.mixture)

    def frames(self, index: torch.Tensor, device: str = "cpu", border: int | None = None) -> Frames:
        """The frames at `index` [sequences, sequence] on `device`.

        With a `border`, the frames to come that a frame's input shows, inputs are blocks: a sequence with the border's
        frames before it and after it.
        """
        mixture = self.mixture[index].to(device)
        context = self.around.shape[1]
        if border is not None:
            before = self.around[index[:, 0], context - 1 - 2 * border : context - 1 - border]
            inputs = self.mixture[torch.cat([before, index, self.around[index[:, -1], context - border :]], 1)].to(device)
        else:
            inputs = mixture if context == 1 else self.mixture[self.around[index]].to(device)
        return Frames(inputs, mixture, self.accompaniment[index].to(device), self.voice[index].to(device))

    @staticmethod
    def joined(parts: list["Clip"]) -> "Clip":
        """All frames of `parts`, in order; nobody is neighbour to a frame of another clip."""
        starts = numpy.cumsum([0, *(len(part) for part in parts)])
        return Clip(
            torch.cat([part.mixture for part in parts]),
            torch.cat([part.accompaniment for part in parts]),
            torch.cat([part.voice for part in parts]),
            torch.cat([part.around + int(start) for part, start in zip(parts, starts)]),
        )


def projections(source: torch.Tensor, mixture: torch.Tensor) -> torch.Tensor:
    """What of the spectra `source` has the phase of `mixture`: of all sources they add up to the mixture's magnitudes.

    The best a real mask can give back (Erdogan et al. 2015).
    """
    return (source * mixture.conj()).real / mixture.abs().clamp_min(1e-12)


def clip_of(
    accompaniment: numpy.ndarray,
    voice: numpy.ndarray,
    grid: Grid,
    input: Input,
    *,
    warm: bool = False,
    jitter: float = 1.0,
    formants: float = 1.0,
    target: str = "magnitude",
) -> Clip:
    """The frames of one mixture [n], or [2, n], level tracked from its start as at run time (or `warm`), off by the factor
    `jitter`."""
    sources = ([analyse(row, grid) for row in heard_rows(torch.from_numpy(one), input)] for one in (accompaniment, voice))
    accompaniments, voices = sources
    if formants != 1.0:
        voices = [moved(row, formants, grid.rate / grid.window) for row in voices]
    spectra = [torch.cat(rows, -1) for rows in (accompaniments, voices)]
    if input.spectral:
        around = neighbours(len(spectra[0]), input.context)
        return Clip(*(parts(one, input) for one in (spectra[0] + spectra[1], *spectra)), around)
    mixture = magnitudes(spectra[0] + spectra[1], grid)
    level = levels(mixture, grid, input.level, warm=warm) * jitter
    if target == "projection":
        sizes = [projections(spectrum, spectra[0] + spectra[1]) / grid.taper_sum for spectrum in spectra]
    else:
        sizes = [magnitudes(spectrum, grid) for spectrum in spectra]
    sources = [scaled(size, level, input.scale) for size in sizes]
    return Clip(scaled(mixture, level, input.scale), *sources, neighbours(len(mixture), input.context))


def mixtures(
    excerpts: list[Excerpt], mixing: Mixing, random: numpy.random.Generator, rate: int, stereo: bool = False
) -> Iterator[tuple[tuple[numpy.ndarray, numpy.ndarray], Variation]]:
    """Accompaniment and voice [n] of each, varied and remixed among each other, and what was drawn for it; [2, n] in stereo.

    Formants and level are left to those who look at spectra.
    """
    read = [excerpt.read(rate) for excerpt in excerpts]
    partners = random.permutation(len(read))
    for own, (accompaniment, voice) in enumerate(read):
        excerpt, partner = excerpts[own], partners[own]
        if random.random() < mixing.remix and excerpt.mixes_with(excerpts[partner]):
            accompaniment = read[partner][0]
        variable = mixing.of(excerpt.recording)
        drawn = variation(variable, random, accompaniment.shape[-1], excerpt.shift, stereo)
        yield varied(accompaniment, voice, drawn, variable.equal, rate), drawn


def epoch(
    pool: Pool,
    grid: Grid,
    input: Input,
    mixing: Mixing,
    *,
    seed: int,
    number: int,
    batch: int,
    sequence: int = 1,
    group: int | None = None,
    device: str = "cpu",
    border: int | None = None,
    target: str = "magnitude",
) -> Iterator[Frames]:
    """All batches of epoch `number`: [batch / sequence, sequence, ...], about.

    They depend on the arguments only, so an epoch can be repeated exactly. Clips are cut into sequences from a random
    start; what is left at their ends is heard in another epoch. A clip shorter than a sequence repeats its last frame.
    """
    random = numpy.random.default_rng([seed, number])
    excerpts = pool.epoch(random)
    group = group or _together(excerpts, grid, input)
    for start in range(0, len(excerpts), group):
        together = excerpts[start : start + group]
        parts = []
        for pair, drawn in mixtures(together, mixing, random, grid.rate, input.stereo):
            chance = {"warm": drawn.warm, "jitter": drawn.jitter, "formants": drawn.formants}
            parts.append(clip_of(*pair, grid, input, **chance, target=target))
        index = sequences([len(part) for part in parts], sequence, random)
        everything = Clip.joined(parts)
        del parts
        yield from shuffled(everything, index, batch, random, device, border)


def _together(excerpts: list[Excerpt], grid: Grid, input: Input) -> int:
    """How many of them are mixed with each other and shuffled: fewer where short hops make many numbers of a second."""
    longest = max(one.count or one.recording.length(grid.rate) for one in excerpts)
    return max(1, min(CLIPS, NUMBERS // (longest // grid.hop * input.rows * grid.bins)))


def shuffled(
    clip: Clip, index: torch.Tensor, batch: int, random: numpy.random.Generator, device: str, border: int | None
) -> Iterator[Frames]:
    """The sequences [sequences, sequence] of frames of `clip`, in a random order, in batches."""
    order = torch.from_numpy(random.permutation(len(index)))
    mixed = index[order].to(clip.mixture.device)
    for rows in mixed.chunk(max(1, round(index.numel() / batch))):
        yield clip.frames(rows, device, border)


def sequences(lengths: list[int], sequence: int, random: numpy.random.Generator) -> torch.Tensor:
    """Frames of all clips, one behind the other, as [sequences, sequence]."""
    found, start = [], 0
    for length in lengths:
        frames = torch.arange(max(length, sequence)).clamp_max(length - 1) + start
        spare = len(frames) % sequence
        first = int(random.integers(spare + 1)) if spare else 0
        found.append(frames[first : first + len(frames) - spare].reshape(-1, sequence))
        start += length
    return torch.cat(found)
