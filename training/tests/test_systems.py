"""Every system: its size, that a stream gives what the whole sequence gives, that it can learn."""

from pathlib import Path

import numpy
import pytest
import torch
from safetensors.torch import load_file

from sotto_training import checkpoint, evaluate, export, golden, golden_layers, judges, seeded, weights
from sotto_training.adversarial import Adversarial, Critics
from sotto_training.configuration import configured
from sotto_training.fit import Run
from sotto_training.layers import KINDS
from sotto_training.loss import LOSSES
from sotto_training.problem import Problem
from sotto_training.stream import Stream

PARAMETERS = {  # as published, or counted from the published layers
    "svsgan": 3_677_186,
    "svsgan-adversarial": 3_677_186,
    "dnn-1": 3_543_026,
    "dnn-3": 4_569_026,
    "dnn-5": 5_595_026,
    "drnn-1": 5_569_026,
    "drnn-2": 5_569_026,
    "drnn-2-divergence": 5_569_026,
    "drnn-2-lbfgs": 5_569_026,
    "drnn-2-plain": 5_569_026,
    "drnn-3": 5_569_026,
    "srnn": 7_569_026,
    "gru-256": 1_643_010,
    "wvpnn": 3_944_454,
    "cvpnn": 3_944_454,
    "unet": 9_823_313,
    "unet-16k": 9_823_313,
    "stoller": 958_596,
    "stoller-semi-supervised": 958_596,
    "deep-karaoke": 12_082_689,
    "lstm-mask": 1_314_049,
    # Bands of [32, 4], [16, 8], [16, 16]: 18,432 into features; 3 blocks of 23,424; 64; tanh of 64 and masks, 168,448.
    "band-split": 257_216,
    # Down 3,200 and 2 x 65,792; 2 blocks of 52,352; up 2 x 82,176; mask 1,544.
    "sotto-mir1k": 405_384,
    # Mid and side: 3,072 more at its beginning, and 1,544 at its end.
    "sotto-light": 410_000,
    # 216; 9 blocks of 26,040 and 8 of 34,680; 16 halvings and doublings of 1,176; 196.
    "sotto-wide": 531_028,
    # A block of w channels from 24 on has w (365 + 30 w), going up beside e more w (365 + 15 e + 30 w): encoders 100,440, middle
    # 26,040, decoders 213,740; halvings 5,952, doublings 8,832; 216 and 132.
    "sotto-narrow": 355_352,
    "tdc17-mir1k": 531_028,
    "sotto-low-mir1k": 199_112,
    # As above, at 32 channels: 1,536 and 776 more.
    "sotto-low": 201_424,
}
LEARNERS = {name: changes for name, changes in golden.SYSTEMS.items() if name != "sotto-block"} | {  # which test_spleeter has
    "svsgan": [*golden.SMALL, golden.THREE],
    "stoller": [*golden.SYSTEMS["stoller"], "network.channels=[12, 12, 12, 12, 12]"],
    "sotto": [
        *golden.SYSTEMS["sotto"], "network.channels=[64, 64, 64]", "network.held=1", "network.every=[1, 1, 1]", "network.at=[0, 0, 0]",
        "network.back=[]", "input.scale=20",
    ],
}
SPARSE = ["grid.window=128", "grid.hop=96"]  # few frames a second: patches cost
PLAIN = [
    'data.train=[{ kind = "mir1k", split = "train" }]', 'data.dev=[{ kind = "mir1k", split = "dev" }]', "data.excerpts=0",
]  # fmt: skip
TRIED = {
    "drnn-2": golden.SYSTEMS["drnn-2"] + ["grid.hop=32"],
    "gru-256": golden.SYSTEMS["gru-256"] + ["grid.hop=32"],
    "cvpnn": golden.SYSTEMS["cvpnn"],
    "unet": [*golden.SYSTEMS["unet"], *SPARSE],
    "causal-unet": [*golden.SYSTEMS["causal-unet"], *SPARSE],
    "stoller": [*golden.SYSTEMS["stoller"], "grid.hop=48"],
    "deep-karaoke": golden.SYSTEMS["deep-karaoke"],
    "lstm-mask": golden.SYSTEMS["lstm-mask"],
    "band-split": golden.SYSTEMS["band-split"],
    "sotto-wide": [*golden.SYSTEMS["sotto-wide"], *PLAIN],
    "sotto-light": [*golden.SYSTEMS["sotto-light"], *PLAIN],
    "sotto-mir1k": [*golden.SYSTEMS["sotto-mir1k"], *PLAIN],
    "sotto-low": [*golden.SYSTEMS["sotto-light"], "grid.hop=16", *PLAIN],
}
GENTLY = {"stoller": 1e-3, "sotto": 1e-3}  # rectified outputs die of large steps


FIXTURES = Path(__file__).parents[2] / "Tests" / "NetworkTests" / "Fixtures"


