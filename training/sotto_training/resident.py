"""Batches made on the device: recordings held there, mixed, varied, analysed and levelled many at once.

The same mixtures as `batches.epoch` makes on the processor from what it reads from disk, but for rounding, if both
shuffle as many clips together. All chance is drawn on the processor, a few numbers a clip, so that an epoch is the same
on every device; nothing in it waits for the device.
"""

from collections.abc import Iterator

import numpy
import torch

from .batches import Clip, Frames, projections, sequences, shuffled
from .data import Pool
from .features import Input, neighbours
from .grid import Grid
from .level import levels_along, powers
from .mixing import REFERENCE, Mixing, Variation, moved, response, stretched, variation, whole
from .sources import Excerpt

FRAMES = 2**19  # shuffled together: with 513 bins and three magnitudes, 3 GiB
CLIPS = 64  # analysed at a time


class Resident:
    """All recordings of a pool as samples on a device, at the grid's rate."""

    def __init__(self, pool: Pool, grid: Grid, input: Input, mixing: Mixing, seed: int, device: str, target: str = "magnitude"):
        self.target = target
        self.pool, self.grid, self.input, self.mixing = pool, grid, input, mixing
        self.seed, self.device, self.taper = seed, device, grid.taper.float().to(device)
        self.samples: dict[tuple[int, str], torch.Tensor] = {}
        for recording in pool.recordings:
            accompaniment, voice = recording.read(grid.rate)
            self.samples[id(recording), "voice"] = torch.from_numpy(voice).to(device)
            self.samples[id(recording), "accompaniment"] = torch.from_numpy(accompaniment).to(device)

    def epoch(
        self, number: int, *, batch: int, sequence: int = 1, border: int | None = None, group: int | None = None
    ) -> Iterator[Frames]:
        """All batches of epoch `number`, as `batches.epoch` has them; `group` is as many clips as fit `FRAMES`."""
        random = numpy.random.default_rng([self.seed, number])
        excerpts = self.pool.epoch(random)
        longest = max(self._length(one, "voice") for one in excerpts) * 2.0**self.mixing.speed / self.grid.hop
        group = group or max(1, int(FRAMES / max(1.0, longest)))
        for start in range(0, len(excerpts), group):
            together = excerpts[start : start + group]
            partners = random.permutation(len(together))
            others, drawn = [], []
            for own, excerpt in enumerate(together):
                other = together[partners[own]]
                other = other if random.random() < self.mixing.remix and excerpt.mixes_with(other) else excerpt
                others.append(other)
                variable = self.mixing.of(excerpt.recording)
                drawn.append(variation(variable, random, self._length(other, "accompaniment"), excerpt.shift))
            counts = numpy.array([self._count(*both) for both in zip(together, drawn)])
            parts = [
                self._analysed(*(each[n : n + CLIPS] for each in (together, others, drawn, counts)))
                for n in range(0, len(together), CLIPS)
            ]
            frames = counts // self.grid.hop
            clip = Clip(*(torch.cat([part[source] for part in parts]) for source in range(3)), self._around(frames))
            del parts
            yield from shuffled(clip, sequences(frames.tolist(), sequence, random), batch, random, self.device, border)

    def _length(self, excerpt: Excerpt, name: str) -> int:
        return excerpt.count or len(self.samples[id(excerpt.recording), name])

    def _count(self, excerpt: Excerpt, drawn: Variation) -> int:
        length = self._length(excerpt, "voice")
        return stretched(length, drawn.speeds[1]) if drawn.speeds else length

    def _around(self, frames: numpy.ndarray) -> torch.Tensor:
        """Indices [all frames, context] of every frame's neighbours in its own clip; the ends are repeated."""
        starts = numpy.cumsum(frames) - frames
        parts = [neighbours(int(own), self.input.context) + int(start) for own, start in zip(frames, starts)]
        return torch.cat(parts).to(self.device)

    def _analysed(
        self, excerpts: list[Excerpt], others: list[Excerpt], drawn: list[Variation], counts: numpy.ndarray
    ) -> list[torch.Tensor]:
        """Magnitudes [frames of all, bins] over the level: of mixture, accompaniment and voice."""
        grid, most = self.grid, int(counts.max())
        lengths = self._sent(counts)
        accompaniment, voice = (torch.zeros(len(excerpts), most, device=self.device) for _ in range(2))
        for row, (own, other, chance, count) in enumerate(zip(excerpts, others, drawn, counts.tolist())):
            speeds = chance.speeds or (1.0, 1.0)
            colours = (None, None) if chance.colours is None else chance.colours
            sung = self._coloured(_played(self._heard(own, "voice"), speeds[1]), colours[1])
            if chance.room:
                sung = self._filtered(sung, chance.room.response(len(sung), grid.rate))
            voice[row, :count] = sung
            found = _played(self._heard(other, "accompaniment"), speeds[0])
            found = self._coloured(found, colours[0]).roll(chance.turn)
            accompaniment[row, :count] = found.repeat(-(-count // len(found)))[:count]
        if self.mixing.equal:
            mixed = self._sent([not one.recording.kept for one in excerpts])[:, None]
            accompaniment, voice = (
                each * torch.where(mixed, _unit(each, lengths), 1.0) for each in (accompaniment, voice)
            )  # fmt: skip
        voice = voice * self._sent([one.balance for one in drawn], torch.float32)[:, None]
        gain = REFERENCE * self._sent([one.gain for one in drawn], torch.float32)[:, None]
        gain = gain * _unit(accompaniment + voice, lengths)
        for row, (chance, count) in enumerate(zip(drawn, counts.tolist())):
            if chance.pause:
                paused = (accompaniment, voice)[chance.pause.source]
                paused[row, :count] *= self._sent(chance.pause.factors(count, grid.rate))
        frames = counts // grid.hop
        spectra = [self._spectra(source * gain, int(frames.max())) for source in (accompaniment, voice)]
        for row, chance in enumerate(drawn):
            if chance.formants != 1.0:
                spectra[1][row] = moved(spectra[1][row], chance.formants, grid.rate / grid.window)
        mixture = spectra[0] + spectra[1]
        projected = self.target == "projection"
        sources = [projections(each, mixture) if projected else each.abs() for each in spectra]
        sizes = [each / grid.taper_sum for each in (mixture.abs(), *sources)]
        del spectra
        level = levels_along(
            powers(sizes[0], grid), self._sent(frames), grid, self.input.level, self._sent([one.warm for one in drawn])
        )
        factor = self.input.scale / (level * self._sent([one.jitter for one in drawn])[:, None])
        wide = int(frames.max())
        kept = self._sent(numpy.concatenate([row * wide + numpy.arange(own) for row, own in enumerate(frames)]))
        return [(size * factor.float()[..., None]).flatten(0, 1)[kept] for size in sizes]

    def _heard(self, excerpt: Excerpt, name: str) -> torch.Tensor:
        """The samples of an excerpt, which go round at the end of unpaired sounds."""
        samples, start = self.samples[id(excerpt.recording), name], getattr(excerpt, name)
        found = samples
        if excerpt.count is not None:
            found, missing = samples[start : start + excerpt.count], start + excerpt.count - len(samples)
            if missing > 0:
                found = torch.cat([found, samples.repeat(-(-missing // len(samples)))[:missing]])
        return found.flip(0) if excerpt.recording.backwards else found

    def _coloured(self, samples: torch.Tensor, colour: numpy.ndarray | None) -> torch.Tensor:
        """As `mixing.coloured`."""
        if colour is None:
            return samples
        return self._filtered(samples, response(colour, len(samples), self.grid.rate))

    def _filtered(self, samples: torch.Tensor, factors: numpy.ndarray) -> torch.Tensor:
        """`samples` with the bins of their spectrum multiplied, as if they went round."""
        return torch.fft.irfft(torch.fft.rfft(samples) * self._sent(factors), n=len(samples))

    def _spectra(self, samples: torch.Tensor, frames: int) -> torch.Tensor:
        """[clips, frames, bins], complex."""
        padded = torch.nn.functional.pad(samples, (self.grid.window - self.grid.hop, self.grid.hop))
        return torch.fft.rfft(padded.unfold(1, self.grid.window, self.grid.hop)[:, :frames] * self.taper)

    def _sent(self, values, kind: torch.dtype | None = None) -> torch.Tensor:
        return torch.from_numpy(numpy.asarray(values)).to(self.device, kind, non_blocking=True)


def _played(samples: torch.Tensor, speed: float) -> torch.Tensor:
    """As `mixing.played_at`."""
    if speed == 1.0:
        return samples
    samples, length = samples[: whole(len(samples))], stretched(len(samples), speed)
    spectrum, bins = torch.fft.rfft(samples), length // 2 + 1
    moved = torch.nn.functional.pad(spectrum[:bins], (0, max(0, bins - len(spectrum))))
    return torch.fft.irfft(moved, n=length) * (length / len(samples))


def _unit(samples: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """Factors [clips, 1] that bring samples [clips, n], zero behind `counts`, to RMS 1; 0 for silence."""
    size = ((samples.double() ** 2).sum(1) / counts).sqrt()
    return torch.where(size > 1e-9, 1.0 / size.clamp_min(1e-9), 0.0).float()[:, None]
