"""Numbers of two layers together, and of one over its axes."""

from dataclasses import dataclass, field

import torch

from .layer import DERIVED, Layer

PAIRS = {
    "add": torch.add,
    "subtract": torch.subtract,
    "multiply": torch.multiply,
    "divide": torch.divide,
    "power": torch.pow,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
}


@dataclass(eq=False, repr=False)
class Arithmetic(Layer):
    """Of two values number by number; axes of 1 and missing leading axes stretch."""

    kind = "arithmetic"
    function: str

    def prepare(self, *shapes):
        if len(shapes) != 2 or self.function not in PAIRS:
            self.refuse(f"found {len(shapes)} inputs and the function {self.function!r}, expected 2 and a known one")
        return tuple(torch.broadcast_shapes(*shapes))

    def forward(self, one, other):
        rank = max(one.dim(), other.dim())
        one, other = (value.reshape(*value.shape[:2], *[1] * (rank - value.dim()), *value.shape[2:])
                      for value in (one, other))  # fmt: skip
        return PAIRS[self.function](one, other)


@dataclass(eq=False, repr=False)
class Constant(Layer):
    """The tensor `value`, the same for every frame."""

    kind = "constant"
    shape: tuple[int, ...] = field(metadata=DERIVED)

    @classmethod
    def derived(cls, entry, tensors):
        return {"shape": tuple(tensors["value"].shape)}

    def prepare(self):
        self.register_buffer("value", torch.zeros(self.shape))
        return self.shape

    def forward(self):
        return self.value[None, None]


@dataclass(eq=False, repr=False)
class Reduce(Layer):
    """Over `axes`: `sum`, `mean`, `maximum`, `minimum`, `l1`, `l2`; they stay as axes of 1 where `keep`."""

    kind = "reduce"
    function: str
    axes: list[int]
    keep: bool = True

    def prepare(self, shape):
        if self.keep:
            return tuple(1 if axis in self.axes else side for axis, side in enumerate(shape))
        return tuple(side for axis, side in enumerate(shape) if axis not in self.axes)

    def forward(self, values):
        axes = [2 + axis for axis in self.axes]
        over = {
            "sum": torch.sum,
            "mean": torch.mean,
            "maximum": torch.amax,
            "minimum": torch.amin,
            "l1": lambda x, dim, keepdim: x.abs().sum(dim, keepdim),
            "l2": lambda x, dim, keepdim: x.square().sum(dim, keepdim).sqrt(),
        }
        if self.function not in over:
            self.refuse(f"function: found {self.function!r}, expected one of {', '.join(over)}")
        return over[self.function](values, dim=axes, keepdim=self.keep)


@dataclass(eq=False, repr=False)
class Softmax(Layer):
    """Along the last axis."""

    kind = "softmax"

    def forward(self, values):
        return torch.softmax(values, -1)


@dataclass(eq=False, repr=False)
class Product(Layer):
    """Of matrices [..., m, k] and [..., k, n]."""

    kind = "product"

    def prepare(self, one, other):
        if one[-1] != other[-2] or one[:-2] != other[:-2]:
            self.refuse(f"found matrices {list(one)} and {list(other)}, which do not fit")
        return (*one[:-1], other[-1])

    def forward(self, one, other):
        return one @ other
