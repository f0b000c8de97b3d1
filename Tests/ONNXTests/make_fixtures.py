#!/usr/bin/env python3
"""Writes small ONNX models and what ONNX Runtime computes with them, frame by frame.

Each NAME.onnx goes with NAME.values: frames, numbers of a frame and of a result as 32-bit integers, then the frames, then
the results, as 32-bit floats. Needs numpy, onnx and onnxruntime.

    make_fixtures.py Fixtures
"""

import struct
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FRAMES = 6
BINS = 9


class Graph:
    """Nodes that are added one after the other; the frame is the tensor `frame`, of shape [1, 4, 9] unless given."""

    def __init__(self, opset=13, shape=(1, 4, BINS)):
        self.opset, self.shape = opset, list(shape)
        self.nodes, self.constants, self.states, self.count = [], [], [], 0
        self.random = np.random.default_rng(17)

    def constant(self, values, type=np.float32):
        self.count += 1
        name = f"constant{self.count}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype=type), name))
        return name

    def integers(self, *values):
        return self.constant(values, np.int64)

    def weights(self, *shape, scale=0.5):
        return self.constant(self.random.normal(0, scale, shape))

    def add(self, kind, *inputs, outputs=1, **attributes):
        self.count += 1
        names = [f"{kind.lower()}{self.count}" + (f"_{i}" if outputs > 1 else "") for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=f"{kind}_{self.count}", **attributes))
        return names[0] if outputs == 1 else names

    def reshape(self, value, *shape):
        return self.add("Reshape", value, self.integers(*shape))

    def state(self, name, *shape):
        """A tensor that holds in the next frame what `hold` is given in this one."""
        self.states.append([name, list(shape), None])
        return name

    def hold(self, name, value):
        self.nodes.append(helper.make_node("Identity", [value], [name + "_out"]))
        next(state for state in self.states if state[0] == name)[2] = name + "_out"

    def result(self, value):
        """Any tensor, brought to nine numbers by weights that tell every one of its numbers from the others."""
        size = self.size(value)
        flat = self.reshape(value, 1, size)
        return self.add("Identity", self.add("MatMul", flat, self.weights(size, BINS, scale=0.3)))

    def size(self, value):
        """How many numbers a tensor has, as ONNX Runtime finds when it runs."""
        return run(self.model(value), np.ones((1, int(np.prod(self.shape))), np.float32)).shape[1]

    def model(self, result, shape=None):
        def info(name, shape):
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

        graph = helper.make_graph(
            self.nodes,
            "graph",
            [info("frame", self.shape)] + [info(name, shape) for name, shape, _ in self.states],
            [info(result, shape)] + [info(out, shape) for _, shape, out in self.states if out],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=10)
        if shape:
            onnx.checker.check_model(model)
        return model


