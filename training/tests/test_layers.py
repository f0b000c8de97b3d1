"""Own layers: by hand, against PyTorch's modules, and their gradients against finite differences."""

import pytest
import torch
from torch import nn

from sotto_training import golden_layers, seeded
from sotto_training.layers import (
    GRU, LSTM, Activation, Affine, BatchNormalisation, Colour, ColourInverse, Concatenate, Convolution, Dense, History, Recurrent,
    Reshape, TransposedConvolution, Vector,
)  # fmt: skip
from sotto_training.network import Network
from sotto_training.problem import Problem

TWICE = torch.float64


def network(*layers, shape, seed=1):
    return seeded.seed(Network(list(layers), shape), seed).double()


def inputs(*shape, seed=2):
    return torch.rand(shape, dtype=TWICE, generator=torch.Generator().manual_seed(seed)) + 0.05


def test_what_runs_every_so_many_frames_has_to_meet_what_it_reads():
    with pytest.raises(Problem, match="every: found 2 frames after"):
        Network([Activation("three", "relu", every=3), Activation("two", "relu", every=2)], (4,))
    kept = Network([Activation("slow", "relu", every=3)], (1,))
    assert kept(torch.arange(1.0, 8.0).view(1, -1, 1)).flatten().tolist() == [1, 1, 1, 4, 4, 4, 7]


def test_the_vector_product_of_one_unit():
    one = network(Vector("v", 1), shape=(3, 1))
    one.layers[0].weight.data = torch.tensor([1.0, 2.0, 3.0], dtype=TWICE).view(3, 1, 1)
    one.layers[0].bias.data.zero_()
    assert one(torch.tensor([4.0, 5.0, 6.0], dtype=TWICE).view(1, 1, 3, 1)).flatten().tolist() == [-3.0, 6.0, -3.0]


@pytest.mark.parametrize("component", [0, 1, 2])
def test_a_component_is_that_of_the_whole_product(component):
    whole = network(Vector("v", 5, "sigmoid"), shape=(3, 4))
    part = network(Vector("v", 5, "sigmoid", component), shape=(3, 4))
    part.layers[0].load_state_dict(whole.layers[0].state_dict())
    values = inputs(1, 6, 3, 4)
    assert torch.allclose(whole(values)[:, :, component], part(values))


def test_a_colour_has_its_number():
    numbers = torch.linspace(0, 1, 1001, dtype=TWICE).view(1, 1, -1)
    there = Network([Colour("there")], (1001,))(numbers)
    assert there.shape == (1, 1, 3, 1001) and there.min() == 0 and there.max() == 1
    assert (Network([Colour("there"), ColourInverse("back")], (1001,))(numbers) - numbers).abs().max() < 1e-12
    red, green, blue = Network([Colour("there")], (1,))(torch.full((1, 1, 1), 0.0938 * 1.5, dtype=TWICE)).flatten()
    assert (float(red), float(green), float(blue)) == pytest.approx((1.0, 0.5, 0.0))


def test_elman_by_hand():
    one = network(Recurrent("r", 1, "relu"), shape=(1,))
    for name, value in (("weight", 2.0), ("recurrent", -0.5), ("bias", 1.0)):
        one.layers[0].get_parameter(name).data.fill_(value)
    values = torch.tensor([1.0, 0.0, -1.0], dtype=TWICE).view(1, 3, 1)
    assert one(values).flatten().tolist() == [3.0, 0.0, 0.0]  # 2+1; 1-1.5 < 0; -2+1 < 0


def test_a_gru_is_pytorchs_where_it_resets_after():
    ours, theirs = network(GRU("g", 6), shape=(4,)), nn.GRU(4, 6, batch_first=True).double()
    layer = ours.layers[0]
    theirs.weight_ih_l0, theirs.weight_hh_l0 = layer.weight, layer.recurrent
    theirs.bias_ih_l0, theirs.bias_hh_l0 = layer.bias, layer.recurrent_bias
    values = inputs(2, 9, 4)
    assert torch.allclose(ours(values), theirs(values)[0])


