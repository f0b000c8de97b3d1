"""Making mixtures from separate voice and accompaniment, with the variations that training wants."""

from dataclasses import dataclass

import numpy
import torch

from .place import Place, apart, in_two, widened
from .problem import Problem
from .room import Room, heard
from .sources import Recording

REFERENCE = 0.1  # RMS of a mixture without `gain`: -20 dBFS, a usual level of music
STEP = 1600
NODES = [62.5 * 2 ** (number / 2) for number in range(17)]  # hertz
FORMANT = 400.0  # hertz: wider than from one harmonic of a voice to the next, narrower than from formant to formant
SLOPE = 0.02  # seconds
MOST = 10.0  # factor by which a formant raises what was between formants


@dataclass(frozen=True)
class Mixing:
    """How training mixtures vary. Decibel figures are half-widths of uniform distributions.

    shift     turn the accompaniment round by a random number of samples
    step      turn it round by every multiple of so many samples instead, each an example of its own (Huang et al.: 10,000)
    equal     bring both sources to equal energy (Huang et al.), and vary that; otherwise vary the recording's own balance
    remix     share of clips whose voice is set against another clip's accompaniment
    balance   voice against accompaniment, around what `softer` says
    softer    decibels by which the voice is softer than the accompaniment: 0 with Huang et al., songs have 3 to 11
    gain      of the whole mixture
    jitter    error put on the tracked level
    speed     half-width of the log2 of the playback speed, drawn apart for voice and accompaniment
    varied    share of clips whose speed is varied
    colour    of either source, apart, at each half octave, what lies between in a straight line: other rooms
    formants  half-width of the log2 by which the voice's formants are moved, its pitch staying: other throats
    warm      share of clips on which the level starts as if the clip had been heard before
    rooms     share of clips whose voice is heard in a room
    pauses    share of clips in which one of both, twice as often the voice, is silent for a quarter of the clip or more
    mono      share of stereo mixtures whose channels are alike
    aside     of the voice, left against right, in a third of the stereo mixtures
    doubled   share of stereo mixtures whose voice is doubled, a little later in each ear, 15 dB softer or less
    spread    of an accompaniment of one channel, left against right, at each half octave; half of them have a hall, too;
              those of two channels become narrower or wider
    """

    shift: bool = True
    step: int = 0
    equal: bool = True
    remix: float = 0.0
    balance: float = 0.0
    softer: float = 0.0
    gain: float = 10.0
    jitter: float = 0.0
    speed: float = 0.0
    varied: float = 0.0
    colour: float = 0.0
    formants: float = 0.0
    warm: float = 0.5
    rooms: float = 0.0
    pauses: float = 0.0
    mono: float = 0.0
    aside: float = 0.0
    doubled: float = 0.0
    spread: float = 0.0

    def __post_init__(self):
        if self.step < 0:
            raise Problem(f"mixing.step: found {self.step}, expected 0 or more samples")
        for name in ("remix", "varied", "warm", "rooms", "pauses", "mono", "doubled"):
            if not 0 <= getattr(self, name) <= 1:
                raise Problem(f"mixing.{name}: found {getattr(self, name)}, expected a share from 0 to 1")
        for name in ("colour", "formants", "aside", "spread"):
            if getattr(self, name) < 0:
                raise Problem(f"mixing.{name}: found {getattr(self, name)}, expected 0 or more")

    def of(self, recording: Recording) -> "Mixing":
        """What of it is for this recording."""
        return Mixing(shift=False, equal=False, gain=self.gain, jitter=self.jitter, warm=self.warm) if recording.kept else self


def unit(samples: numpy.ndarray) -> numpy.ndarray:
    """`samples` scaled to RMS 1 (unit energy for its length); silence stays silence."""
    size = float(numpy.sqrt(numpy.mean(samples.astype(numpy.float64) ** 2)))
    return (samples / size).astype(numpy.float32) if size > 1e-9 else numpy.zeros_like(samples)


