"""A weights file's layers as an ONNX graph: one frame and the states in, the result and the next states out."""

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

OPERATORS = {
    "sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu", "absolute": "Abs", "exp": "Exp", "sqrt": "Sqrt",
    "reciprocal": "Reciprocal", "negate": "Neg", "softplus": "Softplus",
}  # fmt: skip
PAIRS = {"add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div", "power": "Pow"}


class Graph:
    """Every value has an axis of 1 in front of those that the file gives it: the batch that ONNX wants."""

    def __init__(self, entries, tensors, shape):
        self.tensors, self.nodes, self.constants = tensors, [], []
        self.inputs, self.outputs, self.states, self.shapes = [], [], [], {}
        frame = self._input("input", shape)
        names, before = {"input": frame}, "input"
        for entry in entries:
            sources = entry.get("from", before if entry["kind"] != "constant" else [])
            sources = [sources] if isinstance(sources, str) else sources
            write = getattr(self, entry["kind"].replace("-", "_"), None)
            if write is None:
                raise Unwritten(f"no rival is written for the kind of layer '{entry['kind']}'")
            before = entry["name"]
            names[before] = write(entry, *(names[source] for source in sources))
        self.outputs.insert(0, helper.make_tensor_value_info(names[before], TensorProto.FLOAT, None))
        graph = helper.make_graph(self.nodes, "rival", self.inputs, self.outputs, self.constants)
        self.model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)

    def _input(self, name, shape):
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, *shape]))
        self.shapes[name] = list(shape)
        return name

    def _state(self, shape, whole=None):
        """A state's name; `whole` is its shape for the operator, where that is another."""
        name = f"state.{len(self.states)}"
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, whole or [1, *shape]))
        self.shapes[name] = list(shape)
        self.states.append(name)
        return name

    def _next_state(self, name):
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))

    def _constant(self, array):
        name = f"constant.{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(numpy.ascontiguousarray(array), name))
        return name

    def _node(self, operator, inputs, shape, **attributes):
        """Adds an operator of one result; gives the result's name."""
        name = f"value.{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        self.shapes[name] = list(shape)
        return name

    def _own(self, entry, short):
        return self.tensors.get(f"{entry['name']}.{short}")

    def _activated(self, name, function, slope=None):
        if function == "linear":
            return name
        if function == "leaky-relu":
            return self._node("LeakyRelu", [name], self.shapes[name], alpha=slope)
        if function not in OPERATORS:
            raise Unwritten(f"no rival is written for the function '{function}'")
        return self._node(OPERATORS[function], [name], self.shapes[name])

    def activation(self, entry, x):
        return self._activated(x, entry["function"], entry.get("slope"))

    def _product(self, x, weight, bias):
        shape = [*self.shapes[x][:-1], len(weight)]
        if len(shape) == 1:
            inputs = [x, self._constant(weight)] + ([] if bias is None else [self._constant(bias)])
            return self._node("Gemm", inputs, shape, transB=1)
        found = self._node("MatMul", [x, self._constant(weight.T)], shape)
        return found if bias is None else self._node("Add", [found, self._constant(bias)], shape)

    def dense(self, entry, x):
        found = self._product(x, self._own(entry, "weight"), self._own(entry, "bias"))
        return self._activated(found, entry.get("activation", "linear"), entry.get("slope"))

    def vector(self, entry, x):
        # Component j of W × x is W(j+1) x(j+2) - W(j+2) x(j+1): each matrix meets the two vectors that it needs, once.
        weight, bias, one = self._own(entry, "weight"), self._own(entry, "bias"), entry.get("component")
        products, rows = {}, weight.shape[1]
        for k in range(3):
            others = [(k + 1) % 3, (k + 2) % 3]
            if one is not None:
                others = [3 - k - one] if k != one else []
            if others:
                taken = self._node("Gather", [x, self._constant(numpy.array(others))], [len(others), weight.shape[2]], axis=1)
                found = self._product(taken, weight[k], None)
                for place, other in enumerate(others):
                    index = self._constant(numpy.array([place]))
                    products[k, other] = self._node("Gather", [found, index], [1, rows], axis=1)
        parts = []
        for j in range(3) if one is None else [one]:
            pair = [products[(j + 1) % 3, (j + 2) % 3], products[(j + 2) % 3, (j + 1) % 3]]
            found = self._node("Sub", pair, [1, rows])
            parts.append(self._node("Add", [found, self._constant(bias[j])], [1, rows]))
        if one is None:
            found = self._node("Concat", parts, [3, rows], axis=1)
        else:
            found = self.reshape({"shape": [rows]}, parts[0])
        return self._activated(found, entry.get("activation", "linear"), entry.get("slope"))

    def _cell(self, operator, entry, x, states, order, biases, **attributes):
        """A recurrent operator on a sequence of one frame; `order` is that of the gates' rows in the file."""
        if len(self.shapes[x]) != 1 or entry.get("scan", "time") != "time":
            raise Unwritten("no rival is written for a recurrent layer of several streams, or along an axis")

        def gates(tensor):
            parts = numpy.split(tensor, len(order))
            return numpy.concatenate([parts[place] for place in order])

        units = self._own(entry, "recurrent").shape[1]
        both = numpy.concatenate([gates(bias) for bias in biases])
        weights = [self._constant(gates(self._own(entry, short))[None]) for short in ("weight", "recurrent")]
        sequence = self._node("Unsqueeze", [x, self._constant(numpy.array([0]))], [1, *self.shapes[x]])
        before = [self._state([units], [1, 1, units]) for _ in range(states)]
        name = f"value.{len(self.nodes)}"
        after = [f"{name}.{number}" for number in range(states)]
        inputs = [sequence, *weights, self._constant(both[None]), "", *before]
        self.nodes.append(helper.make_node(operator, inputs, ["", *after], hidden_size=units, **attributes))
        for state in after:
            self._next_state(state)
        return self._node("Squeeze", [after[0], self._constant(numpy.array([0]))], [units])

    def recurrent(self, entry, x):
        function = {"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid"}.get(entry.get("activation"))
        if function is None:
            raise Unwritten(f"no rival is written for a recurrent layer of '{entry.get('activation')}'")
        bias = self._own(entry, "bias")
        return self._cell("RNN", entry, x, 1, [0], [bias, 0 * bias], activations=[function])

    def gru(self, entry, x):
        bias, second = self._own(entry, "bias"), self._own(entry, "recurrent-bias")
        second = 0 * bias if second is None else second
        return self._cell(
            "GRU", entry, x, 1, [1, 0, 2], [bias, second], linear_before_reset=int(entry["reset"] == "after"))

    def lstm(self, entry, x):
        bias, order = self._own(entry, "bias"), [entry["gates"].index(gate) for gate in "iofg"]
        return self._cell("LSTM", entry, x, 2, order, [bias, 0 * bias])

    def _convolved(self, operator, entry, x, outputs, **attributes):
        weight, bias = self._own(entry, "weight"), self._own(entry, "bias")
        stride, dilation = entry.get("stride", [1, 1]), entry.get("dilation", [1, 1])
        top, bottom, left, right = entry.get("padding", [0, 0, 0, 0])
        extra, sizes = entry.get("extra", [0, 0]), []
        for axis, cut in enumerate([top + bottom, left + right]):
            reach, size = dilation[axis] * (weight.shape[2 + axis] - 1), self.shapes[x][1 + axis]
            if operator == "Conv":
                sizes.append((size + cut - reach - 1) // stride[axis] + 1)
            else:
                sizes.append((size - 1) * stride[axis] + reach + 1 - cut + extra[axis])
        inputs = [x, self._constant(weight)] + ([] if bias is None else [self._constant(bias)])
        found = self._node(
            operator, inputs, [outputs, *sizes], strides=stride, dilations=dilation, pads=[top, left, bottom, right],
            group=entry.get("groups", 1), **attributes)  # fmt: skip
        return self._activated(found, entry.get("activation", "linear"), entry.get("slope"))

    def convolution(self, entry, x):
        return self._convolved("Conv", entry, x, len(self._own(entry, "weight")))

    def transposed_convolution(self, entry, x):
        outputs = self._own(entry, "weight").shape[1] * entry.get("groups", 1)
        extra = entry.get("extra", [0, 0])
        return self._convolved("ConvTranspose", entry, x, outputs, output_padding=extra)

    def batch_normalisation(self, entry, x):
        if entry.get("axis", 0) != 0:
            raise Unwritten("no rival is written for batch normalisation along another axis than the first")
        mean, variance = self._own(entry, "mean"), self._own(entry, "variance")
        weight, bias = self._own(entry, "weight"), self._own(entry, "bias")
        weight = 0 * mean + 1 if weight is None else weight
        inputs = [weight, 0 * mean if bias is None else bias, mean, variance]
        inputs = [x] + [self._constant(array) for array in inputs]
        return self._node("BatchNormalization", inputs, self.shapes[x], epsilon=entry.get("epsilon", 1e-5))

    def affine(self, entry, x):
        axis = entry.get("axis", len(self.shapes[x]) - 1)
        along = [-1 if other == axis else 1 for other in range(len(self.shapes[x]))]
        scale, shift = self._own(entry, "scale"), self._own(entry, "shift")
        found = self._node("Mul", [x, self._constant(scale.reshape(along))], self.shapes[x])
        if shift is None:
            return found
        return self._node("Add", [found, self._constant(shift.reshape(along))], self.shapes[x])

    def history(self, entry, x):
        if entry.get("start", "zero") != "zero":
            raise Unwritten("no rival is written for a history that starts with the first frame")
        axis, shape, frames = entry.get("axis", 0), self.shapes[x], entry["frames"]
        now = self._node("Unsqueeze", [x, self._constant(numpy.array([axis + 1]))], [*shape[:axis], 1, *shape[axis:]])
        before = self._state([*shape[:axis], frames - 1, *shape[axis:]])
        found = self._node("Concat", [before, now], [*shape[:axis], frames, *shape[axis:]], axis=axis + 1)
        kept = [self._constant(numpy.array([number])) for number in (1, frames, axis + 1)]
        self._next_state(self._node("Slice", [found, *kept], self.shapes[before]))
        return found

    def reshape(self, entry, x):
        size, shape = int(numpy.prod(self.shapes[x])), list(entry["shape"])
        if -1 in shape:
            shape[shape.index(-1)] = size // -int(numpy.prod(shape))
        return self._node("Reshape", [x, self._constant(numpy.array([1, *shape]))], shape)

    def permute(self, entry, x):
        shape = [self.shapes[x][axis] for axis in entry["order"]]
        return self._node("Transpose", [x], shape, perm=[0, *(axis + 1 for axis in entry["order"])])

    def slice(self, entry, x):
        step, shape = entry.get("step", 1), list(self.shapes[x])
        shape[entry["axis"]] = len(range(entry["start"], entry["stop"], step))
        stop = entry["stop"] if entry["stop"] >= 0 else -(2**31)
        bounds = [self._constant(numpy.array([n])) for n in (entry["start"], stop, entry["axis"] + 1, step)]
        return self._node("Slice", [x, *bounds], shape)

    def concatenate(self, entry, *parts):
        shape = list(self.shapes[parts[0]])
        shape[entry["axis"]] = sum(self.shapes[part][entry["axis"]] for part in parts)
        return self._node("Concat", list(parts), shape, axis=entry["axis"] + 1)

    def pad(self, entry, x):
        axis, shape = entry["axis"], list(self.shapes[x])
        widths = numpy.zeros(2 * len(shape) + 2, numpy.int64)
        widths[axis + 1], widths[axis + 2 + len(shape)] = entry["before"], entry["after"]
        shape[axis] += entry["before"] + entry["after"]
        value = self._constant(numpy.float32(entry.get("value", 0)))
        return self._node("Pad", [x, self._constant(widths), value], shape)

    def arithmetic(self, entry, one, other):
        if entry["function"] not in PAIRS or len(self.shapes[one]) != len(self.shapes[other]):
            raise Unwritten(f"no rival is written for the arithmetic of '{entry['name']}'")
        shape = numpy.broadcast_shapes(self.shapes[one], self.shapes[other])
        return self._node(PAIRS[entry["function"]], [one, other], shape)
