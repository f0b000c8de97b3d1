"""Functions of one number, as a layer of their own or at the end of another."""

from dataclasses import dataclass

import torch
from torch.nn import functional

from ..problem import Problem
from .layer import Layer, parameter

ACTIVATIONS = {
    "linear": lambda x, slope: x,
    "relu": lambda x, slope: torch.relu(x),
    "sigmoid": lambda x, slope: torch.sigmoid(x),
    "tanh": lambda x, slope: torch.tanh(x),
    "absolute": lambda x, slope: x.abs(),
    "leaky-relu": lambda x, slope: functional.leaky_relu(x, slope),
}

FUNCTIONS = {
    "exp": torch.exp,
    "log1p": torch.log1p,
    "expm1": torch.expm1,
    "sqrt": torch.sqrt,
    "square": torch.square,
    "reciprocal": torch.reciprocal,
    "negate": torch.neg,
    "softplus": functional.softplus,
}


def activated(values: torch.Tensor, activation: str, slope: float | None = None) -> torch.Tensor:
    """`activation` of every number."""
    if activation not in ACTIVATIONS:
        raise Problem(f"activation: found {activation!r}, expected one of {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[activation](values, slope)


@dataclass(eq=False, repr=False)
class Activation(Layer):
    """A function of every number; `log` is of max(x, minimum), `clip` keeps between minimum and maximum."""

    kind = "activation"
    function: str
    slope: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    axis: int = 0

    def prepare(self, shape):
        if self.function not in {*ACTIVATIONS, *FUNCTIONS, "log", "clip", "elu", "prelu"}:
            self.refuse(f"function: found {self.function!r}, which is not known")
        if self.function == "prelu":
            self.slopes = parameter(shape[self.axis])
        return shape

    def initialise(self, generator, gain=1.0):
        if self.function == "prelu":
            with torch.no_grad():
                self.slopes.fill_(0.25)

    def tensors(self):
        return {"slope": self.slopes} if self.function == "prelu" else {}

    def forward(self, values):
        if self.function in FUNCTIONS:
            return FUNCTIONS[self.function](values)
        if self.function == "log":
            return torch.log(values.clamp_min(self.minimum))
        if self.function == "clip":
            return values.clamp(self.minimum, self.maximum)
        if self.function == "elu":
            return functional.elu(values, 1.0 if self.slope is None else self.slope)
        if self.function == "prelu":
            shape = [1] * values.dim()
            shape[2 + self.axis] = -1
            return torch.where(values > 0, values, values * self.slopes.view(shape))
        return activated(values, self.function, self.slope)