@dataclass(frozen=True)
class Pause:
    """Where accompaniment (0) or voice (1) is silent: shares of the clip's length."""

    source: int
    begin: float
    end: float

    def factors(self, length: int, rate: int) -> numpy.ndarray:
        """What the samples [length] are multiplied by: 0 in the pause, with slopes of `SLOPE` seconds on both sides."""
        place, slope = numpy.arange(length), SLOPE * rate
        outside = numpy.maximum(self.begin * length - place, place - self.end * length)
        return numpy.clip(outside / slope, 0.0, 1.0).astype(numpy.float32)


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
    samples, length = samples[..., : whole(samples.shape[-1])], stretched(samples.shape[-1], speed)
    spectrum = numpy.fft.rfft(samples)
    bins = length // 2 + 1
    moved = numpy.zeros((*samples.shape[:-1], bins), dtype=spectrum.dtype)
    kept = min(bins, spectrum.shape[-1])
    moved[..., :kept] = spectrum[..., :kept]
    return (numpy.fft.irfft(moved, n=length) * (length / samples.shape[-1])).astype(numpy.float32)


def response(colour: numpy.ndarray, length: int, rate: int) -> numpy.ndarray:
    """Factors [length // 2 + 1] of a spectrum of `length` samples for decibels [NODES]."""
    octaves = numpy.log2(numpy.maximum(numpy.arange(length // 2 + 1) * rate / length, 1.0))
    return (10.0 ** (numpy.interp(octaves, numpy.log2(NODES), colour) / 20.0)).astype(numpy.float32)


def coloured(samples: numpy.ndarray, colour: numpy.ndarray, rate: int) -> numpy.ndarray:
    """`samples` through the filter without delay of these decibels [NODES], as if they went round."""
    length = samples.shape[-1]
    spectrum = numpy.fft.rfft(samples) * response(colour, length, rate)
    return numpy.fft.irfft(spectrum, n=length).astype(numpy.float32)


def spread(samples: numpy.ndarray, place: Place, rate: int) -> numpy.ndarray:
    """An accompaniment at its place, [2, n], as if it went round; one of two channels becomes as wide as that says."""
    if samples.ndim == 2 and (samples[0] != samples[1]).any():
        return widened(samples, place.width)
    samples = samples[0] if samples.ndim == 2 else samples
    length = len(samples)
    spectrum = numpy.fft.rfft(samples)
    louder = numpy.sqrt(response(place.spread, length, rate)) if place.spread is not None else numpy.float32(1.0)
    both = numpy.stack([spectrum * louder, spectrum / louder])
    if place.hall:
        both += numpy.array([[1.0], [-1.0]], dtype=numpy.float32) * (spectrum * (place.hall.response(length, rate) - 1.0))
    return numpy.fft.irfft(both, n=length).astype(numpy.float32)


def moved(spectra: torch.Tensor, factor: float, width: float) -> torch.Tensor:
    """Spectra [..., frames, bins], `width` hertz a bin, with formants at `factor` times their frequency, pitch as before."""
    bins = spectra.shape[-1]
    half = max(1, round(FORMANT / width / 2))
    power = spectra.abs().square().reshape(-1, 1, bins)
    pool = torch.nn.functional.avg_pool1d
    envelope = pool(power, 2 * half + 1, 1, half, count_include_pad=False).sqrt().reshape(spectra.shape)
    at = (torch.arange(bins, device=spectra.device) / factor).clamp_max(bins - 1)
    below = at.floor().long().clamp_max(bins - 2)
    there = torch.lerp(envelope[..., below], envelope[..., below + 1], (at - below).to(envelope.dtype))
    return spectra * (there / envelope.clamp_min(1e-9)).clamp_max(MOST)


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
    colours  decibels of accompaniment and voice [2, NODES], or None for both as they are
    formants factor by which the voice's formants are moved
    room     in which the voice is heard, or None
    pause    of one of both, or None
    place    where both stand in a stereo mixture, or None of one channel
    """

    speeds: tuple[float, float] | None
    turn: int
    balance: float
    gain: float
    warm: bool
    jitter: float
    colours: numpy.ndarray | None = None
    formants: float = 1.0
    room: Room | None = None
    pause: Pause | None = None
    place: Place | None = None


def variation(
    mixing: Mixing, random: numpy.random.Generator, length: int, shift: int | None = None, stereo: bool = False
) -> Variation:
    """Drawn for an accompaniment of so many samples; `shift` takes the place of chance."""
    speeds = None
    if mixing.speed and random.random() < mixing.varied:
        speeds = tuple(2.0 ** random.uniform(-mixing.speed, mixing.speed) for _ in range(2))
        length = stretched(length, speeds[0])
    turn = (int(random.integers(length)) if mixing.shift else 0) if shift is None else shift
    balance, gain = (10.0 ** (random.uniform(-width, width) / 20.0) for width in (mixing.balance, mixing.gain))
    balance *= 10.0 ** (-mixing.softer / 20.0)
    warm = bool(random.random() < mixing.warm)
    jitter = 10.0 ** (float(random.uniform(-mixing.jitter, mixing.jitter)) / 20.0)
    colours = random.uniform(-mixing.colour, mixing.colour, (2, len(NODES))) if mixing.colour else None
    formants = 2.0 ** float(random.uniform(-mixing.formants, mixing.formants)) if mixing.formants else 1.0
    room = Room.drawn(random) if mixing.rooms and random.random() < mixing.rooms else None
    pause = None
    if mixing.pauses and random.random() < mixing.pauses:
        silent = float(random.uniform(0.25, 1.0))
        begin = float(random.uniform(0.0, 1.0 - silent))
        pause = Pause(int(random.random() < 2 / 3), begin, begin + silent)
    place = None
    if stereo:
        place = Place.drawn(mixing.mono, mixing.aside, mixing.spread, mixing.doubled, len(NODES), random)
    return Variation(speeds, turn, balance, gain, warm, jitter, colours, formants, room, pause, place)


def varied(
    accompaniment: numpy.ndarray, voice: numpy.ndarray, variation: Variation, equal: bool = True, rate: int = 16000
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """One training pair [n] each, n the length of the (possibly stretched) voice; [2, n] where the variation has a place."""
    if variation.speeds:
        accompaniment, voice = (played_at(*both) for both in zip((accompaniment, voice), variation.speeds))
    if variation.colours is not None:
        pairs = zip((accompaniment, voice), variation.colours)
        accompaniment, voice = (coloured(samples, colour, rate) for samples, colour in pairs)
    if variation.place:
        accompaniment, voice = spread(accompaniment, variation.place, rate), apart(voice, variation.place.aside)
        if variation.place.doubled:
            voice = variation.place.doubled.heard(voice, rate)
    if variation.room:
        voice = heard(voice, variation.room, rate)
    if variation.turn:
        accompaniment = numpy.roll(accompaniment, variation.turn, axis=-1)
    accompaniment = accompaniment[..., numpy.arange(voice.shape[-1]) % accompaniment.shape[-1]]
    if variation.place:
        accompaniment, voice = (_at(one, variation.place) for one in (accompaniment, voice))
    if equal:
        accompaniment, voice = unit(accompaniment), unit(voice)
    voice = voice * numpy.float32(variation.balance)
    size = float(numpy.sqrt(numpy.mean((accompaniment + voice).astype(numpy.float64) ** 2)))
    gain = REFERENCE * variation.gain / max(size, 1e-9)
    pair = [accompaniment * numpy.float32(gain), voice * numpy.float32(gain)]
    if variation.pause:
        pair[variation.pause.source] *= variation.pause.factors(voice.shape[-1], rate)
    return pair[0], pair[1]


def _at(samples: numpy.ndarray, place: Place) -> numpy.ndarray:
    """What is the same for both sources [2, n]."""
    if place.mono:
        return in_two(samples.mean(axis=0, dtype=numpy.float32))
    return samples[::-1] if place.turned else samples
