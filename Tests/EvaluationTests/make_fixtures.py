#!/usr/bin/env python3
"""Measures short signals with mir_eval and museval, and keeps both: what the figures of Evaluation are compared with.

Signals are 16-bit integers over 32768, drawn from a seed, or cut from presets/demo/everything-is-free.flac (CC0), whose
two channels then stand for two sources. Needs numpy, soundfile, mir_eval and museval.

    make_fixtures.py Fixtures
"""

import base64
import json
import sys
import types
import warnings
from importlib.metadata import version
from pathlib import Path

# museval's reader of MUSDB18 wants ffmpeg; its figures do not.
sys.modules["musdb"] = types.ModuleType("musdb")

import mir_eval
import museval
import numpy
import soundfile

SONG = Path(__file__).parents[2] / "presets" / "demo" / "everything-is-free.flac"
TAPS = 512


def integers(signal):
    return numpy.clip(numpy.round(signal * 32768), -32768, 32767).astype("<i2")


def coloured(random, shape, poles):
    """Noise whose neighbouring samples are alike, as in music; the last axis is time."""
    noise = random.standard_normal(shape)
    for index in range(1, shape[-1]):
        noise[..., index] += poles * noise[..., index - 1]
    return 0.1 * noise / noise.std()


def estimates(random, sources):
    """Each source filtered, with some of the others and of noise in it."""
    mixture = sources.sum(0)
    return numpy.stack(
        [
            0.8 * source + 0.1 * numpy.roll(source, 3, -1) + 0.15 * (mixture - source)
            + 0.01 * random.standard_normal(source.shape)
            for source in sources
        ]
    )


def mono(random):
    """Four seconds at 2 kHz, the first source silent in the third."""
    sources = numpy.stack([coloured(random, (1, 8000), 0.9), coloured(random, (1, 8000), -0.5)])
    sources[0, :, 4000:6000] = 0
    return 2000, sources, estimates(random, sources)


def stereo(random):
    """Four and a half windows; both sources in both channels, at different levels and delays."""
    each = [coloured(random, (4500,), pole) for pole in (0.8, 0.95)]
    sources = numpy.stack(
        [numpy.stack([each[0], 0.6 * numpy.roll(each[0], 5)]), numpy.stack([0.4 * numpy.roll(each[1], 2), each[1]])]
    )
    sources += 0.01 * random.standard_normal(sources.shape)
    return 1000, sources, estimates(random, sources)


def short(random):
    """Shorter than a window; the second estimate is bad."""
    sources = numpy.stack([coloured(random, (1, 1500), 0.5), coloured(random, (1, 1500), 0.0)])
    guesses = estimates(random, sources)
    guesses[1] = 0.2 * sources[0] + 0.05 * random.standard_normal(sources[0].shape)
    return 8000, sources, guesses


def song(random):
    """Real music, of which the upper band is nearly empty: equations that are hard to solve."""
    sound, rate = soundfile.read(SONG, start=480000, frames=12000)
    sources = sound.T[:, None, :]
    return rate // 8, sources, estimates(random, sources)


def plain(values):
    return [None if numpy.isnan(value) else float(value) for value in numpy.asarray(values).reshape(-1)]


def figures(rate, sources, guesses):
    """Ratios by name, one a source; for version 4 a list of windows a source."""
    warnings.simplefilter("ignore")
    flat = numpy.moveaxis(sources, 1, 2), numpy.moveaxis(guesses, 1, 2)
    said = {}
    if sources.shape[1] == 1:
        values = mir_eval.separation.bss_eval_sources(sources[:, 0], guesses[:, 0], compute_permutation=False)[:3]
        mixture = sources[:, 0].sum(0)[None]
        said["mixture"] = [
            float(mir_eval.separation.bss_eval_sources(source, mixture, compute_permutation=False)[0][0])
            for source in sources
        ]
    else:
        # mir_eval knows this version for one channel only.
        values = museval.metrics.bss_eval_sources(*flat, compute_permutation=False)[:3]
    said["sources"] = dict(zip(("sdr", "sir", "sar"), map(plain, values)))
    values = mir_eval.separation.bss_eval_images(*flat, compute_permutation=False)[:4]
    said["images"] = dict(zip(("sdr", "isr", "sir", "sar"), map(plain, values)))
    values = museval.metrics.bss_eval(*flat, window=rate, hop=rate)[:4]
    said["windows"] = {
        name: [plain(row) for row in value] for name, value in zip(("sdr", "isr", "sir", "sar"), values)
    }
    return said


def main(folder):
    for seed, case in enumerate((mono, stereo, short, song)):
        rate, sources, guesses = case(numpy.random.default_rng(seed))
        sources, guesses = integers(sources), integers(guesses)
        packed = [
            [[base64.b64encode(channel.tobytes()).decode() for channel in signal] for signal in signals]
            for signals in (sources, guesses)
        ]
        said = figures(rate, sources / 32768.0, guesses / 32768.0)
        value = {"rate": rate, "sources": packed[0], "estimates": packed[1], "figures": said}
        (folder / f"{case.__name__}.json").write_text(json.dumps(value, indent=1) + "\n")
        print(f"{case.__name__}: {said['sources']}")


if __name__ == "__main__":
    print(", ".join(f"{name} {version(name)}" for name in ("mir_eval", "museval", "numpy", "scipy")))
    main(Path(sys.argv[1]))