def streamed(path, magnitudes):
    """Masks [frames, bins] that the file at `path` gives a frame at a time; without those of the look-ahead."""
    stream = Stream.of(path)
    masks = [stream.mask(frame) for frame in magnitudes.double().numpy()]
    return numpy.stack([mask for mask in masks if mask is not None]), stream.input.context.future


def heard(path, samples):
    """The voice [2, n], in its place, of the file at `path` a hop of a pair at a time; without the end, which comes later."""
    stream = Stream.of(path)
    hop = stream.grid.hop
    late = stream.grid.support - hop + stream.delay * hop
    parts = samples.double().numpy()
    return numpy.concatenate([stream.push(parts[:, at : at + hop]) for at in range(0, parts.shape[1], hop)], 1)[:, late:]


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_published_size(name):
    with torch.device("meta"):
        network = seeded.found(name).built()
    assert network.parameter_count() == PARAMETERS[name]


def test_the_judges_have_their_published_size():
    with torch.device("meta"):
        assert judges.discriminator(Adversarial(), 513).parameter_count() == 1_317_898
        assert judges.critic(Critics(), 66, 257).parameter_count() == 1_869_344


def test_a_block_is_what_slides():
    """The last frame of a block, as the network gives it that runs; all its frames, from the tensors of the same file."""
    configuration = seeded.found("stoller", golden.SYSTEMS["stoller"] + ["fit.sequence=18"])
    single, block = configuration.built(), configuration.block()
    seeded.seed(single, 5)
    block.load_state_dict(single.state_dict())
    block.eval()
    frames = torch.rand(46 + 18 + 46, configuration.grid.bins, generator=torch.Generator().manual_seed(1)) * 30
    whole = block(frames[None, None])[0, 0]
    assert whole.shape == (2, 18, configuration.grid.bins)
    last = single(frames[None, None, -94:])[0, 0].reshape(2, -1)
    assert torch.allclose(whole[:, -1], last, rtol=1e-4, atol=1e-5)


SPECTRA = {"dense-unet": 32, "edge-unet": 64, "block-unet": 192 + 6 * 64}  # and samples of their vectors' voice that want later frames
MASKS = [path for path in sorted(FIXTURES.glob("*-model.safetensors")) if path.stem.removesuffix("-model") not in SPECTRA]


@pytest.mark.parametrize("path", MASKS, ids=lambda path: path.stem)
def test_a_stream_gives_what_the_whole_sequence_gives(path):
    vectors = load_file(str(path).replace("-model.", "-golden."))
    found, ahead = streamed(path, vectors["magnitudes"])
    assert len(vectors["masks"]) - len(found) == ahead
    assert numpy.abs(found - vectors["masks"].double().numpy()[: len(found)]).max() < 1e-6
    assert path.stat().st_size < 150_000


@pytest.mark.parametrize("name, wanting", SPECTRA.items())
def test_a_stream_of_spectra_gives_the_voice_a_support_later(name, wanting):
    vectors = load_file(FIXTURES / f"{name}-golden.safetensors")
    found, expected = heard(FIXTURES / f"{name}-model.safetensors", vectors["samples"]), vectors["voice"].double().numpy()
    assert numpy.abs(found - expected[:, : found.shape[1]]).max() < 1e-6
    assert numpy.abs(expected).max() > 0.01 and found.shape[1] == expected.shape[1] - wanting


def test_every_system_and_every_kind_of_layer_has_its_vectors():
    names = {path.stem.removesuffix("-model") for path in FIXTURES.glob("*-model.safetensors")}
    layers = {f"layer-{name}" for name in golden_layers.NAMES}
    systems = {golden.CALLED.get(name, name) for name in golden.SYSTEMS}
    assert names == {"context", "low-delay", "layer-state", *systems, *layers}
    entries = [entry for name in names for entry in weights.opened(FIXTURES / f"{name}-model.safetensors")[0]["layers"]]
    assert {entry["kind"] for entry in entries} == {*KINDS, "state"}


def test_a_low_delay_stream_gives_the_voice_after_one_hop():
    vectors = load_file(FIXTURES / "low-delay-golden.safetensors")
    stream = Stream.of(FIXTURES / "low-delay-model.safetensors")
    hop, voice = stream.grid.hop, vectors["voice"].numpy()
    heard = numpy.concatenate([stream.push(part) for part in vectors["samples"].double().numpy().reshape(-1, hop)])
    assert abs(voice).max() > 0.01 and (voice[-hop:] == 0).all()
    assert abs(heard[hop:] - voice[:-hop]).max() < 1e-6


