"""Batches made on the device: recordings held there, mixed, varied, analysed and levelled many at once.

The same variations as `batches.epoch` makes on the processor from what it reads from disk; equal in distribution, not
number by number. All chance is drawn on the processor from a seed, a few numbers a clip, so that an epoch is the same on
every device, but for rounding, and nothing in it waits for the device.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy
import torch

from .batches import Clip, Frames, sequences, shuffled
from .data import Pool
from .features import Input, neighbours
from .grid import Grid
from .level import levels_along, powers
from .mixing import REFERENCE, STEP, Mixing
from .sources import Excerpt
from .stretching import stretched

FRAMES = 2**19  # held at a time: with 513 bins and three magnitudes, 3 GiB
CLIPS = 64  # varied and analysed at a time


@dataclass
class Drawn:
    """What chance says of each of n clips: numbers [n], lengths in samples, levels as factors."""

    counts: numpy.ndarray
    speeds: dict[str, numpy.ndarray]
    turned: numpy.ndarray
    balance: numpy.ndarray
    gain: numpy.ndarray
    jitter: numpy.ndarray
    warm: numpy.ndarray


class Resident:
    """All recordings of a pool as samples on a device, at the grid's rate."""

    def __init__(self, pool: Pool, grid: Grid, input: Input, mixing: Mixing, seed: int, device: str):
        self.pool, self.grid, self.input, self.mixing = pool, grid, input, mixing
        self.seed, self.device = seed, device
        parts, self.places, have = {"voice": [], "accompaniment": []}, {}, {"voice": 0, "accompaniment": 0}
        for recording in pool.recordings:
            if recording.paired:
                accompaniment, voice = recording.read(grid.rate)
            else:
                accompaniment, voice = (line.whole(grid.rate, {}) for line in (recording.accompaniment, recording.voice))
            for name, samples in (("voice", voice), ("accompaniment", accompaniment)):
                self.places[recording, name] = (have[name], len(samples))
                parts[name].append(torch.from_numpy(samples))
                have[name] += len(samples)
        self.samples = {name: torch.cat(found).to(device) for name, found in parts.items()}

    def epoch(self, number: int, *, batch: int, sequence: int = 1, border: int | None = None) -> Iterator[Frames]:
        """All batches of epoch `number`, as `batches.epoch` has them, shuffled over as many clips as fit `FRAMES`."""
        random = numpy.random.default_rng([self.seed, number])
        excerpts = self.pool.epoch(random)
        longest = max(self._length(one, "voice") for one in excerpts) / self.grid.hop
        group = max(1, int(FRAMES / max(1.0, longest * 2.0**self.mixing.speed)))
        for start in range(0, len(excerpts), group):
            together = excerpts[start : start + group]
            partners = random.permutation(len(together))
            remixed = random.random(len(together)) < self.mixing.remix
            others = [together[partners[n]] if remixed[n] else one for n, one in enumerate(together)]
            drawn = self._drawn(together, random)
            frames = drawn.counts // self.grid.hop
            parts = [
                self._analysed(together[n : n + CLIPS], others[n : n + CLIPS], _rows(drawn, n, n + CLIPS))
                for n in range(0, len(together), CLIPS)
            ]
            around = neighbours_of(frames, self.input, self.device)
            clip = Clip(*(torch.cat([part[source] for part in parts]) for source in range(3)), around)
            del parts
            yield from shuffled(clip, sequences(frames.tolist(), sequence, random), batch, random, self.device, border)

    def _length(self, excerpt: Excerpt, name: str) -> int:
        return excerpt.count or self.places[excerpt.recording, name][1]

    def _drawn(self, excerpts: list[Excerpt], random: numpy.random.Generator) -> Drawn:
        mixing, many = self.mixing, len(excerpts)

        def decibels(width):
            return 10.0 ** (random.uniform(-width, width, many) / 20.0)

        moved = random.random(many) < (mixing.varied if mixing.speed else 0.0)
        speeds = {
            name: numpy.where(moved, 2.0 ** random.uniform(-mixing.speed, mixing.speed, many), 1.0)
            for name in ("accompaniment", "voice")
        }
        lengths = numpy.array([self._length(one, "voice") for one in excerpts])
        counts = numpy.where(moved, numpy.maximum(1, numpy.rint(lengths / speeds["voice"] / STEP)) * STEP, lengths)
        turned = random.random(many) if mixing.shift else numpy.zeros(many)
        return Drawn(
            counts.astype(numpy.int64), speeds, turned, decibels(mixing.balance), decibels(mixing.gain),
            decibels(mixing.jitter), random.random(many) < mixing.warm,
        )  # fmt: skip

    def _analysed(self, excerpts: list[Excerpt], others: list[Excerpt], drawn: Drawn) -> list[torch.Tensor]:
        """Magnitudes [frames of all, bins] over the level: of mixture, accompaniment and voice."""
        grid, count = self.grid, int(drawn.counts.max())
        counts = self._sent(drawn.counts)
        accompaniment = self._heard("accompaniment", others, drawn, count)
        voice = self._heard("voice", excerpts, drawn, count)
        inside = torch.arange(count, device=self.device) < counts[:, None]
        accompaniment, voice = accompaniment * inside, voice * inside
        if self.mixing.equal:
            accompaniment, voice = accompaniment * _unit(accompaniment, counts), voice * _unit(voice, counts)
        voice = voice * self._sent(drawn.balance, torch.float32)[:, None]
        gain = _unit(accompaniment + voice, counts) * REFERENCE * self._sent(drawn.gain, torch.float32)[:, None]
        frames = drawn.counts // grid.hop
        sizes = [self._spectra(source * gain, int(frames.max())) for source in (accompaniment, voice)]
        mixture = (sizes[0] + sizes[1]).abs() / grid.taper_sum
        level = levels_along(
            powers(mixture, grid), self._sent(frames), grid, self.input.level, self._sent(drawn.warm)
        ) * self._sent(drawn.jitter)[:, None]  # fmt: skip
        factor = (self.input.scale / level).float()[..., None]
        kept = self._sent(numpy.concatenate([n * int(frames.max()) + numpy.arange(own) for n, own in enumerate(frames)]))
        return [
            (size * factor).flatten(0, 1)[kept] for size in (mixture, *(size.abs() / grid.taper_sum for size in sizes))
        ]

    def _heard(self, name: str, excerpts: list[Excerpt], drawn: Drawn, count: int) -> torch.Tensor:
        """[clips, count] samples of one source; behind a clip's own length, whatever comes."""
        begin, length = (numpy.array(each) for each in zip(*(self.places[one.recording, name] for one in excerpts)))
        start = numpy.array([getattr(one, name) for one in excerpts])
        window = numpy.array([self._length(one, name) for one in excerpts])
        speed = drawn.speeds[name]
        paired = numpy.array([one.recording.paired for one in excerpts])
        if name == "accompaniment":
            fixed = numpy.array([-1 if one.shift is None else one.shift for one in excerpts])
            turn = numpy.where(fixed >= 0, (-fixed) % window, (drawn.turned * window).astype(numpy.int64))
        else:
            turn = numpy.zeros(len(excerpts), dtype=numpy.int64)
        # A stretch of a recording goes round in itself; of unpaired sounds, it goes on into what follows.
        begin, start, length = (
            numpy.where(paired, begin + start, begin), numpy.where(paired, turn, start + turn), numpy.where(paired, window, length)
        )  # fmt: skip
        sent = [self._sent(one.astype(numpy.int64)) for one in (begin, start, length)]
        return stretched(self.samples[name], *sent, torch.from_numpy(speed), count)

    def _spectra(self, samples: torch.Tensor, frames: int) -> torch.Tensor:
        """[clips, frames, bins], complex."""
        grid = self.grid
        padded = torch.nn.functional.pad(samples, (grid.window - grid.hop, grid.hop))
        windows = padded.unfold(1, grid.window, grid.hop)[:, :frames]
        return torch.fft.rfft(windows * grid.taper.to(samples.device, samples.dtype))

    def _sent(self, values: numpy.ndarray, kind: torch.dtype | None = None) -> torch.Tensor:
        return torch.from_numpy(numpy.ascontiguousarray(values)).to(self.device, kind, non_blocking=True)


def neighbours_of(frames: numpy.ndarray, input: Input, device: str) -> torch.Tensor:
    """Indices [all frames, context] of every frame's neighbours in its own clip; the ends are repeated."""
    starts = numpy.cumsum(frames) - frames
    parts = [neighbours(int(own), input.context) + int(start) for own, start in zip(frames, starts)]
    return torch.cat(parts).to(device)


def _rows(drawn: Drawn, start: int, stop: int) -> Drawn:
    return Drawn(
        drawn.counts[start:stop], {name: one[start:stop] for name, one in drawn.speeds.items()}, drawn.turned[start:stop],
        drawn.balance[start:stop], drawn.gain[start:stop], drawn.jitter[start:stop], drawn.warm[start:stop],
    )  # fmt: skip


def _unit(samples: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """Factors [clips, 1] that bring samples [clips, n], zero behind `counts`, to RMS 1; 0 for silence."""
    size = ((samples.double() ** 2).sum(1) / counts).sqrt()
    return torch.where(size > 1e-9, 1.0 / size.clamp_min(1e-9), 0.0).float()[:, None]
