"""Small networks that between them use every kind of layer, and every key of it, that PyTorch can check."""

import torch

from .layers import (
    GRU, LSTM, Activation, Affine, Arithmetic, BatchNormalisation, Colour, ColourInverse, Concatenate, Constant,
    Convolution, Dense, Expand, Gather, History, Layer, LayerNormalisation, Pad, Permute, Product, Recurrent, Reduce,
    Reshape, Slice, Softmax, TransposedConvolution, Unroll, Vector,
)  # fmt: skip
from .network import Network
from .output import Output
from .precision import rounded as stored_smaller

OUTPUT = Output(kind="mask")


def _dense() -> list[Layer]:
    return [
        Reshape("rows", [3, 11]),
        Dense("leaky", 7, "leaky-relu", 0.1),
        Dense("bare", 6, "absolute", biased=False),
        Dense("relu", 9, "relu"),
    ]


def _vector() -> list[Layer]:
    return [
        Reshape("three", [3, 11]),
        Vector("sigmoid", 8, "sigmoid"),
        Vector("tanh", 9, "tanh"),
        Vector("first", 5, "linear", 0),
        Vector("second", 6, "linear", 1, source="tanh"),
        Vector("third", 7, "relu", 2, source="tanh"),
        Concatenate("components", 0, source=["first", "second", "third"]),
    ]


def _recurrent() -> list[Layer]:
    return [
        Recurrent("relu", 12, "relu"),
        Recurrent("tanh", 10, "tanh"),
        Recurrent("sigmoid", 8, "sigmoid"),
        Reshape("streams", [2, 4]),
        Recurrent("shared", 5, "tanh"),
    ]


def _gru(reset: str) -> list[Layer]:
    return [
        GRU("one", 12, reset, twice=False),
        GRU("two", 10, reset, twice=True),
        Reshape("streams", [2, 5]),
        GRU("shared", 6, reset, twice=True),
    ]


def _gru_scan() -> list[Layer]:
    return [
        Reshape("sequence", [11, 3]),
        GRU("forward", 4, "after", "forward"),
        GRU("backward", 4, "after", "backward", twice=False, source="sequence"),
        Concatenate("both", 1, source=["forward", "backward"]),
        Reshape("blocks", [2, 11, 4], source="both"),
        GRU("before", 3, "before", "backward"),
        Dense("start", 5, "tanh", source="input"),
        GRU("from-start", 5, "after", "forward", source=["sequence", "start"]),
        Reshape("flat", [-1]),
        Reshape("other", [-1], source="before"),
        Concatenate("all", 0, source=["flat", "other"]),
    ]


def _gru_start() -> list[Layer]:
    return [Dense("start", 6, "tanh"), GRU("single", 6, "after", source=["input", "start"])]


def _lstm(gates: str) -> list[Layer]:
    return [
        LSTM("one", 12, gates),
        LSTM("two", 10, gates),
        Reshape("streams", [2, 5]),
        LSTM("shared", 6, gates),
    ]


def _lstm_scan() -> list[Layer]:
    return [
        Dense("hidden", 5, "tanh"),
        Dense("cell", 5, "linear", source="input"),
        Reshape("sequence", [11, 3], source="input"),
        LSTM("forward", 5, "ifgo", "forward", source=["sequence", "hidden", "cell"]),
        LSTM("backward", 5, "iofg", "backward", source="forward"),
        LSTM("single", 5, "ifgo", source=["input", "hidden", "cell"]),
        Reshape("flat", [-1], source="backward"),
        Concatenate("all", 0, source=["flat", "single"]),
    ]


def _convolution() -> list[Layer]:
    return [
        Reshape("map", [1, 33]),
        History("past", 3, 1),
        Convolution("causal", 4, (3, 5), [1, 2], padding=[0, 0, 2, 2], activation="leaky-relu", slope=0.2),
        History("longer", 3, 1),
        Reshape("stacked", [4, 3, 17]),
        Convolution("groups", 6, (2, 3), [2, 1], [1, 2], [1, 0, 2, 1], 2, "relu"),
        Convolution("each", 6, (1, 3), padding=[0, 0, 1, 1], groups=6, biased=False, activation="tanh"),
        Convolution("single", 3, (1, 1)),
    ]


def _transposed() -> list[Layer]:
    return [
        Reshape("map", [3, 1, 11]),
        TransposedConvolution("wide", 4, (1, 5), [1, 2], padding=[0, 0, 2, 2], extra=[0, 1], activation="relu"),
        TransposedConvolution("high", 4, (2, 3), [2, 1], [1, 2], [0, 1, 1, 0], 2, extra=[0, 0], activation="tanh"),
        TransposedConvolution("far", 2, (3, 2), [2, 3], padding=[1, 1, 0, 0], extra=[1, 2], biased=False),
    ]


def _history() -> list[Layer]:
    return [
        History("zero", 4),
        History("repeat", 3, 1, "repeat", source="input"),
        Permute("rows", [1, 0]),
        Concatenate("both", 0, source=["zero", "rows"]),
        Dense("mixed", 3, "tanh"),
    ]