def test_a_gru_resets_before_the_matrix_by_hand():
    one = network(GRU("g", 1, "before", twice=False), shape=(1,))
    layer = one.layers[0]
    layer.weight.data = torch.tensor([[1.0], [2.0], [3.0]], dtype=TWICE)
    layer.recurrent.data = torch.tensor([[0.5], [-0.5], [0.25]], dtype=TWICE)
    layer.bias.data = torch.tensor([0.1, 0.2, 0.3], dtype=TWICE)
    state, expected = torch.zeros((), dtype=TWICE), []
    for x in (0.5, -1.0, 0.25):
        reset, update = torch.sigmoid(x + 0.5 * state + 0.1), torch.sigmoid(2 * x - 0.5 * state + 0.2)
        state = update * state + (1 - update) * torch.tanh(3 * x + 0.25 * (reset * state) + 0.3)
        expected.append(float(state))
    found = one(torch.tensor([0.5, -1.0, 0.25], dtype=TWICE).view(1, 3, 1))
    assert found.flatten().tolist() == pytest.approx(expected)


@pytest.mark.parametrize("gates", ["ifgo", "iofg", "gofi"])
def test_an_lstm_is_pytorchs_whatever_the_order_of_its_rows(gates):
    ours, theirs = network(LSTM("l", 5, gates), shape=(4,)), nn.LSTM(4, 5, batch_first=True).double()
    layer = ours.layers[0]

    def ordered(tensor):
        return nn.Parameter(torch.cat([tensor.chunk(4)[gates.index(gate)] for gate in "ifgo"]))

    theirs.weight_ih_l0, theirs.weight_hh_l0 = ordered(layer.weight), ordered(layer.recurrent)
    theirs.bias_ih_l0, theirs.bias_hh_l0 = ordered(layer.bias), nn.Parameter(torch.zeros(20, dtype=TWICE))
    values = inputs(2, 9, 4)
    assert torch.allclose(ours(values), theirs(values)[0])


def test_history_and_a_kernel_of_frames_are_a_causal_convolution_along_time():
    ours = network(History("past", 3, 1), Convolution("c", 4, (3, 5), padding=[0, 0, 2, 2]), shape=(2, 9))
    values, layer = inputs(1, 12, 2, 9), ours.layers[1]
    padded = nn.functional.pad(values[0].movedim(0, 1), (2, 2, 2, 0))[None]  # [1, channels, frames, bins]
    expected = nn.functional.conv2d(padded, layer.weight, layer.bias)[0].movedim(1, 0)
    assert torch.allclose(ours(values)[0, :, :, 0], expected)


def copied(values, frames, start="zero"):
    """The last `frames` frames of every frame [batch, frames, channels, 1, width], copied together as its rows."""
    first = values[:, :1] if start == "repeat" else torch.zeros_like(values[:, :1])
    known = torch.cat([first] * (frames - 1) + [values], 1)
    return torch.stack([torch.cat(known[:, at : at + frames].unbind(1), 2) for at in range(values.shape[1])], 1)


def of_each(maps, layer):
    """The convolution `layer` of every frame [batch, frames, channels, height, width] alone."""
    flat = nn.functional.pad(maps.flatten(0, 1), layer.padding[2:])
    found = nn.functional.conv2d(flat, layer.weight, layer.bias, layer.stride, 0, layer.dilation, layer.groups)
    return found.unflatten(0, maps.shape[:2])


def alike(ours, theirs, values, layer):
    """Two ways to the same: the values, and the gradients of values and weights."""
    pull = torch.randn(theirs.shape, dtype=TWICE, generator=torch.Generator().manual_seed(3))
    wanted = [values, *layer.parameters()]
    gradients = [torch.autograd.grad((one * pull).sum(), wanted) for one in (ours, theirs)]
    assert ours.shape == theirs.shape and torch.allclose(ours, theirs)
    assert all(torch.allclose(one, other) and other.abs().max() > 1e-3 for one, other in zip(*gradients))


