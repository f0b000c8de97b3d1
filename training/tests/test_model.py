from pathlib import Path

import pytest
import torch

from sotto_training.configuration import configuration_of
from sotto_training.features import Context, Input, in_context
from sotto_training.golden import context_model, signal
from sotto_training.grid import Grid
from sotto_training.loss import discriminative
from sotto_training.model import Model, Stream
from sotto_training.network import Dense, Network
from sotto_training.problem import Problem

SVSGAN = Path(__file__).parent.parent / "configurations" / "svsgan.toml"


def small(context=Context()) -> Model:
    grid = Grid(window=128, hop=32)
    network = Network([
        Dense("hidden.1", context.frames * grid.bins, 20, "sigmoid"),
        Dense("output", 20, 2 * grid.bins, "linear"),
    ])  # fmt: skip
    network.initialise(torch.Generator().manual_seed(1))
    network.centre.fill_(0.3)
    network.spread.copy_(torch.rand(network.spread.shape) + 0.5)
    return Model(grid, Input(context=context), network)


def test_the_published_size():
    network = Network(configuration_of(SVSGAN).layers)
    assert [(layer.inputs, layer.outputs) for layer in network.layers] == [
        (513, 1024), (1024, 1024), (1024, 1024), (1024, 1026),
    ]  # fmt: skip
    assert network.parameter_count() == 3_677_186


@pytest.mark.parametrize("context", [Context(), Context(2, 0), Context(1, 1), Context(0, 2)])
def test_streaming_equals_the_whole_file(context):
    model = small(context)
    hop, samples = model.grid.hop, signal(Grid(hop=32), frames=200)
    whole = model.voice(samples)
    stream = Stream(model)
    late = model.grid.window - hop + context.future * hop
    pushed = torch.cat([samples, torch.zeros(late + hop)])
    heard = torch.cat([stream.push(part) for part in pushed.split(hop) if len(part) == hop])
    # With frames to come, the end of a file repeats its last frame where a stream hears silence.
    sure = len(samples) - context.future * hop - model.grid.window
    assert (heard[late : late + sure] - whole[:sure]).abs().max() < 1e-6


def test_silence_in_silence_out():
    assert small().voice(torch.zeros(4000)).abs().max() == 0


def test_louder_in_louder_out_the_same_separation():
    model, samples = small(), 0.2 * torch.randn(8000)
    assert torch.allclose(4 * model.voice(samples), model.voice(4 * samples), atol=1e-5)


def test_context_is_oldest_first_and_repeats_the_ends():
    rows = in_context(torch.tensor([[1.0], [2.0], [3.0]]), Context(2, 1))
    assert rows.tolist() == [[1, 1, 1, 2], [1, 1, 2, 3], [1, 2, 3, 3]]


def test_folding_changes_nothing():
    network = small().network
    inputs = torch.rand(30, 65)
    assert torch.allclose(network(inputs), network.folded()(inputs), atol=1e-5)
    assert network.folded().centre.abs().max() == 0


def test_one_batch_can_be_learnt_by_heart():
    torch.manual_seed(0)
    network = Network([Dense("hidden.1", 40, 64, "sigmoid"), Dense("output", 64, 80, "linear")])
    network.initialise(torch.Generator().manual_seed(0))
    voice, music = torch.rand(16, 40) ** 4, torch.rand(16, 40) ** 4
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    first = None
    for _ in range(600):
        loss = discriminative(network(voice + music), voice + music, music, voice, 0.0)
        first = first or loss.item()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.02 * first


def test_layers_that_do_not_fit_are_refused_by_name():
    with pytest.raises(Problem, match="output, inputs: found 9, expected the 8 outputs of hidden.1"):
        Network([Dense("hidden.1", 4, 8, "relu"), Dense("output", 9, 4, "linear")])


def test_context_model_uses_all_activations():
    assert {layer.activation for layer in context_model().network.layers} == {"tanh", "relu", "sigmoid", "linear"}