@pytest.mark.parametrize("name", ["drnn-2", "unet", "gru-256", "band-split", "sotto-wide", "sotto-light", "sotto-mir1k"])
def test_the_code_gives_the_vectors_that_are_there(name):
    called = golden.CALLED.get(name, name)
    path = FIXTURES / f"{called}-model.safetensors"
    drawn = weights.opened(path)[0]["training"]
    again = golden.system_model(name, drawn["seed"], drawn["wide"])
    model, _ = weights.read(path)
    tensors = model.network.tensors()
    assert all(torch.equal(tensors[name], tensor) for name, tensor in again.network.tensors().items())
    vectors = load_file(FIXTURES / f"{called}-golden.safetensors")
    if model.input.spectral:
        complete = golden.complete(again, golden.FRAMES)
        assert (again.voice(vectors["samples"]) - vectors["voice"])[:, :complete].abs().max() < 1e-5
        return
    masks = again.masks(vectors["magnitudes"], vectors["levels"].double())
    assert (masks - vectors["masks"]).abs().max() < 1e-5


@pytest.mark.parametrize("change, words", [
    ("network.together=7", "1 frames of 512 bins and output.kind 'mask', expected 1 frame, a multiple of 28 bins"),
    ("input.context.past=1", "2 frames of 512 bins"),
    ("output.kind='two-source-magnitudes'", ".*output.kind 'two-source-magnitudes', expected .* and 'mask'"),
])  # fmt: skip
def test_two_paths_that_cannot_be_are_refused(change, words):
    with pytest.raises(Problem, match=f"network: found {words}"):
        seeded.found("sotto-mir1k", [change])


@pytest.mark.parametrize("name", LEARNERS)
def test_one_batch_can_be_learnt_by_heart(name):
    configuration = seeded.found(name, [*LEARNERS[name], "network.gain=2"])
    generator = torch.Generator().manual_seed(1)
    network = configuration.built()
    network.initialise(generator, configuration.network.gain)
    shape = (2, 3, configuration.input.context.frames, configuration.input.rows * configuration.grid.bins)
    mixture = torch.rand(shape, generator=generator) * configuration.input.scale * 0.1
    middle = mixture[:, :, configuration.input.context.past]
    share = torch.rand(middle.shape, generator=generator) > 0.5
    if name == "sotto":  # one mask of all that a bin has, and smooth: its last layer sees seven bins of one channel
        share = share[..., : configuration.grid.bins : 16].repeat_interleave(16, -1)[..., : configuration.grid.bins]
        share = share.repeat(1, 1, configuration.input.rows)
    share = share.float()
    voice, music = share * middle, (1 - share) * middle
    network.standardise([mixture.reshape(2, 3, *network.shape)])
    optimiser = torch.optim.Adam(network.parameters(), lr=GENTLY.get(name, 2e-2))

    def loss():
        results = network(mixture.reshape(2, 3, *network.shape), generator)
        if configuration.input.spectral:
            results = results.flatten(2)
        return LOSSES[configuration.fit.loss](results, configuration.output, middle, music, voice, 0.0)

    losses = []
    for _ in range(150):
        optimiser.zero_grad()
        value = loss()
        value.backward()
        optimiser.step()
        losses.append(value.item())
    if configuration.fit.loss == "decibels":
        assert min(losses[-10:]) < losses[0] - 3.0, (losses[0], losses[-1])  # half the power, as with the others
    else:
        assert min(losses[-10:]) < 0.5 * losses[0], (losses[0], losses[-1])


@pytest.mark.parametrize("name", TRIED)
def test_from_configuration_to_weights(name, little, tmp_path):
    """A pass over a few clips: every system can be fitted, measured, resumed, exported and streamed."""
    table = seeded.found(name, TRIED[name]).table()
    table["fit"] |= {"epochs": 4, "evaluate": 4, "sequence": min(20, table["fit"]["sequence"]), "batch": 100}
    if name == "stoller":
        table["fit"]["sequence"] = 18  # of a block's lengths
    table["fit"] |= {"first": GENTLY.get(name, 3e-3), "last": 1e-3, "average": 0.0}
    run = Run(configured(table, "tests"), little, tmp_path / "run", say=lambda _: None)
    before = evaluate.dev_loss(run.dev, run.model(), run.configuration.fit)
    run.fit(stop=1)
    Run.resumed(tmp_path / "run", little, say=lambda _: None).fit()
    assert checkpoint.load(tmp_path / "run" / "last.pt")["history"][-1]["dev_loss"] < before
    export.export(tmp_path / "run", little, tmp_path / "out.safetensors")
    model, document = weights.read(tmp_path / "out.safetensors")
    assert document["training"]["loss"] and document["quality"]["dev"]["clips"] == 1
    vectors = golden.of_model(model, 20 + model.input.context.future)
    if model.input.spectral:
        voice = heard(tmp_path / "out.safetensors", vectors["samples"])
        assert numpy.abs(voice - vectors["voice"].numpy()[:, : voice.shape[1]]).max() < 1e-5
        return
    found, _ = streamed(tmp_path / "out.safetensors", vectors["magnitudes"])
    assert numpy.abs(found - vectors["masks"].numpy()[:20]).max() < 1e-5
