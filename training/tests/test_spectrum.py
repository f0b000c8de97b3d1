"""Networks that take spectra and give the voice's: what they are given, what is made small, and where they may begin."""

import math

import numpy
import pytest
import torch

from sotto_training import golden, seeded, weights
from sotto_training.batches import clip_of
from sotto_training.features import Input, parts, sound, whole
from sotto_training.grid import Grid, analyse
from sotto_training.layers import BatchNormalisation, Convolution, Reshape, TransposedConvolution
from sotto_training.level import LevelKind
from sotto_training.loss import LOSSES
from sotto_training.model import Model
from sotto_training.network import Network
from sotto_training.output import Output
from sotto_training.problem import Problem
from sotto_training.start import started
from sotto_training.unnormalised import unnormalised

STEREO = Input(feature="spectrum", scale=0.5, channels=2, level=LevelKind(kind="none"))
SPECTRUM = Output(kind="spectrum")


def test_parts_are_real_and_imaginary_by_turns_and_whole_again():
    spectra = torch.tensor([[1 + 2j, 3 - 4j, -5j, 6]])  # two channels of two bins
    found = parts(spectra, STEREO)
    assert found.tolist() == [[0.5, 1.5, 1.0, -2.0, 0.0, 3.0, -2.5, 0.0]]
    assert torch.equal(whole(found, STEREO), spectra)


def test_a_clip_is_what_both_channels_have():
    random, grid = numpy.random.default_rng(1), Grid(16000, 64, 32, "hann")
    accompaniment, voice = random.normal(size=(2, 2, 960)).astype(numpy.float32)
    clip = clip_of(accompaniment, voice, grid, STEREO)
    expected = torch.cat([analyse(torch.from_numpy(row), grid) for row in voice], -1)
    assert torch.allclose(whole(clip.voice, STEREO), expected, atol=1e-5)
    assert torch.allclose(clip.mixture, clip.voice + clip.accompaniment, atol=1e-5)


def test_a_network_that_gives_what_it_hears_gives_the_mixture_back():
    grid = Grid(16000, 64, 32, "hann")
    model = Model(grid, STEREO, Network([Reshape("same", [4, 33])], (4, 33)).eval(), SPECTRUM)
    for shape in ((2, 500), (500,)):
        samples = torch.randn(shape, generator=torch.Generator().manual_seed(2))
        assert torch.allclose(model.voice(samples), samples, atol=1e-5)


def test_decibels_of_spectra_are_of_their_difference():
    mixture = torch.full((1, 3, 8), 2.0)
    voice = torch.full((1, 3, 8), 0.5)
    # Half a unit too much of the voice is as much too little of the accompaniment: 2 * 0.25 of 4.
    found = LOSSES["decibels"](voice + 0.5, SPECTRUM, mixture, mixture - voice, voice, 0.0)
    assert float(found) == pytest.approx(10 * math.log10(0.125 + 1e-3), abs=1e-3)


@pytest.mark.parametrize("shape, hop", [("hann", 32), ("low-delay-hann", 16)])
def test_what_is_heard_of_frames_is_the_recording(shape, hop):
    grid, samples = Grid(16000, 64, hop, shape), torch.randn(2, 960, generator=torch.Generator().manual_seed(3))
    both = parts(torch.cat([analyse(row, grid) for row in samples], -1), STEREO)
    found = sound(torch.stack([both, 2 * both]), STEREO, grid)
    reaches = grid.support - grid.hop  # the last frames lack those that would complete them, and a sound is as late
    assert found.shape == (2, 2, 960)
    assert torch.allclose(found[0, :, : 960 - reaches], samples[:, : 960 - reaches], atol=1e-5)
    assert torch.allclose(found[1], 2 * found[0], atol=1e-5)


