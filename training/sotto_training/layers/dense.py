"""Fully connected layers."""

from dataclasses import dataclass, field

import torch
from torch.nn import functional

from .activation import activated
from .layer import DERIVED, WRITTEN, Layer, parameter, uniform


@dataclass(eq=False, repr=False)
class Dense(Layer):
    """``activation(W x + b)`` of every row of the last axis; W [outputs, inputs].

    start    what the biases are before training
    """

    kind = "dense"
    outputs: int = field(metadata=DERIVED)
    activation: str = field(default="linear", metadata=WRITTEN)
    slope: float | None = None
    weights: str = "single"
    biased: bool = field(default=True, metadata=DERIVED)
    start: float = field(default=0.0, metadata=DERIVED)

    @classmethod
    def derived(cls, entry, tensors):
        return {"outputs": tensors["weight"].shape[0], "biased": "bias" in tensors}

    def prepare(self, shape):
        self.weight = parameter(self.outputs, shape[-1])
        self.bias = parameter(self.outputs) if self.biased else None
        return (*shape[:-1], self.outputs)

    def initialise(self, generator, gain=1.0):
        bound = (6.0 / sum(self.weight.shape)) ** 0.5
        uniform(self.weight, bound * (gain if self.activation == "sigmoid" else 1.0), generator)
        if self.bias is not None:
            with torch.no_grad():
                self.bias.fill_(self.start)

    def forward(self, values):
        return activated(functional.linear(values, self.weight, self.bias), self.activation, self.slope)


@dataclass(eq=False, repr=False)
class Vector(Layer):
    """The neuron of Fan, Chan, Yang and Jang (2017): activations, weights and biases are vectors of three numbers.

    ``z = W × x + b``, the cross product of each weight with each input, summed over the inputs; with `component`
    only that component of the result.
    """

    kind = "vector"
    outputs: int = field(metadata=DERIVED)
    activation: str = field(default="linear", metadata=WRITTEN)
    component: int | None = None
    weights: str = "single"

    @classmethod
    def derived(cls, entry, tensors):
        return {"outputs": tensors["weight"].shape[1]}

    def prepare(self, *shapes):
        three, inputs = self.only(shapes, 2, "[3, inputs]")
        if three != 3:
            self.refuse(f"found an input of {three} components, expected 3")
        self.weight = parameter(3, self.outputs, inputs)
        self.bias = parameter(3, self.outputs)
        return (3, self.outputs) if self.component is None else (self.outputs,)

    def initialise(self, generator, gain=1.0):
        bound = (6.0 / (self.weight.shape[1] + 2 * self.weight.shape[2])) ** 0.5  # two products a component
        uniform(self.weight, bound * (gain if self.activation == "sigmoid" else 1.0), generator)

    def forward(self, values):
        def of(component):
            after, last = (component + 1) % 3, (component + 2) % 3
            positive = functional.linear(values[..., last, :], self.weight[after], self.bias[component])
            return positive - functional.linear(values[..., after, :], self.weight[last])

        if self.component is not None:
            return activated(of(self.component), self.activation)
        return activated(torch.stack([of(component) for component in range(3)], dim=-2), self.activation)