@pytest.mark.parametrize("frames, how", [
    (2, {"kernel": (2, 3), "padding": [0, 0, 1, 1]}),
    (3, {"kernel": (3, 5), "stride": [1, 2], "padding": [0, 0, 2, 2]}),
    (3, {"kernel": (2, 3), "stride": [1, 2], "dilation": [2, 3], "padding": [0, 0, 0, 2]}),
    (5, {"kernel": (3, 2), "stride": [2, 3], "dilation": [2, 1], "groups": 2, "biased": False}),
])  # fmt: skip
def test_a_convolution_reads_the_frames_where_they_are(frames, how):
    """As if every frame's history were copied together, in value and gradient."""
    layer = Convolution("c", 6, **how)
    whole = network(History("past", frames, 2), Reshape("rows", [4, frames, 9]), layer, shape=(4, 1, 9))
    assert whole.along, "the plain path is compared with itself"
    values = inputs(2, 7, 4, 1, 9).requires_grad_()
    alike(whole(values), of_each(copied(values, frames), layer), values, layer)


def test_what_a_first_frame_repeats_is_copied():
    layer = Convolution("c", 3, (2, 3))
    whole = network(History("past", 2, 2, "repeat"), Reshape("rows", [4, 2, 9]), layer, shape=(4, 1, 9))
    values = inputs(2, 5, 4, 1, 9).requires_grad_()
    alike(whole(values), of_each(copied(values, 2, "repeat"), layer), values, layer)


@pytest.mark.parametrize("read", ["past", "rows"])
def test_what_another_layer_reads_is_copied(read):
    one, other = Convolution("one", 3, (2, 3)), Convolution("other", 2, (2, 3))
    rows = [Reshape("rows", [4, 2, 9]), one, Reshape("again", [4, 2, 9], source=read), other]
    both = Concatenate("both", 0, source=["one", "other"])
    whole = network(History("past", 2, 2), *rows, both, shape=(4, 1, 9))
    values = inputs(2, 5, 4, 1, 9)
    pairs = copied(values, 2)
    assert torch.allclose(whole(values), torch.cat([of_each(pairs, one), of_each(pairs, other)], 2))


@pytest.mark.parametrize("shape, rows", [
    ((4, 2, 9), [8, 2, 9]), ((4, 1, 9), [2, 2, 18]), ((4, 9), [9, 2, 4]), ((3, 2, 2, 9), [3, 2, 36]),
])  # fmt: skip
def test_rows_that_are_no_frames_are_copied(shape, rows):
    """A history whose numbers stand otherwise than a row a frame: nothing may be read where it is."""
    layer = Convolution("c", 3, (2, 3))
    whole = network(History("past", 2, 2), Reshape("rows", rows), layer, shape=shape)
    values = inputs(2, 5, *shape)
    before = torch.cat([torch.zeros_like(values[:, :1]), values[:, :-1]], 1)
    pairs = torch.stack([before, values], 4).reshape(2, 5, *rows)
    assert torch.allclose(whole(values), of_each(pairs, layer))


@pytest.mark.parametrize("how", [
    {"kernel": (1, 5), "stride": [1, 2], "padding": [0, 0, 2, 2]},
    {"kernel": (1, 3), "stride": [2, 1], "dilation": [1, 2], "groups": 2, "biased": False},
    {"kernel": (1, 1)},
])  # fmt: skip
def test_a_convolution_of_one_row_is_that_of_each_frame(how):
    layer = Convolution("c", 6, **how)
    whole = network(layer, shape=(4, 1, 9))
    values = inputs(2, 7, 4, 1, 9).requires_grad_()
    alike(whole(values), of_each(values, layer), values, layer)


@pytest.mark.parametrize("how", [
    {"stride": (1, 2), "padding": (0, 1)},
    {"stride": (1, 3), "padding": (0, 2), "output_padding": (0, 1), "groups": 2},
    {"dilation": (1, 2), "bias": False},
])  # fmt: skip
def test_a_transposed_convolution_of_one_row_is_that_of_each_frame(how):
    theirs = nn.ConvTranspose2d(4, 6, (1, 4), **how).double()
    (_, side), extra = how.get("padding", (0, 0)), how.get("output_padding", (0, 0))
    ours = network(
        TransposedConvolution(
            "t", 6, (1, 4), list(theirs.stride), list(theirs.dilation), [0, 0, side, side], theirs.groups,
            extra=list(extra), biased=how.get("bias", True),
        ), shape=(4, 1, 9),
    )  # fmt: skip
    layer = ours.layers[0]
    theirs.weight, theirs.bias = layer.weight, layer.bias
    values = inputs(2, 7, 4, 1, 9).requires_grad_()
    expected = torch.stack([theirs(values[:, at]) for at in range(7)], 1)
    alike(ours(values), expected, values, layer)


