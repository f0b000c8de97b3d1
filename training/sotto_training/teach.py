"""Mixtures whose sources a teacher has told: a separator that has heard what is not at hand, for networks that cannot
afford it (Hinton et al. 2015). A source that is `kept` plays them in training.
"""

import json
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy
import soundfile

from .batches import mixtures
from .configuration import Configuration
from .problem import Problem

PEAK = 0.9


def taught(mixture: numpy.ndarray, voice: numpy.ndarray, teacher: numpy.ndarray, share: float) -> numpy.ndarray:
    """[2, n]: accompaniment and voice, which add up to the mixture, the voice by such a share the teacher's."""
    voice = (1 - share) * voice + share * teacher
    return numpy.stack([mixture - voice, voice])


def separated(program: Path, preset: str, mixture: Path, folder: Path) -> numpy.ndarray:
    """The voice that the preset finds."""
    command = [program, "separate", mixture, "--preset", preset, "--output", folder, "--json"]
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    except OSError as error:
        raise Problem(f"{program}: {error.strerror}; build it with `make build`") from None
    if done.returncode:
        raise Problem(f"{' '.join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}")
    return soundfile.read(json.loads(done.stdout)["voice"], dtype="float32")[0]


def write(
    configuration: Configuration, data: Path, programs: Path, preset: str, out: Path, minutes: float, share: float,
    seed: int, say=print,
):  # fmt: skip
    """Stems `out`/NUMBER/{accompaniment,voice}.flac of mixtures that the configuration draws, formants as they are; not what is there.

    What the configuration has as it is, having been taught, is not drawn from; and all is heard forwards.

    share   of the teacher in the voice; the rest is the truth
    """
    if not 0 <= share <= 1:
        raise Problem(f"--share: found {share}, expected 0 to 1")
    if configuration.input.rows > 1:
        raise Problem("input.feature: found 'mid-side', expected 'magnitude': what a teacher is to tell has one channel")
    rate = configuration.grid.rate
    own = [one for one in configuration.data.train if not one.kept]
    pool = replace(configuration.data, backwards=False).pool(own, data, rate)
    made, number = 0.0, 0
    while made < minutes * 60 * rate:
        folder, random = out / f"{number:03d}", numpy.random.default_rng([seed, number])
        if not (folder / "voice.flac").exists():
            drawn = mixtures(pool.epoch(random), configuration.mixing, random, rate)
            pair = numpy.concatenate([numpy.stack(both) for both, _ in drawn], 1)
            pair *= PEAK / max(1e-9, float(numpy.abs(pair.sum(0)).max()))
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=out) as place:
                mixture = Path(place) / "mixture.wav"
                soundfile.write(mixture, pair.sum(0), rate, subtype="FLOAT")
                teacher = separated(programs / "sotto", preset, mixture, Path(place))
            for name, samples in zip(("accompaniment", "voice"), taught(pair.sum(0), pair[1], teacher, share)):
                soundfile.write(folder / f"{name}.flac", samples, rate, subtype="PCM_24")
        length = soundfile.info(folder / "voice.flac").frames
        made, number = made + length, number + 1
        say(f"{folder}: {length / rate:.0f} s")
