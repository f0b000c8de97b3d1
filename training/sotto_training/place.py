"""Where voice and accompaniment of a stereo mixture stand, and recordings of one channel put there."""

from dataclasses import dataclass

import numpy

from .room import Room

NARROWEST, WIDEST = 0.3, 1.3  # factors of the difference of both channels
SOONEST, LATEST = 0.008, 0.035  # seconds after which a voice is doubled
SOFTEST, LOUDEST = -15.0, 0.0  # dB of the copies


@dataclass(frozen=True)
class Doubled:
    """A voice that is heard again, at another moment in each ear, as records widen it.

    delays   seconds, left and right
    level    dB of the copies
    """

    delays: tuple[float, float]
    level: float

    @classmethod
    def drawn(cls, random: numpy.random.Generator) -> "Doubled":
        """Uniform within what records do."""
        delays = tuple(float(random.uniform(SOONEST, LATEST)) for _ in range(2))
        return cls(delays, float(random.uniform(SOFTEST, LOUDEST)))

    def heard(self, samples: numpy.ndarray, rate: int) -> numpy.ndarray:
        """A voice [2, n] and its copies, as if it went round."""
        copies = numpy.stack([numpy.roll(one, round(delay * rate)) for one, delay in zip(samples, self.delays)])
        return samples + copies * numpy.float32(10.0 ** (self.level / 20.0))


@dataclass(frozen=True)
class Place:
    """What chance says of the stereo image of one mixture.

    mono     whether both channels are alike after all
    turned   whether left and right are exchanged
    width    factor of what the channels of a stereo accompaniment differ by
    spread   decibels [nodes of `mixing.NODES`] by which left is above right in an accompaniment of one channel, or None
    hall     whose answer such an accompaniment has at the left, and the opposite of it at the right, or None
    aside    decibels by which left is above right in the voice
    doubled  how the voice is widened, or None
    """

    mono: bool = False
    turned: bool = False
    width: float = 1.0
    spread: numpy.ndarray | None = None
    hall: Room | None = None
    aside: float = 0.0
    doubled: Doubled | None = None

    @classmethod
    def drawn(cls, mono: float, aside: float, spread: float, doubled: float, nodes: int, random: numpy.random.Generator) -> "Place":
        """With the shares and widths of `Mixing`."""
        if random.random() < mono:
            return cls(mono=True)
        turned, width = bool(random.random() < 0.5), float(random.uniform(NARROWEST, WIDEST)) if spread else 1.0
        decibels = random.uniform(-spread, spread, nodes) if spread else None
        hall = Room.drawn(random) if spread and random.random() < 0.5 else None
        # Most singers stand in the middle.
        place = float(random.uniform(-aside, aside)) if random.random() < 0.3 else 0.0
        return cls(False, turned, width, decibels, hall, place, Doubled.drawn(random) if random.random() < doubled else None)


def in_two(samples: numpy.ndarray) -> numpy.ndarray:
    """[2, n] of [n], or of what is [2, n] already."""
    return samples if samples.ndim == 2 else numpy.stack([samples, samples])


def apart(samples: numpy.ndarray, decibels: float) -> numpy.ndarray:
    """[2, n], left so much above right than it was."""
    factors = numpy.array([[10.0 ** (decibels / 40.0)], [10.0 ** (-decibels / 40.0)]], dtype=numpy.float32)
    return in_two(samples) * factors


def widened(samples: numpy.ndarray, factor: float) -> numpy.ndarray:
    """Samples [2, n] with `factor` times the difference of both."""
    middle = samples.mean(axis=0, keepdims=True, dtype=numpy.float32)
    return middle + (samples - middle) * numpy.float32(factor)
