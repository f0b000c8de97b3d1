"""The table `data` of a configuration, and what of the recordings an epoch hears."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy

from .problem import Problem
from .sources import Excerpt, Recording, Source


@dataclass(frozen=True, kw_only=True)
class Data:
    """What is trained on and what is measured.

    train, dev   sources; dev has to be paired
    unpaired     sources of the mixtures, voices and accompaniments that critics hear
    excerpts     excerpts of an epoch, drawn by the sources' weights; 0: every recording once, as a whole
    seconds      length of an excerpt
    measured     seconds from the middle of each dev recording that are measured; 0: all of it
    backwards    whether everything is heard from its end, for what a preset hears so
    """

    train: list[Source] = field(default_factory=lambda: [Source(split="train")])
    dev: list[Source] = field(default_factory=lambda: [Source(split="dev")])
    unpaired: list[Source] = field(default_factory=list)
    excerpts: int = 0
    seconds: float = 10.0
    measured: float = 0.0
    backwards: bool = False

    def __post_init__(self):
        if not self.train or not self.dev:
            raise Problem("data: found no source in train or in dev, expected one or more in both")
        if any(one.kind == "unpaired" for one in self.dev):
            raise Problem("data.dev: found an unpaired source, expected one with a voice that belongs to its accompaniment")
        if not self.excerpts and any(one.kind == "unpaired" for one in (*self.train, *self.unpaired)):
            raise Problem("data.excerpts: found 0, expected more: an unpaired source has no recordings to take as a whole")
        if self.excerpts < 0 or not self.seconds > 0 or self.measured < 0:
            raise Problem(
                f"data: found excerpts {self.excerpts}, seconds {self.seconds}, measured {self.measured}; "
                "expected seconds above 0 and none below"
            )

    def pool(self, sources: list[Source], folder: Path, rate: int, step: int = 0) -> "Pool":
        """What an epoch draws from, at `rate` hertz; `step` as in `mixing`."""
        groups = [(one.weight, self._recordings(one, folder)) for one in sources]
        return Pool(groups, rate, self.excerpts, self.seconds, step)

    def measures(self, folder: Path, rate: int) -> list[Excerpt]:
        """What is measured on."""
        found = [recording for source in self.dev for recording in self._recordings(source, folder)]
        if not self.measured:
            return [Excerpt(recording) for recording in found]
        cut = []
        for recording in found:
            length = recording.length(rate)
            count = min(length, round(self.measured * rate))
            start = (length - count) // 2
            cut.append(Excerpt(recording, start, start, count))
        return cut

    def _recordings(self, source: Source, folder: Path) -> list[Recording]:
        return [replace(one, backwards=self.backwards) for one in source.recordings(folder)]


class Pool:
    """Recordings in groups with weights, at one rate."""

    def __init__(
        self, groups: list[tuple[float, list[Recording]]], rate: int, excerpts: int = 0, seconds: float = 10.0, step: int = 0
    ):
        self.groups, self.rate, self.count, self.seconds, self.step = groups, rate, excerpts, seconds, step
        self.recordings = [recording for _, group in groups for recording in group]

    def epoch(self, random: numpy.random.Generator) -> list[Excerpt]:
        """The excerpts of an epoch, in a random order."""
        if self.count:
            return [self._drawn(random) for _ in range(self.count)]
        every = [Excerpt(recording, shift=shift) for recording in self.recordings for shift in self._shifts(recording)]
        return [every[index] for index in random.permutation(len(every))]

    def _shifts(self, recording: Recording) -> list[int | None]:
        """Huang et al.: one every `step` samples, the last at least a step from the end (their 1:10000:T-10000)."""
        if not self.step:
            return [None]
        return list(range(0, max(1, recording.length(self.rate) - self.step), self.step))

    def _drawn(self, random: numpy.random.Generator) -> Excerpt:
        weights = numpy.array([weight for weight, _ in self.groups])
        _, group = self.groups[random.choice(len(weights), p=weights / weights.sum())]
        count = round(self.seconds * self.rate)
        if not group[0].paired:
            (one,) = group if len(group) == 1 else (group[random.integers(len(group))],)
            starts = [int(random.integers(line.length(self.rate))) for line in (one.voice, one.accompaniment)]
            return Excerpt(one, *starts, count)
        lengths = numpy.array([one.length(self.rate) for one in group], dtype=numpy.float64)
        one = group[random.choice(len(group), p=lengths / lengths.sum())]
        start = int(random.integers(max(1, one.length(self.rate) - count + 1)))
        return Excerpt(one, start, start, min(count, one.length(self.rate)))