def _every() -> list[Layer]:
    """Layers that run every other frame and every fourth, and read each other both ways."""
    return [
        History("apart", 3, 1, spacing=2),
        History("begun", 2, 0, "repeat", spacing=3, source="input"),
        Reshape("pair", [2, 1, 33], source="begun"),
        Convolution("slow", 3, (1, 3), [1, 2], every=2),
        BatchNormalisation("slow.normal", every=2),
        Activation("slow.active", "relu", every=2),
        History("slow.past", 2, 1, spacing=2, every=4),
        Reshape("slow.rows", [6, 16], every=4),
        Dense("slower", 5, "tanh", every=4),
        Reshape("slower.numbers", [-1], every=4),
        Concatenate("both", 0, source=["input", "slower.numbers"], every=2),
        Dense("mixed", 6, "tanh"),
        History("block", 8, 0, source="input"),
        Dense("found", 7, "sigmoid", every=4),
        Unroll("turns", 0, 4, 2),
        Reshape("turn", [7]),
        Permute("apart.rows", [1, 0], source="apart"),
        Reshape("apart.numbers", [-1]),
        Concatenate("all", 0, source=["mixed", "turn", "apart.numbers", "slower.numbers"]),
    ]


def _at() -> list[Layer]:
    """Layers of one block that run in different frames, what is unrolled from it, and what shares memory with none of them."""
    return [
        History("block", 8, 0),
        Dense("first", 12, "tanh", every=4),
        Dense("second", 10, "sigmoid", every=4, at=1),
        Slice("part", 1, 0, 6, source="first", every=4, at=3),
        History("seconds", 2, 0, source="second", every=4, at=3),
        Reshape("pairs", [16, 10], every=4, at=3),
        Slice("newer", 0, 8, 16, every=4, at=3),
        Concatenate("both", 1, source=["second", "part", "newer"], every=4, at=3),
        Dense("third", 7, "tanh", every=4, at=2),
        Unroll("turns", 0, 4, 3, source="both"),
        Reshape("turn", [26]),
        Unroll("rarely", 0, 2, 1, source="second", every=2, at=1),
        Reshape("rare", [10], every=2, at=1),
        Unroll("old", 0, 4, 2, source="third"),
        Reshape("older", [7]),
        Concatenate("all", 0, source=["turn", "rare", "older"]),
    ]


def _half_convolution() -> list[Layer]:
    return [
        Reshape("map", [3, 1, 11]),
        Convolution("one", 6, (1, 3), padding=[0, 0, 1, 1], activation="relu"),
        TransposedConvolution("two", 4, (1, 3), [1, 2]),
    ]


def _normalisation() -> list[Layer]:
    return [
        Reshape("map", [3, 11]),
        BatchNormalisation("channels"),
        BatchNormalisation("columns", 1, 1e-3),
        LayerNormalisation("rows"),
        LayerNormalisation("frame", 2, 1e-4),
        LayerNormalisation("plain", 1, scaled=False),
        Affine("last"),
        Affine("first", 0, shifted=False),
    ]


def _activation() -> list[Layer]:
    positive = ("sqrt", "log1p", "reciprocal")
    free = ("exp", "expm1", "square", "negate", "softplus", "relu", "sigmoid", "tanh", "absolute", "linear", "elu", "prelu")
    layers: list[Layer] = [Dense("signed", 7, "linear"), Dense("above", 7, "sigmoid", source="input")]
    layers.append(Activation("floor", "clip", minimum=0.2, maximum=0.7))
    layers += [Activation(name, name, source="floor") for name in positive]
    layers += [Activation(name, name, source="signed") for name in free]
    layers += [
        Activation("leaky-relu", "leaky-relu", 0.3, source="signed"),
        Activation("half-elu", "elu", 0.5, source="signed"),
        Activation("log", "log", minimum=0.1, source="signed"),
        Activation("only-above", "clip", minimum=-0.1, source="signed"),
    ]
    names = [layer.name for layer in layers[2:]]
    return [*layers, Concatenate("all", 0, source=names)]


def _arithmetic() -> list[Layer]:
    layers: list[Layer] = [
        Dense("one", 12, "sigmoid"),
        Activation("raised", "exp"),
        Reshape("rows", [3, 4]),
        Dense("two", 4, "sigmoid", source="input"),
        Activation("above", "exp"),
        Constant("column", (3, 1)),
    ]
    for function in ("add", "subtract", "multiply", "divide", "power", "maximum", "minimum"):
        layers.append(Arithmetic(function, function, source=["rows", "above"]))
    layers.append(Arithmetic("shifted", "add", source=["column", "two"]))
    names = [layer.name for layer in layers[6:]]
    return [*layers, Concatenate("all", 0, source=names)]


def _reduce() -> list[Layer]:
    layers: list[Layer] = [Reshape("rows", [3, 11])]
    for function in ("sum", "mean", "maximum", "minimum", "l1", "l2"):
        layers.append(Reduce(function, function, [1], source="rows"))
    layers += [
        Reduce("all", "mean", [0, 1], False, source="rows"),
        Reshape("one", [1, 1]),
        Concatenate("columns", 0, source=["sum", "mean", "maximum", "minimum", "l1", "l2", "one"]),
    ]
    return layers


