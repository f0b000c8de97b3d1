"""Mean and deviation: of a frame, of what was trained on, or given."""

from dataclasses import dataclass, field

import torch
from torch.nn import functional

from .layer import DERIVED, Layer, parameter


@dataclass(eq=False, repr=False)
class LayerNormalisation(Layer):
    """Over the last `axes` axes of every frame (Ba et al. 2016)."""

    kind = "layer-normalisation"
    axes: int = 1
    epsilon: float = 1e-5
    scaled: bool = field(default=True, metadata=DERIVED)

    @classmethod
    def derived(cls, entry, tensors):
        return {"scaled": "weight" in tensors}

    def prepare(self, shape):
        self.over = shape[len(shape) - self.axes :]
        self.weight = parameter(*self.over) if self.scaled else None
        self.bias = parameter(*self.over) if self.scaled else None
        return shape

    def initialise(self, generator, gain=1.0):
        if self.scaled:
            with torch.no_grad():
                self.weight.fill_(1.0)

    def forward(self, values):
        return functional.layer_norm(values, self.over, self.weight, self.bias, self.epsilon)


@dataclass(eq=False, repr=False)
class BatchNormalisation(Layer):
    """Of each channel along `axis`: while training by the batch, then by the running figures (Ioffe, Szegedy 2015)."""

    kind = "batch-normalisation"
    axis: int = 0
    epsilon: float = 1e-5

    def prepare(self, shape):
        self.weight, self.bias = parameter(shape[self.axis]), parameter(shape[self.axis])
        self.register_buffer("mean", torch.zeros(shape[self.axis]))
        self.register_buffer("variance", torch.ones(shape[self.axis]))
        return shape

    def initialise(self, generator, gain=1.0):
        with torch.no_grad():
            self.weight.fill_(1.0)

    def forward(self, values):
        moved = values.movedim(2 + self.axis, 1)
        found = functional.batch_norm(
            moved, self.mean, self.variance, self.weight, self.bias, self.training, 0.1, self.epsilon
        )
        return found.movedim(1, 2 + self.axis)


@dataclass(eq=False, repr=False)
class Affine(Layer):
    """``x scale + shift`` along an axis, the last unless given. Not trained: set from figures of the data."""

    kind = "affine"
    axis: int | None = None
    shifted: bool = field(default=True, metadata=DERIVED)

    @classmethod
    def derived(cls, entry, tensors):
        return {"shifted": "shift" in tensors}

    def prepare(self, shape):
        self.along = len(shape) - 1 if self.axis is None else self.axis
        self.after = len(shape) - 1 - self.along
        self.register_buffer("scale", torch.ones(shape[self.along]))
        self.register_buffer("shift", torch.zeros(shape[self.along]) if self.shifted else None)
        return shape

    def forward(self, values):
        def across(numbers):
            return numbers.view(-1, *[1] * self.after)

        values = values * across(self.scale)
        return values if self.shift is None else values + across(self.shift)
