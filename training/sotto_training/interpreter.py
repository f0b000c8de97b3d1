"""The weights file carried out word for word: a frame at a time, in float64, with nothing but NumPy.

Shares no code with the layers that are trained. It says what a stream has to give, and that what was exported is what
was trained.
"""

import numpy

ACTIVATIONS = {
    "linear": lambda x, slope: x,
    "relu": lambda x, slope: numpy.maximum(x, 0),
    "sigmoid": lambda x, slope: sigmoid(x),
    "tanh": lambda x, slope: numpy.tanh(x),
    "absolute": lambda x, slope: numpy.abs(x),
    "leaky-relu": lambda x, slope: numpy.where(x > 0, x, slope * x),
}
FUNCTIONS = {
    "exp": numpy.exp,
    "log1p": numpy.log1p,
    "expm1": numpy.expm1,
    "sqrt": numpy.sqrt,
    "square": numpy.square,
    "reciprocal": lambda x: 1 / x,
    "negate": lambda x: -x,
    "softplus": lambda x: numpy.logaddexp(0, x),
}
PAIRS = {
    "add": numpy.add,
    "subtract": numpy.subtract,
    "multiply": numpy.multiply,
    "divide": numpy.divide,
    "power": numpy.power,
    "maximum": numpy.maximum,
    "minimum": numpy.minimum,
}
REDUCTIONS = {
    "sum": numpy.sum,
    "mean": numpy.mean,
    "maximum": numpy.max,
    "minimum": numpy.min,
    "l1": lambda x, axis, keepdims: numpy.abs(x).sum(axis=axis, keepdims=keepdims),
    "l2": lambda x, axis, keepdims: numpy.sqrt((x * x).sum(axis=axis, keepdims=keepdims)),
}


def sigmoid(x: numpy.ndarray) -> numpy.ndarray:
    """Without overflow."""
    return 0.5 * (1 + numpy.tanh(0.5 * x))


