"""Making mixtures from separate voice and accompaniment, with the variations that training wants."""

from dataclasses import dataclass

import numpy

from .problem import Problem

REFERENCE = 0.1  # RMS of a mixture without `gain`: -20 dBFS, a usual level of music
STEP = 1600


@dataclass(frozen=True)
class Mixing:
    """How training mixtures vary. Decibel figures are half-widths of uniform distributions.

    shift     turn the accompaniment round by a random number of samples
    step      turn it round by every multiple of so many samples instead, each an example of its own (Huang et al.: 10,000)
    equal     bring both sources to equal energy (Huang et al.), and vary that; otherwise vary the recording's own balance
    remix     share of clips whose voice is set against another clip's accompaniment
    balance   voice against accompaniment, around the 0 dB of Huang et al.
    gain      of the whole mixture
    jitter    error put on the tracked level
    speed     half-width of the log2 of the playback speed, drawn apart for voice and accompaniment
    varied    share of clips whose speed is varied
    warm      share of clips on which the level starts as if the clip had been heard before
    """

    shift: bool = True
    step: int = 0
    equal: bool = True
    remix: float = 0.0
    balance: float = 0.0
    gain: float = 10.0
    jitter: float = 0.0
    speed: float = 0.0
    varied: float = 0.0
    warm: float = 0.5

    def __post_init__(self):
        if self.step < 0:
            raise Problem(f"mixing.step: found {self.step}, expected 0 or more samples")
        for name in ("remix", "varied", "warm"):
            if not 0 <= getattr(self, name) <= 1:
                raise Problem(f"mixing.{name}: found {getattr(self, name)}, expected a share from 0 to 1")


def unit(samples: numpy.ndarray) -> numpy.ndarray:
    """`samples` scaled to RMS 1 (unit energy for its length); silence stays silence."""
    size = float(numpy.sqrt(numpy.mean(samples.astype(numpy.float64) ** 2)))
    return (samples / size).astype(numpy.float32) if size > 1e-9 else numpy.zeros_like(samples)


def whole(length: int) -> int:
    """Samples of so many that are played at another speed: a multiple of `STEP`, unless there are fewer."""
    return length // STEP * STEP or length


def stretched(length: int, speed: float) -> int:
    """Samples that so many become, played `speed` times as fast."""
    return max(1, round(whole(length) / speed / STEP)) * STEP


def played_at(samples: numpy.ndarray, speed: float) -> numpy.ndarray:
    """`samples` played `speed` times as fast, pitch and formants with it: band-limited, as if they went round.

    Lengths are rounded to multiples of `STEP`, for which the Fourier transform is several times faster.
    """
    samples, length = samples[: whole(len(samples))], stretched(len(samples), speed)
    spectrum = numpy.fft.rfft(samples)
    bins = length // 2 + 1
    moved = numpy.zeros(bins, dtype=spectrum.dtype)
    kept = min(bins, len(spectrum))
    moved[:kept] = spectrum[:kept]
    return (numpy.fft.irfft(moved, n=length) * (length / len(samples))).astype(numpy.float32)


def plain(accompaniment: numpy.ndarray, voice: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Both sources at equal energy over the clip, their mixture at -20 dBFS: what is measured on (Huang et al.)."""
    accompaniment, voice = unit(accompaniment), unit(voice)
    size = float(numpy.sqrt(numpy.mean((accompaniment + voice).astype(numpy.float64) ** 2)))
    factor = REFERENCE / size if size else 0.0
    return (accompaniment * factor).astype(numpy.float32), (voice * factor).astype(numpy.float32)


@dataclass(frozen=True)
class Variation:
    """What chance says of one mixture: factors, and samples by which the accompaniment is turned round.

    speeds   of accompaniment and voice, or None for both as they are
    warm     whether the level starts as if the clip had been heard, and `jitter`, the factor by which it is off
    """

    speeds: tuple[float, float] | None
    turn: int
    balance: float
    gain: float
    warm: bool
    jitter: float


def variation(mixing: Mixing, random: numpy.random.Generator, length: int, shift: int | None = None) -> Variation:
    """Drawn for an accompaniment of so many samples; `shift` takes the place of chance."""
    speeds = None
    if mixing.speed and random.random() < mixing.varied:
        speeds = tuple(2.0 ** random.uniform(-mixing.speed, mixing.speed) for _ in range(2))
        length = stretched(length, speeds[0])
    turn = (int(random.integers(length)) if mixing.shift else 0) if shift is None else shift
    balance, gain = (10.0 ** (random.uniform(-width, width) / 20.0) for width in (mixing.balance, mixing.gain))
    warm = bool(random.random() < mixing.warm)
    return Variation(speeds, turn, balance, gain, warm, 10.0 ** (float(random.uniform(-mixing.jitter, mixing.jitter)) / 20.0))


def varied(
    accompaniment: numpy.ndarray, voice: numpy.ndarray, variation: Variation, equal: bool = True
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """One training pair [n] each, n the length of the (possibly stretched) voice."""
    if variation.speeds:
        accompaniment, voice = (played_at(*both) for both in zip((accompaniment, voice), variation.speeds))
    if variation.turn:
        accompaniment = numpy.roll(accompaniment, variation.turn)
    accompaniment = numpy.resize(accompaniment, len(voice))
    if equal:
        accompaniment, voice = unit(accompaniment), unit(voice)
    voice = voice * numpy.float32(variation.balance)
    size = float(numpy.sqrt(numpy.mean((accompaniment + voice).astype(numpy.float64) ** 2)))
    gain = REFERENCE * variation.gain / max(size, 1e-9)
    return accompaniment * numpy.float32(gain), voice * numpy.float32(gain)
