import numpy
import pytest
import torch

from sotto_training import seeded
from sotto_training.features import Context, Input, in_context
from sotto_training.golden import context_model, signal
from sotto_training.grid import SHAPES, Grid
from sotto_training.layers import GRU, Affine, Concatenate, Dense, Recurrent, Reshape
from sotto_training.model import Model
from sotto_training.network import Network
from sotto_training.problem import Problem
from sotto_training.stream import Stream


def small(context=Context(), middle=Dense, grid=Grid(window=128, hop=32)) -> Model:
    input = Input(context=context)
    layers = [
        Reshape("frames", [-1]),
        Affine("standard"),
        middle("hidden.1", 20, activation="sigmoid"),
        Dense("output", 2 * grid.bins, "linear"),
    ]
    return Model(grid, input, seeded.seed(Network(layers, input.shape(grid)), 1))


def stream_of(model: Model) -> Stream:
    return Stream(seeded.document(model, "small", "Small", 1), model.network.tensors())


@pytest.mark.parametrize("middle", [Dense, Recurrent])
@pytest.mark.parametrize("context", [Context(), Context(2, 0), Context(1, 1), Context(0, 2)])
@pytest.mark.parametrize("shape", SHAPES)
def test_streaming_equals_the_whole_file(context, middle, shape):
    model = small(context, middle, Grid(window=128, hop=32, shape=shape))
    hop, samples = model.grid.hop, signal(Grid(hop=32), frames=100)
    whole = model.voice(samples).numpy()
    stream = stream_of(model)
    late = model.grid.support - hop + context.future * hop
    pushed = numpy.concatenate([samples.numpy(), numpy.zeros(late + hop)])
    heard = numpy.concatenate([stream.push(part) for part in pushed[: len(pushed) // hop * hop].reshape(-1, hop)])
    # With frames to come, the end of a file repeats its last frame where a stream hears silence.
    sure = len(samples) - context.future * hop - model.grid.window
    assert abs(heard[late : late + sure] - whole[:sure]).max() < 2e-6


def test_silence_in_silence_out():
    assert small().voice(torch.zeros(4000)).abs().max() == 0


def test_louder_in_louder_out_the_same_separation():
    model, samples = small(), 0.2 * torch.randn(8000)
    assert torch.allclose(4 * model.voice(samples), model.voice(4 * samples), atol=1e-5)


def test_context_is_oldest_first_and_repeats_the_ends():
    rows = in_context(torch.tensor([[1.0], [2.0], [3.0]]), Context(2, 1)).flatten(1)
    assert rows.tolist() == [[1, 1, 1, 2], [1, 1, 2, 3], [1, 2, 3, 3]]


def test_what_takes_many_frames_for_one_is_computed_in_parts_that_change_nothing():
    model = small(Context(3, 2))
    features = torch.rand(200, 65)
    with torch.no_grad():
        whole = model.network(in_context(features, model.input.context)[None])[0]
    assert torch.allclose(model.results(features), whole, atol=1e-6)


@pytest.mark.parametrize("reader", [Dense("next", 9), Recurrent("next", 9), GRU("next", 9, "before")])
def test_folding_changes_nothing(reader):
    network = seeded.seed(Network([Affine("standard"), reader, Dense("output", 6)], (12,)), 3)
    folded, inputs = network.folded(), torch.rand(2, 30, 12)
    assert [layer.kind for layer in folded.layers] == [reader.kind, "dense"]
    assert torch.allclose(network(inputs), folded(inputs), atol=1e-5)


def test_what_others_read_too_is_not_folded():
    layers = [Affine("standard"), Dense("one", 4), Concatenate("both", 0, source=["one", "standard"])]
    network = seeded.seed(Network(layers, (12,)), 3)
    assert [layer.kind for layer in network.folded().layers] == ["affine", "dense", "concatenate"]


def test_standardised_inputs_have_mean_0_and_deviation_1():
    network = Network([Dense("first", 7, "tanh"), Affine("standard"), Dense("output", 3)], (5,))
    generator = torch.Generator().manual_seed(1)
    network.initialise(generator)
    batches = [1 + torch.randn(count, 10, 5, generator=generator) for count in (40, 30)]
    network.standardise(batches)
    seen = torch.cat([network.until("output", batch).flatten(0, 1) for batch in batches])
    assert seen.mean(0).abs().max() < 1e-5 and (seen.std(0) - 1).abs().max() < 1e-3


@pytest.mark.parametrize(
    "layers, words",
    [
        ([Dense("a", 3), Dense("a", 4)], "layer a: name: another layer has it"),
        ([Dense("a", 3, source="b")], "layer a: from: found 'b', expected the name of an earlier layer"),
        ([Reshape("a", [3, 3])], r"layer a: shape: found \[3, 3\], expected one of 8 numbers"),
        ([Concatenate("a", 0, source=["input", "input"]), Reshape("b", [5, -1])], "layer b: shape"),
    ],
)
def test_layers_that_do_not_fit_are_refused_by_name(layers, words):
    with pytest.raises(Problem, match=words):
        Network(layers, (8,))


def test_context_model_uses_all_activations():
    entries = context_model().network.entries()
    assert {entry.get("activation") for entry in entries} == {None, "tanh", "relu", "sigmoid", "linear"}
