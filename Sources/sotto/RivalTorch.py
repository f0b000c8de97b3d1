"""A weights file's layers in PyTorch: one frame and the states in, the result and the next states out."""

import numpy
import torch
from torch.nn import functional

FUNCTIONS = {
    "linear": lambda x, slope: x,
    "sigmoid": lambda x, slope: torch.sigmoid(x),
    "tanh": lambda x, slope: torch.tanh(x),
    "relu": lambda x, slope: torch.relu(x),
    "absolute": lambda x, slope: torch.abs(x),
    "leaky-relu": lambda x, slope: functional.leaky_relu(x, slope),
}
ARITHMETIC = {"add": torch.add, "subtract": torch.sub, "multiply": torch.mul, "divide": torch.div, "power": torch.pow}


class Network:
    """A frame at a time, eagerly, with the operators that a PyTorch user would take."""

    def __init__(self, entries, tensors):
        self.memory, self.steps, before = {}, [], "input"
        self.tensors = {name: torch.from_numpy(numpy.array(tensor)) for name, tensor in tensors.items()}
        for entry in entries:
            sources = entry.get("from", before)
            sources = [sources] if isinstance(sources, str) else sources
            step = getattr(self, entry["kind"].replace("-", "_"), None)
            if step is None:
                raise Unwritten(f"no rival is written for the kind of layer '{entry['kind']}'")
            before = entry["name"]
            self.steps.append((step, entry, sources))
            if entry["kind"] == "lstm":
                self._reorder(entry)

    def _reorder(self, entry):
        """PyTorch's gates stand as input, forget, cell, output."""
        for short in ("weight", "recurrent", "bias"):
            parts = self._own(entry, short).chunk(4)
            ordered = torch.cat([parts[entry["gates"].index(gate)] for gate in "ifgo"])
            self.tensors[f"{entry['name']}.{short}"] = ordered

    def step(self, frame):
        with torch.inference_mode():
            values = {"input": frame}
            for step, entry, sources in self.steps:
                found = values[entry["name"]] = step(entry, *(values[source] for source in sources))
            return found

    def _own(self, entry, short):
        return self.tensors.get(f"{entry['name']}.{short}")

    def _activated(self, entry, x):
        return FUNCTIONS[entry.get("activation", "linear")](x, entry.get("slope"))

    def activation(self, entry, x):
        if entry["function"] not in FUNCTIONS:
            raise Unwritten(f"no rival is written for the function '{entry['function']}'")
        return FUNCTIONS[entry["function"]](x, entry.get("slope"))

    def dense(self, entry, x):
        return self._activated(entry, functional.linear(x, self._own(entry, "weight"), self._own(entry, "bias")))

    def vector(self, entry, x):
        weight, bias, one = self._own(entry, "weight"), self._own(entry, "bias"), entry.get("component")
        if one is not None:
            k, l = (one + 1) % 3, (one + 2) % 3
            found = functional.linear(x[l], weight[k]) - functional.linear(x[k], weight[l]) + bias[one]
            return self._activated(entry, found)
        found = [functional.linear(x[[(k + 1) % 3, (k + 2) % 3]], weight[k]) for k in range(3)]
        products = torch.stack([found[(j + 1) % 3][0] - found[(j + 2) % 3][1] for j in range(3)])
        return self._activated(entry, products + bias)

    def _state(self, entry, count):
        if entry["name"] not in self.memory:
            units = self._own(entry, "recurrent").shape[1]
            self.memory[entry["name"]] = [torch.zeros(1, units) for _ in range(count)]
        return self.memory[entry["name"]]

    def recurrent(self, entry, x):
        (before,) = self._state(entry, 1)
        found = functional.linear(x, self._own(entry, "weight"), self._own(entry, "bias"))
        found = self._activated(entry, found + functional.linear(before[0], self._own(entry, "recurrent")))
        self.memory[entry["name"]] = [found[None]]
        return found

    def gru(self, entry, x):
        if entry["reset"] != "after" or entry.get("scan", "time") != "time":
            raise Unwritten("no rival is written for this kind of GRU")
        bias, second = self._own(entry, "bias"), self._own(entry, "recurrent-bias")
        second = torch.zeros_like(bias) if second is None else second
        weights = self._own(entry, "weight"), self._own(entry, "recurrent"), bias, second
        found = torch.gru_cell(x[None], *self._state(entry, 1), *weights)
        self.memory[entry["name"]] = [found]
        return found[0]

    def lstm(self, entry, x):
        if entry.get("scan", "time") != "time":
            raise Unwritten("no rival is written for a recurrent layer along an axis")
        bias = self._own(entry, "bias")
        weights = self._own(entry, "weight"), self._own(entry, "recurrent"), bias, torch.zeros_like(bias)
        self.memory[entry["name"]] = torch.lstm_cell(x[None], self._state(entry, 2), *weights)
        return self.memory[entry["name"]][0][0]

    def convolution(self, entry, x):
        top, bottom, left, right = entry.get("padding", [0, 0, 0, 0])
        cut = (top, left)
        if (top, left) != (bottom, right):
            x, cut = functional.pad(x, [left, right, top, bottom]), (0, 0)
        weight, bias, (stride, dilation) = self._own(entry, "weight"), self._own(entry, "bias"), _pairs(entry)
        found = functional.conv2d(x[None], weight, bias, stride, cut, dilation, entry.get("groups", 1))
        return self._activated(entry, found[0])

    def transposed_convolution(self, entry, x):
        top, bottom, left, right = entry.get("padding", [0, 0, 0, 0])
        if (top, left) != (bottom, right):
            raise Unwritten("no rival is written for a transposed convolution that is cut unevenly")
        weight, bias, (stride, dilation) = self._own(entry, "weight"), self._own(entry, "bias"), _pairs(entry)
        found = functional.conv_transpose2d(
            x[None], weight, bias, stride, (top, left), entry.get("extra", (0, 0)), entry.get("groups", 1), dilation)
        return self._activated(entry, found[0])

    def batch_normalisation(self, entry, x):
        mean, variance = self._own(entry, "mean"), self._own(entry, "variance")
        weight, bias = self._own(entry, "weight"), self._own(entry, "bias")
        return functional.batch_norm(x[None], mean, variance, weight, bias, eps=entry.get("epsilon", 1e-5))[0]

    def affine(self, entry, x):
        axis = entry.get("axis", x.dim() - 1)
        along = [-1 if other == axis else 1 for other in range(x.dim())]
        shift = self._own(entry, "shift")
        found = x * self._own(entry, "scale").reshape(along)
        return found if shift is None else found + shift.reshape(along)

    def history(self, entry, x):
        kept = self.memory.get(entry["name"]) or [torch.zeros_like(x)] * entry["frames"]
        self.memory[entry["name"]] = kept = [*kept[1:], x]
        return torch.stack(kept, dim=entry.get("axis", 0))

    def reshape(self, entry, x):
        return x.reshape(entry["shape"])

    def permute(self, entry, x):
        return x.permute(entry["order"])

    def slice(self, entry, x):
        if entry.get("step", 1) != 1:
            raise Unwritten("no rival is written for a slice with steps")
        return x.narrow(entry["axis"], entry["start"], entry["stop"] - entry["start"])

    def concatenate(self, entry, *parts):
        return torch.cat(parts, dim=entry["axis"])

    def pad(self, entry, x):
        widths = [0, 0] * (x.dim() - 1 - entry["axis"]) + [entry["before"], entry["after"]]
        return functional.pad(x, widths, value=entry.get("value", 0))

    def arithmetic(self, entry, one, other):
        if entry["function"] not in ARITHMETIC:
            raise Unwritten(f"no rival is written for the arithmetic of '{entry['name']}'")
        return ARITHMETIC[entry["function"]](one, other)


def _pairs(entry):
    return entry.get("stride", (1, 1)), entry.get("dilation", (1, 1))