def _attention() -> list[Layer]:
    return [
        Reshape("rows", [11, 3]),
        Dense("query", 4),
        Dense("key", 4, source="rows"),
        Permute("columns", [1, 0]),
        Product("scores", source=["query", "columns"]),
        Softmax("weights"),
        Product("seen", source=["weights", "rows"]),
    ]


def _shapes() -> list[Layer]:
    return [
        Reshape("map", [3, 1, 11]),
        Permute("turned", [2, 0, 1]),
        Slice("part", 0, 1, 10, 2),
        Slice("reversed", 0, 10, -1, -1, source="turned"),
        Gather("some", 0, [4, 0, 0, 9], source="turned"),
        Pad("padded", 0, 1, 2, 0.5, source="part"),
        Concatenate("joined", 0, source=["padded", "reversed", "some"]),
        Expand("wide", [23, 3, 2]),
        Reshape("flat", [23, -1]),
        Dense("mixed", 2, "tanh"),
    ]


def _colour() -> list[Layer]:
    return [
        Dense("share", 20, "sigmoid"),
        Colour("colour"),
        Colour("wide", 0.2, source="share"),
        Concatenate("both", 0, source=["colour", "wide"]),
        Dense("mixed", 20, "sigmoid"),
        Reshape("three", [3, 2, 20]),
        ColourInverse("back"),
        Reshape("vectors", [3, 2, 20], source="mixed"),
        ColourInverse("wide-back", 0.2),
        Concatenate("numbers", 0, source=["back", "wide-back"]),
    ]


def _precision() -> list[Layer]:
    return [
        Dense("first", 12, "tanh"),
        Recurrent("second", 10, "tanh"),
        GRU("third", 12, "after"),
        LSTM("fourth", 12),
        Reshape("three", [3, 4]),
        Vector("fifth", 6, "tanh"),
    ]


NAMES = {
    "dense": _dense,
    "vector": _vector,
    "recurrent": _recurrent,
    "gru-after": lambda: _gru("after"),
    "gru-before": lambda: _gru("before"),
    "gru-scan": _gru_scan,
    "gru-start": _gru_start,
    "lstm-ifgo": lambda: _lstm("ifgo"),
    "lstm-iofg": lambda: _lstm("iofg"),
    "lstm-scan": _lstm_scan,
    "convolution": _convolution,
    "transposed-convolution": _transposed,
    "history": _history,
    "normalisation": _normalisation,
    "activation": _activation,
    "arithmetic": _arithmetic,
    "reduce": _reduce,
    "attention": _attention,
    "shapes": _shapes,
    "colour": _colour,
    "at": _at,
    "every": _every,
    "half": _precision,
    "half-convolution": _half_convolution,
    "integer": _precision,
}
SMALLER = {"half": "half", "half-convolution": "half", "integer": "integer"}


def network(name: str, bins: int) -> Network:
    """The network called `name`, from magnitudes [bins] to a mask, its weights not drawn yet."""
    layers = NAMES[name]()
    return Network([*layers, Reshape("all-numbers", [-1]), Dense("mask", bins, "sigmoid")], (bins,))


def rounded(name: str, network: Network) -> Network:
    """The network with its weights as the file of that name stores them."""
    if name not in SMALLER:
        return network
    return stored_smaller(network, {layer.name: SMALLER[name] for layer in network.layers})


def with_state(bins: int, number: int) -> tuple[list[dict], dict[str, torch.Tensor]]:
    """Entries and tensors of layers whose state goes round through other layers, or is read beside the result."""
    entries = [
        {"kind": "state", "name": "before", "shape": [6], "update": "cell"},
        {"kind": "gru", "name": "cell", "from": ["input", "before"], "reset": "after"},
        {"kind": "lstm", "name": "memory", "gates": "ifgo"},
        {"kind": "state", "name": "last", "shape": [1, 4], "update": "mixed"},
        {"kind": "reshape", "name": "flat", "shape": [4]},
        {"kind": "concatenate", "name": "seen", "from": ["flat", "memory.h", "memory.c"], "axis": 0},
        {"kind": "dense", "name": "row", "activation": "tanh"},
        {"kind": "reshape", "name": "mixed", "shape": [1, 4]},
        {"kind": "reshape", "name": "four", "shape": [4]},
        {"kind": "concatenate", "name": "all", "from": ["four", "cell", "memory.c"], "axis": 0},
        {"kind": "dense", "name": "mask", "activation": "sigmoid"},
    ]
    shapes = {
        "before.initial": (6,),
        "cell.weight": (18, bins), "cell.recurrent": (18, 6), "cell.bias": (18,), "cell.recurrent-bias": (18,),
        "memory.weight": (20, 6), "memory.recurrent": (20, 5), "memory.bias": (20,),
        "row.weight": (4, 14), "row.bias": (4,),
        "mask.weight": (bins, 15), "mask.bias": (bins,),
    }  # fmt: skip
    generator = torch.Generator().manual_seed(number)
    return entries, {name: 2 * torch.rand(shape, generator=generator) - 1 for name, shape in shapes.items()}