def test_what_nobody_hears_of_a_frame_is_not_wrong():
    """Windows of low delay give only the end of a frame: what is wrong in its beginning costs where frames are asked for, only."""
    grid = Grid(16000, 64, 8, "low-delay-hann")
    voice = torch.randn(2, 640, generator=torch.Generator().manual_seed(3))
    spectra = [analyse(row, grid) for row in voice]
    frames = parts(torch.cat(spectra, -1), STEREO)[None]
    old, new = torch.zeros(2, 64).index_fill(1, torch.arange(40), 3.0).split(1), torch.zeros(64)
    new[-12:] = 3.0
    asked, counted = [], []
    for wrong in (old[0][0], new):
        moved = parts(torch.cat([one + torch.fft.rfft(wrong) for one in spectra], -1), STEREO)[None]
        counted.append(float(LOSSES["decibels"](moved, SPECTRUM, 2 * frames, frames, frames, 0.0)))
        heard = (sound(one, STEREO, grid) for one in (moved, 2 * frames, frames, frames))
        results, mixture, accompaniment, alone = heard
        asked.append(float(LOSSES["decibels"](results, SPECTRUM, mixture, accompaniment, alone, 0.0)))
    assert asked[0] == pytest.approx(-30, abs=0.1) and asked[1] > -20
    assert min(counted) > -20


def normalised(network: Network) -> Network:
    """As the paper has it: a normalisation behind each halving and doubling; otherwise named, as an import is."""
    layers, names = [], {"input": "input"}
    for layer, sources in zip(network.layers, network.sources):
        entry = {key: value for key, value in layer.entry().items() if key not in ("kind", "name", "from")}
        kind = type(layer)
        name = f"a-{layer.name}"
        source = [names[one] for one in sources]
        extra = {"outputs": layer.outputs, "kernel": layer.kernel} if isinstance(layer, Convolution) else {}
        layers.append(kind(name=name, source=source if len(source) > 1 else source[0], **entry, **extra))
        if isinstance(layer, TransposedConvolution) or layer.name.startswith("down"):
            name = f"{name}-normal"
            layers.append(BatchNormalisation(name))
        names[layer.name] = name
    return seeded.seed(Network(layers, network.shape), 4)


def test_weights_with_normalisations_and_other_names_begin_one_without(tmp_path):
    configuration = seeded.found("sotto-wide", golden.SYSTEMS["sotto-wide"])
    theirs = normalised(configuration.built())
    assert len(unnormalised(theirs)) < len(theirs.tensors())
    model = Model(configuration.grid, configuration.input, theirs, configuration.output)
    weights.write(model, seeded.document(model, "theirs", "Theirs", 4), tmp_path / "theirs.safetensors")
    network = configuration.built().eval()
    assert started(network, configuration, tmp_path / "theirs.safetensors")["name"] == "theirs"
    frames = torch.randn(1, 5, *network.shape, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        assert torch.allclose(network(frames), theirs(frames), rtol=1e-4, atol=1e-4)


def test_weights_of_another_depth_are_refused(tmp_path):
    configuration = seeded.found("sotto-wide", golden.SYSTEMS["sotto-wide"])
    model = seeded.model(seeded.found("sotto-wide", [*golden.SYSTEMS["sotto-wide"], "network.depth=3"]), 1)
    weights.write(model, seeded.document(model, "deeper", "Deeper", 1), tmp_path / "deeper.safetensors")
    with pytest.raises(Problem, match="deeper.safetensors: found the tensors"):
        started(configuration.built(), configuration, tmp_path / "deeper.safetensors")


@pytest.mark.parametrize(
    "change, expected",
    [
        ('output.kind="mask"', "expected 'spectrum' in both"),
        ('input.feature="magnitude"', "input.channels: found 2"),
        ("input.channels=3", "input.channels: found 3 beside feature 'spectrum', expected 1 or 2"),
        ('input.level.kind="running-rms"', "expected level.kind 'none'"),
        ('fit.loss="absolute"', "expected one of decibels, discriminative"),
        ('fit.target="projection"', "and no target"),
        ("network.levels=4", "a multiple of 16 bins|expected 'spectrum' in both, and a multiple"),
        ("input.channels=1", "expected 0 beside an input of one channel"),
    ],
)
def test_what_does_not_fit_spectra_is_refused(change, expected):
    small = [*golden.SYSTEMS["sotto-wide"], "grid.window=80" if "levels" in change else "grid.window=64"]
    with pytest.raises(Problem, match=expected):
        seeded.found("sotto-wide", [*small, change])