def run(model, frames):
    """What ONNX Runtime makes of the frames, one after the other, the states handed on."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    first, *states = session.get_inputs()
    values = {s.name: np.zeros(s.shape, np.float32) for s in states}
    results = []
    for frame in frames:
        result, *rest = session.run(None, {first.name: frame.reshape(first.shape), **values})
        values = dict(zip(values, rest))
        results.append(result.reshape(-1))
    return np.array(results)


CASES = {}


def case(function):
    CASES[function.__name__.replace("_", "-")] = function
    return function


def frame_2d(g):
    """The frame as two channels of 3 x 6."""
    return g.reshape("frame", 1, 2, 3, 6)


# Convolutions


@case
def conv_2d():
    g = Graph()
    x = frame_2d(g)
    x = g.add("Conv", x, g.weights(4, 2, 3, 2), g.weights(4), pads=[1, 0, 1, 1], strides=[2, 1])
    x = g.add("Relu", x)
    x = g.add("Conv", x, g.weights(4, 2, 2, 3), group=2, dilations=[1, 2], pads=[0, 2, 0, 2])
    return g, x


@case
def conv_1d():
    g = Graph()
    x = g.add("Conv", "frame", g.weights(6, 4, 3), g.weights(6), pads=[1, 1], strides=[2])
    x = g.add("Conv", x, g.weights(3, 2, 2), group=3, dilations=[2])
    return g, g.add("Tanh", x)


@case
def conv_column():
    """Rows of a single column, as the frequency axis of TDC-17 lies."""
    g = Graph()
    x = g.reshape("frame", 1, 4, 9, 1)
    x = g.add("Conv", x, g.weights(5, 4, 2, 1), g.weights(5), pads=[1, 0, 1, 0])
    x = g.add("BatchNormalization", x, g.weights(5), g.weights(5), g.weights(5), g.constant([1, 2, 0.5, 0.3, 4]))
    return g, g.add("LeakyRelu", x, alpha=0.2)


@case
def conv_same():
    g = Graph()
    x = g.add("Conv", frame_2d(g), g.weights(3, 2, 3, 4), auto_pad="SAME_UPPER", strides=[2, 2])
    y = g.add("Conv", frame_2d(g), g.weights(3, 2, 2, 4), auto_pad="SAME_LOWER")
    z = g.add("Conv", frame_2d(g), g.weights(3, 2, 2, 2), auto_pad="VALID")
    flat = [g.reshape(v, 1, -1) for v in (x, y, z)]
    return g, g.add("Concat", *flat, axis=-1)


@case
def conv_transpose():
    g = Graph()
    x = g.add(
        "ConvTranspose", frame_2d(g), g.weights(2, 3, 3, 3), g.weights(3), strides=[2, 2], pads=[1, 0, 1, 1],
        output_padding=[1, 0],
    )
    x = g.add("Relu", x)
    return g, g.add("ConvTranspose", x, g.weights(3, 2, 2, 2), group=3, dilations=[1, 2])


@case
def conv_transpose_1d():
    g = Graph()
    x = g.add("ConvTranspose", "frame", g.weights(4, 3, 4), strides=[2], pads=[1, 1])
    y = g.add("ConvTranspose", "frame", g.weights(4, 3, 2), strides=[2], output_shape=[17])
    return g, g.add("Concat", x, y, axis=2)


# Matrices


@case
def gemm():
    g = Graph()
    x = g.reshape("frame", 4, 9)
    a = g.add("Gemm", x, g.weights(9, 5), g.weights(5), alpha=0.5, beta=2.0)
    b = g.add("Gemm", x, g.weights(5, 9), g.weights(1, 5), transB=1)
    c = g.add("Gemm", x, g.weights(4, 3), transA=1)
    d = g.add("Gemm", x, g.weights(5, 9), a, transB=1)
    return g, g.add("Concat", *[g.reshape(v, 1, -1) for v in (a, b, c, d)], axis=1)


@case
def matmul():
    g = Graph()
    x = g.add("Add", g.add("MatMul", "frame", g.weights(9, 5)), g.weights(5))
    x = g.add("Sigmoid", x)
    y = g.add("MatMul", x, g.add("Transpose", x, perm=[0, 2, 1]))
    z = g.add("MatMul", g.weights(3, 4), x)
    w = g.add("MatMul", g.reshape("frame", 1, 2, 2, 9), g.weights(1, 2, 9, 2))
    v = g.add("MatMul", g.weights(2, 36), g.reshape("frame", 36, 1))
    return g, g.add("Concat", *[g.reshape(v, 1, -1) for v in (x, y, z, w, v)], axis=1)


@case
def dense_over_frequency():
    """A dense layer on the last axis of channels by frames by frequency, between transpositions that cancel out."""
    g = Graph()
    x = g.add("Transpose", frame_2d(g), perm=[0, 2, 3, 1])
    x = g.add("Transpose", x, perm=[0, 3, 1, 2])
    x = g.add("MatMul", x, g.weights(6, 6))
    x = g.add("Add", g.weights(6), x)
    return g, g.add("Transpose", g.add("Relu", x), perm=[0, 2, 1, 3])


# Recurrent layers


def recurrent(g, kind, gates, x, width, n, directions, h=None, c=None, outputs=2, **attributes):
    w = g.weights(directions, gates * n, width)
    r = g.weights(directions, gates * n, n)
    b = g.weights(directions, 2 * gates * n)
    inputs = [x, w, r, b] + ([""] + [v for v in (h, c) if v] if h else [])
    return g.add(kind, *inputs, hidden_size=n, outputs=outputs, **attributes)


@case
def lstm_step():
    g = Graph()
    h, c = g.state("h_in", 1, 1, 5), g.state("c_in", 1, 1, 5)
    y, hn, cn = recurrent(g, "LSTM", 4, g.reshape("frame", 1, 1, 36), 36, 5, 1, h, c, outputs=3)
    g.hold("h_in", hn), g.hold("c_in", cn)
    return g, y


@case
def lstm_streams():
    """Four rows of the frame as streams of their own, and both directions, which of a single step are the same."""
    g = Graph()
    h, c = g.state("h_in", 2, 4, 3), g.state("c_in", 2, 4, 3)
    y, hn, cn = recurrent(g, "LSTM", 4, "frame", 9, 3, 2, h, c, outputs=3, direction="bidirectional")
    g.hold("h_in", hn), g.hold("c_in", cn)
    return g, g.add("Squeeze", y, g.integers(0))


@case
def lstm_in_frame():
    g = Graph()
    x = g.add("Transpose", "frame", perm=[1, 0, 2])
    y, h, c = recurrent(g, "LSTM", 4, x, 9, 3, 2, outputs=3, direction="bidirectional")
    z = g.add("Transpose", y, perm=[0, 2, 1, 3])
    z = g.reshape(z, 4, 1, 6)
    return g, g.add("Concat", *[g.reshape(v, 1, -1) for v in (z, h, c)], axis=1)


@case
def lstm_in_frame_streams():
    """Steps along one axis of the frame, streams along another."""
    g = Graph()
    x = g.add("Transpose", g.reshape("frame", 4, 3, 3), perm=[1, 0, 2])
    y, h, c = recurrent(g, "LSTM", 4, x, 3, 2, 2, outputs=3, direction="bidirectional")
    z = g.reshape(g.add("Transpose", y, perm=[0, 2, 1, 3]), 3, 4, 4)
    z = g.add("Transpose", z, perm=[1, 0, 2])
    return g, g.add("Concat", *[g.reshape(v, 1, -1) for v in (z, h, c)], axis=1)


@case
def gru_after():
    g = Graph()
    h = g.state("h_in", 1, 1, 5)
    y, hn = recurrent(g, "GRU", 3, g.reshape("frame", 1, 1, 36), 36, 5, 1, h, linear_before_reset=1)
    g.hold("h_in", hn)
    return g, y


@case
def gru_before():
    g = Graph()
    h = g.state("h_in", 1, 4, 5)
    y, hn = recurrent(g, "GRU", 3, "frame", 9, 5, 1, h)
    g.hold("h_in", hn)
    return g, y


@case
def gru_reverse():
    g = Graph()
    x = g.add("Transpose", "frame", perm=[1, 0, 2])
    y, h = recurrent(g, "GRU", 3, x, 9, 3, 1, direction="reverse", linear_before_reset=1)
    z, _ = recurrent(g, "GRU", 3, x, 9, 3, 2, direction="bidirectional")
    return g, g.add("Concat", *[g.reshape(v, 1, -1) for v in (y, h, z)], axis=1)


@case
def gru_packed_state():
    """Two layers whose states travel in one tensor, cut up and put together as DTLN does it."""
    g = Graph()
    s = g.state("state", 1, 2, 5, 1)
    parts = []
    x, width = g.reshape("frame", 1, 1, 36), 36
    for i in range(2):
        cut = g.add("Slice", s, g.integers(0, i), g.integers(2**63 - 1, i + 1), g.integers(0, 1), g.integers(1, 1))
        h = g.add("Unsqueeze", g.add("Squeeze", cut, g.integers(1, 3)), g.integers(0))
        y, hn = recurrent(g, "GRU", 3, x, width, 5, 1, h, linear_before_reset=1)
        x, width = g.add("Squeeze", y, g.integers(1)), 5
        parts.append(g.add("Unsqueeze", g.add("Squeeze", hn, g.integers(0)), g.integers(1)))
    g.hold("state", g.add("Unsqueeze", g.add("Concat", *parts, axis=1), g.integers(-1)))
    return g, x


@case
def rnn():
    g = Graph()
    h = g.state("h_in", 1, 4, 5)
    y, hn = recurrent(g, "RNN", 1, "frame", 9, 5, 1, h, activations=["Relu"])
    g.hold("h_in", hn)
    return g, y


# Normalisation


@case
def layer_norm():
    g = Graph(opset=17)
    x = g.add("LayerNormalization", "frame", g.weights(9), g.weights(9), epsilon=1e-3)
    y = g.add("LayerNormalization", "frame", g.weights(4, 9), axis=1)
    return g, g.add("Concat", x, y, axis=0)


@case
def layer_norm_decomposed():
    g = Graph(opset=11)
    d = g.add("Sub", "frame", g.add("ReduceMean", "frame", axes=[-1]))
    v = g.add("ReduceMean", g.add("Pow", d, g.constant(2)), axes=[-1])
    x = g.add("Div", d, g.add("Sqrt", g.add("Add", v, g.constant(1e-5))))
    return g, g.add("Add", g.add("Mul", x, g.weights(9)), g.weights(9))


@case
def instance_norm():
    g = Graph()
    x = g.add("InstanceNormalization", frame_2d(g), g.weights(2), g.weights(2))
    return g, x


@case
def group_norm():
    g = Graph(opset=21)
    x = g.add("GroupNormalization", "frame", g.weights(4), g.weights(4), num_groups=2)
    return g, g.add("Add", x, "frame")


@case
def batch_norm():
    g = Graph(opset=9)
    x = g.add("BatchNormalization", "frame", g.weights(4), g.weights(4), g.weights(4), g.constant([1, 2, 0.1, 0.5]))
    return g, x


@case
def softmax():
    g = Graph()
    a = g.add("Softmax", "frame")
    b = g.add("Softmax", "frame", axis=1)
    c = g.add("LogSoftmax", frame_2d(g), axis=2)
    return g, g.add("Concat", *[g.reshape(v, 1, -1) for v in (a, b, c)], axis=1)


@case
def softmax_9():
    """Before operator set 13 all axes from the given one on were one."""
    g = Graph(opset=11)
    return g, g.add("Softmax", "frame", axis=1)


# Number by number


@case
def activations():
    g = Graph(opset=14)
    positive = g.add("Add", g.add("Abs", "frame"), g.constant(0.1))
    values = [g.add(kind, "frame") for kind in (
        "Relu", "Sigmoid", "Tanh", "Abs", "Exp", "Neg", "Softplus", "Softsign", "Elu", "HardSigmoid", "HardSwish",
        "LeakyRelu", "Identity",
    )]
    values += [g.add(kind, positive) for kind in ("Log", "Sqrt", "Reciprocal")]
    values += [
        g.add("HardSigmoid", "frame", alpha=0.3, beta=0.4), g.add("Clip", "frame", g.constant(-0.5), g.constant(0.7)),
        g.add("Clip", "frame", "", g.constant(0.2)), g.add("Clip", "frame", g.constant(0)),
        g.add("PRelu", "frame", g.weights(4, 1)), g.add("PRelu", "frame", g.weights(9)), g.add("PRelu", "frame", g.weights(1, 1)),
        g.add("Cast", "frame", to=TensorProto.FLOAT),
    ]
    return g, g.add("Concat", *values, axis=1)


@case
def arithmetic():
    g = Graph()
    row, column = g.add("ReduceMean", "frame", axes=[1]), g.add("ReduceMean", "frame", axes=[2])
    positive = g.add("Add", g.add("Abs", "frame"), g.constant(0.5))
    values = [
        g.add("Add", "frame", row), g.add("Sub", column, "frame"), g.add("Mul", row, column),
        g.add("Div", "frame", positive), g.add("Max", "frame", row, column), g.add("Min", "frame", g.constant(0.3)),
        g.add("Sum", "frame", row, column), g.add("Mean", "frame", row), g.add("Mul", "frame", "frame"),
        g.add("Pow", positive, g.constant(1.5)), g.add("Pow", "frame", g.constant(2)), g.add("Pow", positive, g.constant(0.5)),
        g.add("Sub", g.constant(1), "frame"), g.add("Div", g.constant(1), positive), g.add("Add", "frame", g.weights(4, 1)),
        g.add("Mul", g.weights(1, 4, 9), "frame"), g.add("Mul", "frame", g.constant(-1)), g.add("Add", g.constant(0), "frame"),
    ]
    return g, g.add("Concat", *values, axis=1)


@case
def broadcast_channels():
    """A number a channel against planes, as attention layers have it."""
    g = Graph()
    x = g.add("Conv", frame_2d(g), g.weights(5, 2, 3, 3), pads=[0, 1, 0, 1])
    energy = g.add("ReduceMean", g.add("Mul", x, x), axes=[-1], keepdims=0)
    weight = g.add("Sigmoid", g.add("MatMul", g.add("Transpose", energy, perm=[0, 2, 1]), g.weights(5, 5)))
    weight = g.add("Unsqueeze", g.add("Transpose", weight, perm=[0, 2, 1]), g.integers(3))
    return g, g.add("Mul", x, weight)


@case
def where():
    g = Graph()
    condition = g.constant(np.arange(36).reshape(4, 9) % 3 == 0, bool)
    return g, g.add("Where", condition, "frame", g.add("Mul", "frame", g.constant(-2)))


@case
def reductions():
    g = Graph()
    x = frame_2d(g)
    values = [
        g.add(kind, x, axes=axes, keepdims=keep)
        for kind in ("ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare")
        for axes, keep in (([1], 0), ([-1], 1), ([1, 3], 0))
    ]
    values += [
        g.add("ReduceSum", x, g.integers(2), keepdims=0), g.add("ReduceMean", x), g.add("GlobalAveragePool", x),
        g.add("ReduceL2", x, axes=[0]),
    ]
    return g, g.add("Concat", *[g.reshape(v, 1, -1) for v in values], axis=1)


# Moving numbers


@case
def moves():
    g = Graph()
    x = frame_2d(g)
    values = [
        g.add("Transpose", x, perm=[0, 3, 1, 2]), g.add("Transpose", x), g.add("Flatten", x, axis=2),
        g.add("Slice", x, g.integers(1), g.integers(5), g.integers(3)),
        g.add("Slice", x, g.integers(-1, 0), g.integers(-100, 2), g.integers(3, 2), g.integers(-2, 1)),
        g.add("Gather", x, g.constant([[2, 0], [1, -1]], np.int64), axis=2), g.add("Gather", x, g.constant(1, np.int64), axis=1),
        g.add("Expand", g.add("ReduceMean", x, axes=[2]), g.integers(1, 2, 3, 6)), g.add("Tile", x, g.integers(1, 2, 1, 2)),
        g.add("Pad", x, g.integers(0, 1, 0, 2, 0, 0, 1, -1), g.constant(0.3)),
        g.add("Pad", x, g.integers(0, 0, 2, 1, 0, 0, 1, 3), mode="reflect"),
        g.add("Pad", x, g.integers(0, 0, 2, 1, 0, 0, 1, 3), mode="edge"),
        *g.add("Split", x, g.integers(1, 2, 3), axis=3, outputs=3), *g.add("Split", x, axis=1, outputs=2),
        g.add("Concat", x, g.add("Mul", x, x), axis=1), g.add("Concat", x, g.weights(1, 2, 1, 6), axis=2),
    ]
    return g, g.add("Concat", *[g.reshape(v, 1, -1) for v in values], axis=1)


@case
def transposed_chains():
    """Transpositions and reshapings that come to less than they look like."""
    g = Graph()
    x = g.reshape("frame", 1, 2, 3, 6)
    a = g.add("Transpose", x, perm=[0, 2, 1, 3])
    a = g.reshape(a, 3, 12)
    a = g.add("Transpose", a, perm=[1, 0])
    b = g.reshape(a, 2, 6, 3)
    b = g.add("Transpose", b, perm=[0, 2, 1])
    c = g.add("Transpose", g.reshape(g.add("Transpose", x, perm=[3, 0, 1, 2]), 6, 6), perm=[1, 0])
    d = g.reshape(g.add("Transpose", g.reshape(c, 3, 2, 6), perm=[2, 0, 1]), 4, 9)
    return g, g.add("Concat", *[g.reshape(v, 1, -1) for v in (a, b, c, d)], axis=1)


@case
def resize():
    g = Graph()
    x = frame_2d(g)
    values = [
        g.add("Resize", x, "", g.constant([1, 1, 2, 2]), mode="nearest"),
        g.add("Resize", x, "", "", g.integers(1, 2, 5, 9), mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
        g.add("Resize", x, "", "", g.integers(1, 2, 2, 4), mode="nearest", nearest_mode="ceil"),
    ]
    return g, g.add("Concat", *[g.reshape(v, 1, -1) for v in values], axis=1)


@case
def shapes_ahead():
    """What exporters compute at run time although it is known ahead."""
    g = Graph()
    x = frame_2d(g)
    s = g.add("Shape", x)
    rows = g.add("Gather", s, g.constant(2, np.int64))
    columns = g.add("Gather", s, g.constant(3, np.int64))
    target = g.add("Concat", g.integers(-1), g.add("Unsqueeze", columns, g.integers(0)), axis=0)
    y = g.add("Reshape", x, target)
    places = g.add("Range", g.constant(0, np.int64), columns, g.constant(2, np.int64))
    z = g.add("Gather", y, places, axis=1)
    mask = g.add("Cast", g.add("Less", g.add("Range", g.constant(0, np.int64), rows, g.constant(1, np.int64)), g.constant(2, np.int64)), to=TensorProto.FLOAT)
    w = g.add("Mul", x, g.add("Unsqueeze", mask, g.integers(1)))
    zeros = g.add("ConstantOfShape", s, value=helper.make_tensor("v", TensorProto.FLOAT, [1], [0.5]))
    k = g.add("Constant", value_float=3.0)
    v = g.add("Add", g.add("Mul", zeros, k), x)
    turned = g.add("Transpose", g.weights(4, 6), perm=[1, 0])
    u = g.add("MatMul", x, turned)
    return g, g.add("Concat", *[g.reshape(v, 1, -1) for v in (y, z, w, v, u)], axis=1)


@case
def scatter():
    g = Graph()
    x = g.reshape("frame", 4, 9)
    update = g.add("Tanh", g.add("Slice", x, g.integers(0), g.integers(2), g.integers(0)))
    block = np.stack(np.meshgrid([1, 2], range(9), indexing="ij"), -1)
    a = g.add("ScatterND", x, g.constant(block, np.int64), update)
    b = g.add("ScatterND", x, g.constant([[2]], np.int64), g.add("Slice", update, g.integers(0), g.integers(1), g.integers(0)))
    odd = g.constant([[0, 3], [3, 8], [1, 1]], np.int64)
    c = g.add("ScatterND", x, odd, g.add("Slice", g.reshape(update, 18), g.integers(2), g.integers(5), g.integers(0)))
    box = np.stack(np.meshgrid([1, 2], [3, 4, 5], indexing="ij"), -1)
    d = g.add("ScatterND", x, g.constant(box, np.int64), g.reshape(g.add("Slice", g.reshape(update, 18), g.integers(2), g.integers(8), g.integers(0)), 2, 3))
    return g, g.add("Concat", a, b, c, d, axis=0)


# States


@case
def causal_convolution():
    """A cache of frames before a convolution in time, updated as GTCRN does it."""
    g = Graph(shape=(1, 1, 4, 9))
    cache = g.state("cache", 2, 1, 4, 3, 9)
    x = g.add("Transpose", "frame", perm=[0, 2, 1, 3])
    rows = []
    for i, dilation in enumerate((1, 1)):
        own = g.add("Gather", cache, g.constant(i, np.int64), axis=0)
        old = g.add("Slice", own, g.integers(0), g.integers(2), g.integers(2))
        both = g.add("Concat", old, x, axis=2)
        block = np.stack(np.meshgrid([0], range(4), [0, 1], range(9), indexing="ij"), -1)
        new = g.add("Slice", both, g.integers(1), g.integers(2**63 - 1), g.integers(2))
        rows.append(g.add("ScatterND", own, g.constant(block, np.int64), new))
        x = g.add("Conv", both, g.weights(4, 1, 3, 3), g.weights(4), group=4, pads=[0, 1, 0, 1])
    for i, row in enumerate(rows):
        cache = g.add("ScatterND", cache, g.constant([[i]], np.int64), g.add("Unsqueeze", row, g.integers(0)))
    g.hold("cache", cache)
    return g, g.add("Add", g.add("PRelu", x, g.constant([[[0.2]]])), g.add("Transpose", "frame", perm=[0, 2, 1, 3]))


@case
def swapped_states():
    """Two states that change places in every frame."""
    g = Graph()
    a, b = g.state("a", 1, 9), g.state("b", 1, 9)
    row = g.add("Gather", "frame", g.constant(1, np.int64), axis=1)
    g.hold("a", g.add("Add", b, row))
    g.hold("b", a)
    return g, g.add("Add", g.add("Tanh", a), g.add("Mul", b, row))


@case
def one_frame_cache():
    g = Graph()
    last = g.state("last", 1, 4, 9)
    both = g.add("Concat", last, "frame", axis=1)
    g.hold("last", "frame")
    return g, g.add("Conv", both, g.weights(3, 8, 3))


# Whole models


@case
def open_unmix():
    """Open-Unmix with one direction: dense, normalisation, tanh, three LSTMs, skip, two dense layers, mask times frame."""
    g = Graph(opset=17, shape=(1, 1, 129))
    n = 16
    h, c = g.state("h_in", 3, 1, n), g.state("c_in", 3, 1, n)

    def norm(x, width):
        return g.add(
            "BatchNormalization", x, g.weights(width), g.weights(width), g.weights(width),
            g.constant(g.random.uniform(0.5, 2, width)),
        )

    x = g.add("Slice", "frame", g.integers(0), g.integers(100), g.integers(2))
    x = g.add("Mul", g.add("Add", x, g.weights(100)), g.weights(100))
    x = g.add("MatMul", g.reshape(x, -1, 100), g.weights(100, n, scale=0.2))
    x = g.reshape(g.add("Tanh", norm(x, n)), 1, 1, n)
    y, hs, cs = x, [], []
    for i in range(3):
        parts = [g.add("Slice", s, g.integers(i), g.integers(i + 1), g.integers(0)) for s in (h, c)]
        y, hn, cn = recurrent(g, "LSTM", 4, y, n, n, 1, *parts, outputs=3)
        y = g.add("Squeeze", y, g.integers(1))
        hs.append(hn), cs.append(cn)
    g.hold("h_in", g.add("Concat", *hs, axis=0)), g.hold("c_in", g.add("Concat", *cs, axis=0))
    x = g.reshape(g.add("Concat", x, y, axis=-1), -1, 2 * n)
    x = g.add("Relu", norm(g.add("MatMul", x, g.weights(2 * n, n)), n))
    x = norm(g.add("MatMul", x, g.weights(n, 129)), 129)
    x = g.reshape(x, 1, 1, 129)
    x = g.add("Add", g.add("Mul", x, g.weights(129)), g.weights(129))
    return g, g.add("Mul", g.add("Relu", x), "frame"), True


@case
def stereo_spectrum():
    """Two channels of real and imaginary parts as TDC-17 has them, all of whose axes matter."""
    g = Graph(shape=(1, 4, 17, 1))
    x = g.add("Conv", "frame", g.weights(4, 4, 3, 1), pads=[1, 0, 1, 0])
    return g, g.add("Add", x, "frame"), True


@case
def complex_last():
    """Bins before time before real and imaginary part, as GTCRN has them."""
    g = Graph(shape=(1, 17, 1, 2))
    parts = [g.add("Gather", "frame", g.constant(i, np.int64), axis=3) for i in (0, 1)]
    size = g.add("Sqrt", g.add("Add", g.add("Mul", parts[0], parts[0]), g.add("Mul", parts[1], parts[1])))
    gain = g.add("Sigmoid", g.add("MatMul", g.add("Transpose", size, perm=[0, 2, 1]), g.weights(17, 17)))
    gain = g.add("Unsqueeze", g.add("Transpose", gain, perm=[0, 2, 1]), g.integers(3))
    return g, g.add("Mul", "frame", gain), True


@case
def stereo_mask():
    """Magnitudes of two channels in, a mask for each out."""
    g = Graph(shape=(1, 1, 2, 17))
    return g, g.add("Sigmoid", g.add("MatMul", g.add("Abs", "frame"), g.weights(17, 17))), True


def main(folder):
    folder.mkdir(exist_ok=True)
    for name, make in CASES.items():
        g, value, *done = make()
        model = g.model(value, g.shape) if done else g.model(g.result(value), [1, BINS])
        frames = np.random.default_rng(5).normal(0, 1, (FRAMES, int(np.prod(g.shape)))).astype(np.float32)
        results = run(model, frames)
        onnx.save(model, folder / f"{name}.onnx")
        with open(folder / f"{name}.values", "wb") as file:
            file.write(struct.pack("<3i", *frames.shape, results.shape[1]))
            file.write(frames.tobytes() + results.astype(np.float32).tobytes())
        print(f"{name:24} {len(model.graph.node):4} nodes, {np.abs(results).max():.3g} at most")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
