"""Reverberation: what a voice that was recorded close has on a record."""

from dataclasses import dataclass, replace

import numpy

SHORTEST, LONGEST = 0.2, 2.0  # seconds in which a room falls silent by 60 dB
SOFTEST, LOUDEST = -20.0, -4.0  # dB of the room's sound to that which comes straight
DELAY = 0.06  # seconds, at most, before the room answers


@dataclass(frozen=True)
class Room:
    """Noise that decays: Moorer's (1979) likeness of a hall.

    decay  seconds in which it falls by 60 dB
    level  dB of its energy to that of a single sample
    delay  seconds before it begins
    seed   of the noise
    """

    decay: float
    level: float
    delay: float
    seed: int

    @classmethod
    def drawn(cls, random: numpy.random.Generator) -> "Room":
        """Small rooms are as frequent as large ones: the logarithm of the decay is uniform."""
        decay = float(numpy.exp(random.uniform(numpy.log(SHORTEST), numpy.log(LONGEST))))
        level, delay = (float(random.uniform(*ends)) for ends in ((SOFTEST, LOUDEST), (0.0, DELAY)))
        return cls(decay, level, delay, int(random.integers(2**31)))

    def response(self, length: int, rate: int) -> numpy.ndarray:
        """Factors [length // 2 + 1] of a spectrum of `length` samples: the straight sound and the room's."""
        start, count = round(self.delay * rate), min(round(self.decay * rate), length)
        noise = numpy.random.default_rng(self.seed).normal(size=count)
        noise *= 10.0 ** (-3.0 * numpy.arange(count) / (self.decay * rate))
        answer = numpy.zeros(length)
        kept = max(0, min(count, length - start))
        answer[start : start + kept] = noise[:kept] * (10.0 ** (self.level / 20.0) / numpy.sqrt((noise**2).sum()))
        answer[0] += 1.0
        return numpy.fft.rfft(answer).astype(numpy.complex64)


def heard(samples: numpy.ndarray, room: Room, rate: int) -> numpy.ndarray:
    """`samples` in a room, as if they went round; of two channels, each has an answer of its own."""
    length = samples.shape[-1]
    if samples.ndim == 1:
        answers = room.response(length, rate)
    else:
        answers = numpy.stack([replace(room, seed=room.seed + number).response(length, rate) for number in range(len(samples))])
    return numpy.fft.irfft(numpy.fft.rfft(samples) * answers, n=length).astype(numpy.float32)