class Interpreter:
    """One stream through the layers of a file. `entries` and `tensors` are what the file holds."""

    def __init__(self, entries: list[dict], tensors: dict):
        self.entries = entries
        self.tensors = {name: numpy.asarray(tensor, dtype=numpy.float64) for name, tensor in tensors.items()}
        for name in [name for name in tensors if f"{name}.scale" in tensors]:
            self.tensors[name] = self.tensors[name] * self.tensors.pop(f"{name}.scale")[..., None]
        self.reset()

    def reset(self):
        """Forgets the stream."""
        self.memory, self.values, self.waiting, self.reads, self.frames = {}, {}, set(), [], 0

    def step(self, frame: numpy.ndarray) -> numpy.ndarray:
        """The last layer's result for a frame of the input."""
        self.values["input"] = numpy.asarray(frame, dtype=numpy.float64)
        before = "input"
        for entry in self.entries:
            due = self.frames % entry.get("every", 1) == entry.get("at", 0)
            if self.frames and not due:
                before = entry["name"]
                continue
            sources = entry.get("from", before if entry["kind"] not in ("constant", "state") else [])
            self.reads = [sources] if isinstance(sources, str) else sources
            apply = getattr(self, entry["kind"].replace("-", "_"))
            before = entry["name"]
            kept = dict(self.memory)
            found = apply(entry, *(self.values[source] for source in self.reads))
            if due:
                self.waiting.discard(before)
            else:  # before its first run its result is zeros, and it remembers nothing
                self.waiting.add(before)
                found, self.memory = numpy.zeros_like(found), kept
            self.values[before] = found
        for entry in self.entries:
            if entry["kind"] == "state":
                self.memory[entry["name"]] = self.values[entry["update"]]
        self.frames += 1
        return self.values[before]

    def _own(self, entry, short):
        return self.tensors.get(f"{entry['name']}.{short}")

    def _activated(self, entry, x):
        return ACTIVATIONS[entry.get("activation", "linear")](x, entry.get("slope"))

    def dense(self, entry, x):
        bias = self._own(entry, "bias")
        return self._activated(entry, x @ self._own(entry, "weight").T + (0 if bias is None else bias))

    def vector(self, entry, x):
        weight, bias = self._own(entry, "weight"), self._own(entry, "bias")
        products = numpy.cross(weight, x[:, None, :], axis=0).sum(-1) + bias
        component = entry.get("component")
        return self._activated(entry, products if component is None else products[component])

    def recurrent(self, entry, x):
        before = self.memory.get(entry["name"], 0)
        recurrent = self._own(entry, "recurrent")
        before = numpy.zeros((*x.shape[:-1], len(recurrent))) + before
        state = self._activated(entry, x @ self._own(entry, "weight").T + self._own(entry, "bias") + before @ recurrent.T)
        self.memory[entry["name"]] = state
        return state

    def gru(self, entry, x, *states):
        weight, recurrent, bias = (self._own(entry, short) for short in ("weight", "recurrent", "bias"))
        second = self._own(entry, "recurrent-bias")
        second = numpy.zeros_like(bias) if second is None else second
        units = recurrent.shape[1]

        def step(x, states):
            (h,) = states
            opened = x @ weight.T + bias
            gates = sigmoid(opened[..., : 2 * units] + h @ recurrent[: 2 * units].T + second[: 2 * units])
            reset, update = gates[..., :units], gates[..., units:]
            if entry["reset"] == "after":
                fed = reset * (h @ recurrent[2 * units :].T + second[2 * units :])
            else:
                fed = (reset * h) @ recurrent[2 * units :].T + second[2 * units :]
            return [update * h + (1 - update) * numpy.tanh(opened[..., 2 * units :] + fed)]

        return self._scanned(entry, step, x, states, 1, units)

    def lstm(self, entry, x, *states):
        weight, recurrent, bias = (self._own(entry, short) for short in ("weight", "recurrent", "bias"))
        units = recurrent.shape[1]

        def step(x, states):
            h, c = states
            rows = x @ weight.T + bias + h @ recurrent.T
            gate = {letter: rows[..., n * units : (n + 1) * units] for n, letter in enumerate(entry["gates"])}
            c = sigmoid(gate["f"]) * c + sigmoid(gate["i"]) * numpy.tanh(gate["g"])
            return [sigmoid(gate["o"]) * numpy.tanh(c), c]

        return self._scanned(entry, step, x, states, 2, units)

    def _scanned(self, entry, step, x, states, count, units):
        name, scan = entry["name"], entry.get("scan", "time")
        along = scan != "time"
        shape = (*(x.shape[:-2] if along else x.shape[:-1]), units)
        own = [numpy.zeros(shape)] * count if along else self.memory.get(name, [numpy.zeros(shape)] * count)
        running = [*states, *own[len(states) :]]
        if along:
            order = range(x.shape[-2]) if scan == "forward" else reversed(range(x.shape[-2]))
            found = numpy.zeros((*x.shape[:-1], units))
            for place in order:
                running = step(x[..., place, :], running)
                found[..., place, :] = running[0]
        else:
            running = step(x, running)
            self.memory[name], found = running, running[0]
        self.values |= dict(zip((f"{name}.h", f"{name}.c"), running))
        return found

    def convolution(self, entry, x):
        weight, bias, groups = self._own(entry, "weight"), self._own(entry, "bias"), entry.get("groups", 1)
        (down, across), (high, wide) = entry.get("stride", (1, 1)), entry.get("dilation", (1, 1))
        top, bottom, left, right = entry.get("padding", (0, 0, 0, 0))
        x = numpy.pad(x, ((0, 0), (top, bottom), (left, right)))
        outputs, inputs, rows, columns = weight.shape
        height = (x.shape[1] - high * (rows - 1) - 1) // down + 1
        width = (x.shape[2] - wide * (columns - 1) - 1) // across + 1
        found = numpy.zeros((outputs, height, width))
        each = outputs // groups
        for group in range(groups):
            part, kernel = x[group * inputs : (group + 1) * inputs], weight[group * each : (group + 1) * each]
            for row in range(rows):
                for column in range(columns):
                    seen = part[:, row * high :, column * wide :][:, ::down, ::across][:, :height, :width]
                    found[group * each : (group + 1) * each] += numpy.einsum("oi,ihw->ohw", kernel[:, :, row, column], seen)
        return self._activated(entry, found if bias is None else found + bias[:, None, None])

    def transposed_convolution(self, entry, x):
        weight, bias, groups = self._own(entry, "weight"), self._own(entry, "bias"), entry.get("groups", 1)
        (down, across), (high, wide) = entry.get("stride", (1, 1)), entry.get("dilation", (1, 1))
        (top, bottom, left, right), extra = entry.get("padding", (0, 0, 0, 0)), entry.get("extra", (0, 0))
        inputs, each, rows, columns = weight.shape
        height, width = x.shape[1:]
        whole = numpy.zeros((
            each * groups, (height - 1) * down + high * (rows - 1) + 1 + extra[0],
            (width - 1) * across + wide * (columns - 1) + 1 + extra[1],
        ))  # fmt: skip
        share = inputs // groups
        for group in range(groups):
            part, kernel = x[group * share : (group + 1) * share], weight[group * share : (group + 1) * share]
            for row in range(rows):
                for column in range(columns):
                    given = numpy.einsum("io,ihw->ohw", kernel[:, :, row, column], part)
                    target = whole[group * each : (group + 1) * each, row * high :, column * wide :]
                    target[:, : down * height : down, : across * width : across] += given
        found = whole[:, top : whole.shape[1] - bottom, left : whole.shape[2] - right]
        return self._activated(entry, found if bias is None else found + bias[:, None, None])

    def history(self, entry, x):
        first = x if entry.get("start", "zero") == "repeat" else numpy.zeros_like(x)
        spacing = entry.get("spacing", 1)
        kept = [*self.memory.get(entry["name"], [first] * ((entry["frames"] - 1) * spacing + 1))[1:], x]
        self.memory[entry["name"]] = kept
        return numpy.stack(kept[::spacing], axis=entry.get("axis", 0))

    def unroll(self, entry, x):
        turn = self.memory.get(entry["name"], 0)
        self.memory[entry["name"]] = turn if self.waiting & set(self.reads) else (turn + 1) % entry["frames"]
        return x.take([entry.get("start", 0) + turn], axis=entry["axis"])

    def layer_normalisation(self, entry, x):
        axes = tuple(range(x.ndim - entry.get("axes", 1), x.ndim))
        found = x - x.mean(axes, keepdims=True)
        found = found / numpy.sqrt((found**2).mean(axes, keepdims=True) + entry.get("epsilon", 1e-5))
        weight, bias = self._own(entry, "weight"), self._own(entry, "bias")
        return found * (1 if weight is None else weight) + (0 if bias is None else bias)

    def batch_normalisation(self, entry, x):
        def along(short, otherwise):
            tensor = self._own(entry, short)
            return otherwise if tensor is None else _along(tensor, x.ndim, entry.get("axis", 0))

        deviation = numpy.sqrt(along("variance", None) + entry.get("epsilon", 1e-5))
        return (x - along("mean", None)) / deviation * along("weight", 1) + along("bias", 0)

    def affine(self, entry, x):
        axis = entry.get("axis", x.ndim - 1)
        shift = self._own(entry, "shift")
        found = x * _along(self._own(entry, "scale"), x.ndim, axis)
        return found if shift is None else found + _along(shift, x.ndim, axis)

    def activation(self, entry, x):
        function = entry["function"]
        if function in FUNCTIONS:
            return FUNCTIONS[function](x)
        if function == "log":
            return numpy.log(numpy.maximum(x, entry["minimum"]))
        if function == "clip":
            return numpy.clip(x, entry.get("minimum"), entry.get("maximum"))
        if function == "elu":
            return numpy.where(x > 0, x, entry.get("slope", 1.0) * numpy.expm1(numpy.minimum(x, 0)))
        if function == "prelu":
            return numpy.where(x > 0, x, x * _along(self._own(entry, "slope"), x.ndim, entry.get("axis", 0)))
        return ACTIVATIONS[function](x, entry.get("slope"))

    def arithmetic(self, entry, one, other):
        return PAIRS[entry["function"]](one, other)

    def constant(self, entry):
        return self._own(entry, "value")

    def reduce(self, entry, x):
        return REDUCTIONS[entry["function"]](x, axis=tuple(entry["axes"]), keepdims=entry.get("keep", True))

    def softmax(self, entry, x):
        raised = numpy.exp(x - x.max(-1, keepdims=True))
        return raised / raised.sum(-1, keepdims=True)

    def product(self, entry, one, other):
        return one @ other

    def reshape(self, entry, x):
        return x.reshape(entry["shape"])

    def permute(self, entry, x):
        return x.transpose(entry["order"])

    def slice(self, entry, x):
        return x.take(range(entry["start"], entry["stop"], entry.get("step", 1)), axis=entry["axis"])

    def gather(self, entry, x):
        return x.take(entry["indices"], axis=entry["axis"])

    def concatenate(self, entry, *parts):
        return numpy.concatenate(parts, axis=entry["axis"])

    def pad(self, entry, x):
        widths = [(0, 0)] * x.ndim
        widths[entry["axis"]] = (entry["before"], entry["after"])
        return numpy.pad(x, widths, constant_values=entry.get("value", 0))

    def expand(self, entry, x):
        return numpy.broadcast_to(x, entry["shape"])

    def colour(self, entry, x):
        width = entry.get("width", 0.0938)
        parts = [x / width, (x - width) / width, (x - 2 * width) / (1 - 2 * width)]
        return numpy.stack([numpy.clip(part, 0, 1) for part in parts])

    def colour_inverse(self, entry, x):
        width = entry.get("width", 0.0938)
        return width * x[0] + width * x[1] + (1 - 2 * width) * x[2]

    def state(self, entry):
        initial = self._own(entry, "initial")
        start = numpy.zeros(entry["shape"]) if initial is None else initial
        return self.memory.get(entry["name"], start)


def _along(numbers: numpy.ndarray, rank: int, axis: int) -> numpy.ndarray:
    return numbers.reshape([-1 if other == axis else 1 for other in range(rank)])


def voice_mask(output: dict, result: numpy.ndarray, threshold: float = 0.5) -> numpy.ndarray:
    """The voice's mask [bins] that a description's `output` makes of the last layer's result."""
    result = result.reshape(-1)
    if output["kind"] == "two-source-magnitudes":
        halves = dict(zip(output["sources"], numpy.abs(result).reshape(2, -1) ** output["exponent"]))
        result = halves["voice"] / (halves["voice"] + halves["accompaniment"] + 1e-10)
    return result if output["mask"] == "soft" else (result > threshold).astype(numpy.float64)
