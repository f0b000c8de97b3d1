"""Layers with a state that runs along time, or along an axis of the frame: Elman's, GRU and LSTM."""

from dataclasses import dataclass, field

import torch
from torch.nn import functional

from .activation import activated
from .layer import DERIVED, WRITTEN, Layer, parameter, uniform

SCANS = ("time", "forward", "backward")
NATIVE = "ifgo"  # torch's order of an LSTM's gates


@dataclass(eq=False, repr=False)
class Stateful(Layer):
    """What the three have in common: their weights, and which axis is walked along."""

    rows = 1  # gates
    states = 0  # states that may come in from other layers
    units: int = field(metadata=DERIVED)

    @classmethod
    def derived(cls, entry, tensors):
        return {"units": tensors["recurrent"].shape[1]}

    def prepare(self, shape, *states):
        if len(states) > self.states:
            self.refuse(f"found {1 + len(states)} inputs, expected at most {1 + self.states}")
        self.weight = parameter(self.rows * self.units, shape[-1])
        self.recurrent = parameter(self.rows * self.units, self.units)
        self.bias = parameter(self.rows * self.units)
        return (*shape[:-1], self.units)

    def initialise(self, generator, gain=1.0):
        """Glorot, gate by gate, as Huang et al. count the inputs: a unit that is fed back has more of them."""
        inputs = self.weight.shape[1]
        uniform(self.weight, (6.0 / (inputs + 2 * self.units)) ** 0.5, generator)
        uniform(self.recurrent, (6.0 / (3 * self.units)) ** 0.5, generator)

    def run(self, values: torch.Tensor, states: list[torch.Tensor]) -> torch.Tensor:
        """[sequences, steps, units] for [sequences, steps, inputs]; the states [sequences, units], zeros if none."""
        raise NotImplementedError

    def forward(self, values, *states):
        scan = getattr(self, "scan", "time")
        if scan not in SCANS:
            self.refuse(f"scan: found {scan!r}, expected one of {', '.join(SCANS)}")
        if scan == "time" and not states:
            moved = values.movedim(1, -2)  # the frames stand before the inputs, all else are streams of their own
            flat = self.run(moved.reshape(-1, *moved.shape[-2:]), [])
            return flat.reshape(*moved.shape[:-1], self.units).movedim(-2, 1)
        walked = values[..., None, :] if scan == "time" else values
        flat = walked.reshape(-1, *walked.shape[-2:])
        flat = flat.flip(1) if scan == "backward" else flat
        found = self.run(flat, [state.reshape(-1, self.units) for state in states])
        found = found.flip(1) if scan == "backward" else found
        return found.reshape(*values.shape[:-1], self.units)

    def zeros(self, values: torch.Tensor) -> torch.Tensor:
        """The state before the first step."""
        return values.new_zeros(len(values), self.units)


@dataclass(eq=False, repr=False)
class Recurrent(Stateful):
    """Elman's layer as Huang et al. have it: ``h = activation(W x + b + U h')``, h' the state a step ago."""

    kind = "recurrent"
    activation: str = field(default="relu", metadata=WRITTEN)
    weights: str = "single"

    def run(self, values, states):
        native = {"relu": torch.rnn_relu, "tanh": torch.rnn_tanh}.get(self.activation)
        if native:
            parameters = [self.weight, self.recurrent, self.bias, torch.zeros_like(self.bias)]
            return native(values, self.zeros(values)[None], parameters, True, 1, 0.0, self.training, False, True)[0]
        steps = functional.linear(values, self.weight, self.bias)
        state, found = self.zeros(values), []
        for step in steps.unbind(1):
            state = activated(step + functional.linear(state, self.recurrent), self.activation)
            found.append(state)
        return torch.stack(found, 1)


@dataclass(eq=False, repr=False)
class GRU(Stateful):
    """Rows in the order reset, update, new; `reset` says where the reset gate acts.

    `after` the matrix (PyTorch): ``n = tanh(W x + b + r (U h' + b'))``; `before` it (TensorFlow, Cho et al. 2014):
    ``n = tanh(W x + b + U (r h') + b')``. Then ``h = z h' + (1 - z) n``.
    """

    kind = "gru"
    rows, states = 3, 1
    reset: str = field(default="after", metadata=WRITTEN)
    scan: str = "time"
    weights: str = "single"
    twice: bool = field(default=True, metadata=DERIVED)  # a second bias, on the products with the state

    @classmethod
    def derived(cls, entry, tensors):
        return {**super().derived(entry, tensors), "twice": "recurrent-bias" in tensors}

    def prepare(self, shape, *states):
        if self.reset not in ("before", "after"):
            self.refuse(f"reset: found {self.reset!r}, expected 'before' or 'after'")
        shape = super().prepare(shape, *states)
        self.recurrent_bias = parameter(3 * self.units) if self.twice else None
        return shape

    def initialise(self, generator, gain=1.0):
        """As TensorFlow begins: both gates half open, by a bias of 1."""
        super().initialise(generator, gain)
        with torch.no_grad():
            self.bias[: 2 * self.units].fill_(1.0)

    def run(self, values, states):
        second = torch.zeros_like(self.bias) if self.recurrent_bias is None else self.recurrent_bias
        state = states[0] if states else self.zeros(values)
        if self.reset == "after":
            parameters = [self.weight, self.recurrent, self.bias, second]
            return torch.gru(values, state[None].contiguous(), parameters, True, 1, 0.0, self.training, False, True)[0]
        steps = functional.linear(values, self.weight, self.bias + second)
        gates, new = self.recurrent.split([2 * self.units, self.units])
        found = []
        for step in steps.unbind(1):
            opened, fresh = step.split([2 * self.units, self.units], -1)
            reset, update = torch.sigmoid(opened + functional.linear(state, gates)).chunk(2, -1)
            state = update * state + (1 - update) * torch.tanh(fresh + functional.linear(reset * state, new))
            found.append(state)
        return torch.stack(found, 1)


@dataclass(eq=False, repr=False)
class LSTM(Stateful):
    """``c = f c' + i g``, ``h = o tanh c``; `gates` is the order of the rows, g the cell's candidate."""

    kind = "lstm"
    rows, states = 4, 2
    gates: str = field(default=NATIVE, metadata=WRITTEN)
    scan: str = "time"
    weights: str = "single"

    def prepare(self, shape, *states):
        if sorted(self.gates) != sorted(NATIVE):
            self.refuse(f"gates: found {self.gates!r}, expected an order of {', '.join(NATIVE)}")
        return super().prepare(shape, *states)

    def initialise(self, generator, gain=1.0):
        """The forget gate open, by a bias of 1 (Gers et al. 2000)."""
        super().initialise(generator, gain)
        with torch.no_grad():
            self.bias.view(4, -1)[self.gates.index("f")].fill_(1.0)

    def run(self, values, states):
        def native(tensor):
            parts = tensor.chunk(4)
            return torch.cat([parts[self.gates.index(gate)] for gate in NATIVE])

        bias = native(self.bias)
        parameters = [native(self.weight), native(self.recurrent), bias, torch.zeros_like(bias)]
        begin = [*states, *(self.zeros(values) for _ in range(2 - len(states)))]
        begin = [state[None].contiguous() for state in begin]
        return torch.lstm(values, begin, parameters, True, 1, 0.0, self.training, False, True)[0]