def test_a_transposed_convolution_is_pytorchs():
    theirs = nn.ConvTranspose2d(4, 6, (5, 3), (2, 1), (2, 1), (1, 0), groups=2, dilation=(1, 2)).double()
    ours = network(
        TransposedConvolution("t", 6, (5, 3), [2, 1], [1, 2], [2, 2, 1, 1], 2, extra=[1, 0]), shape=(4, 7, 8)
    )
    theirs.weight, theirs.bias = ours.layers[0].weight, ours.layers[0].bias
    values = inputs(1, 3, 4, 7, 8)
    assert torch.allclose(ours(values)[0], theirs(values[0]))


def test_batch_normalisation_follows_the_figures_of_its_batches():
    ours, theirs = Network([BatchNormalisation("b")], (3, 1, 4)), nn.BatchNorm2d(3)
    ours.initialise(torch.Generator())
    for seed in range(5):
        values = inputs(2, 6, 3, 1, 4, seed=seed).float()
        assert torch.allclose(ours.train()(values).flatten(0, 1), theirs.train()(values.flatten(0, 1)), atol=1e-5)
    assert torch.allclose(ours.eval()(values).flatten(0, 1), theirs.eval()(values.flatten(0, 1)), atol=1e-5)


def test_affine_layers_are_not_trained():
    assert Network([Affine("a"), Dense("d", 2)], (3,)).parameter_count() == 8


@pytest.mark.parametrize("name", [name for name in golden_layers.NAMES if name not in golden_layers.SMALLER])
def test_every_gradient_against_differences(name):
    """Of every kind of layer, for its inputs and for all its weights."""
    whole = seeded.seed(golden_layers.network(name, 33), 3).double()
    weights = list(whole.parameters())
    direction = [torch.randn(one.shape, dtype=TWICE, generator=torch.Generator().manual_seed(7)) for one in weights]
    values, step = inputs(1, 3, 33) * 0.5, 1e-6
    pull = torch.randn(1, 3, 33, dtype=TWICE, generator=torch.Generator().manual_seed(8))

    def value(shift):
        with torch.no_grad():
            for one, along in zip(weights, direction):
                one.add_(shift * along)
            found = (whole(values + shift * 0.3) * pull).sum()
            for one, along in zip(weights, direction):
                one.sub_(shift * along)
        return float(found)

    given = values.clone().requires_grad_()
    (whole(given) * pull).sum().backward()
    slope = sum(float((one.grad * along).sum()) for one, along in zip(weights, direction)) + 0.3 * float(given.grad.sum())
    differences = (value(step) - value(-step)) / (2 * step)
    assert slope == pytest.approx(differences, rel=1e-5, abs=1e-8) and abs(slope) > 1e-6


@pytest.mark.parametrize(
    "layers, shape",
    [
        ([Vector("v", 3, "sigmoid")], (3, 4)),
        ([Vector("v", 3, "tanh", 1)], (3, 4)),
        ([Recurrent("r", 3, "tanh")], (4,)),
        ([Recurrent("r", 3, "sigmoid")], (4,)),
        ([GRU("g", 3, "before")], (4,)),
        ([GRU("g", 3, "after")], (4,)),
        ([LSTM("l", 3, "iofg")], (4,)),
        ([Colour("c"), ColourInverse("i", 0.2)], (4,)),
        ([History("h", 3, 1)], (4,)),
    ],
    ids=lambda value: "-".join(layer.kind for layer in value) if isinstance(value, list) else None,
)
def test_gradients_of_own_layers_number_by_number(layers, shape):
    whole = network(*layers, shape=shape)
    values = inputs(1, 3, *shape).requires_grad_()
    assert torch.autograd.gradcheck(lambda x, *_: whole(x), (values, *whole.parameters()), eps=1e-6, atol=1e-6)
