"""Every system: its size, that a stream gives what the whole sequence gives, that it can learn."""

import numpy
import pytest
import torch
from safetensors.torch import load_file

from sotto_training import golden, golden_layers, seeded, weights
from sotto_training.interpreter import Interpreter
from sotto_training.layers import KINDS
from sotto_training.loss import LOSSES
from sotto_training.stream import Stream

PARAMETERS = {  # as published, or counted from the published layers
    "svsgan": 3_677_186,
    "dnn-1": 3_543_026,
    "dnn-3": 4_569_026,
    "dnn-5": 5_595_026,
    "drnn-1": 5_569_026,
    "drnn-2": 5_569_026,
    "drnn-3": 5_569_026,
    "srnn": 7_569_026,
    "gru-256": 1_643_010,
    "wvpnn": 3_944_454,
    "cvpnn": 3_944_454,
    "unet": 9_823_313,
    "unet-16k": 9_823_313,
    "stoller": 958_596,
    "deep-karaoke": 12_082_689,
    "lstm-mask": 1_314_049,
}
LEARNERS = golden.SYSTEMS | {
    "svsgan": [*golden.SMALL, golden.THREE],
    "stoller": [*golden.SYSTEMS["stoller"], "network.channels=[12, 12, 12, 12, 12]"],
}
GENTLY = {"stoller": 1e-3}  # its rectified outputs die of large steps


def streamed(path, magnitudes):
    """Masks [frames, bins] that the file at `path` gives a frame at a time; without those of the look-ahead."""
    document, tensors = weights.opened(path)
    model, _ = weights.read(path)
    layers = Interpreter(document["layers"], {name: tensor.numpy() for name, tensor in tensors.items()})
    stream = Stream(model.grid, model.input, document["output"], layers)
    masks = [stream.mask(frame) for frame in magnitudes.double().numpy()]
    return numpy.stack([mask for mask in masks if mask is not None])


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    folder = tmp_path_factory.mktemp("golden")
    return folder, golden.of_everything(folder)


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_published_size(name):
    with torch.device("meta"):
        network = seeded.found(name).built()
    assert network.parameter_count() == PARAMETERS[name]


@pytest.mark.parametrize("name", ["context", *golden.SYSTEMS, *(f"layer-{name}" for name in golden_layers.NAMES)])
def test_a_stream_gives_what_the_whole_sequence_gives(everything, name):
    vectors = load_file(everything[0] / f"{name}-golden.safetensors")
    found = streamed(everything[0] / f"{name}-model.safetensors", vectors["magnitudes"])
    ahead = len(vectors["masks"]) - len(found)
    assert ahead == weights.read(everything[0] / f"{name}-model.safetensors")[0].input.context.future
    assert numpy.abs(found - vectors["masks"].double().numpy()[: len(found)]).max() < 1e-6


def test_the_fixtures_are_small_and_use_every_kind_of_layer(everything):
    folder, written = everything
    assert all(path.stat().st_size < 150_000 for path in written)
    kinds = {entry["kind"] for path in folder.glob("*-model.safetensors") for entry in weights.opened(path)[0]["layers"]}
    assert kinds == set(KINDS)


@pytest.mark.parametrize("name", LEARNERS)
def test_one_batch_can_be_learnt_by_heart(name):
    configuration = seeded.found(name, [*LEARNERS[name], "network.gain=2"])
    generator = torch.Generator().manual_seed(1)
    network = configuration.built()
    network.initialise(generator, configuration.network.gain)
    shape = (2, 3, configuration.input.context.frames, configuration.grid.bins)
    mixture = torch.rand(shape, generator=generator) * configuration.input.scale * 0.1
    middle = mixture[:, :, configuration.input.context.past]
    share = (torch.rand(middle.shape, generator=generator) > 0.5).float()
    voice, music = share * middle, (1 - share) * middle
    network.standardise([mixture.reshape(2, 3, *network.shape)])
    optimiser = torch.optim.Adam(network.parameters(), lr=GENTLY.get(name, 2e-2))

    def loss():
        results = network(mixture.reshape(2, 3, *network.shape), generator)
        return LOSSES[configuration.fit.loss](results, configuration.output, middle, music, voice, 0.0)

    losses = []
    for _ in range(150):
        optimiser.zero_grad()
        value = loss()
        value.backward()
        optimiser.step()
        losses.append(value.item())
    assert min(losses[-10:]) < 0.5 * losses[0], (losses[0], losses[-1])
