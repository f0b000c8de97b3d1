"""The same numbers, or some of them, in another shape."""

import math
from dataclasses import dataclass

import torch

from .layer import Layer


@dataclass(eq=False, repr=False)
class Reshape(Layer):
    """The same numbers in another shape, of which one side may be -1."""

    kind = "reshape"
    shape: list[int]

    def prepare(self, shape):
        numbers, known = math.prod(shape), math.prod(side for side in self.shape if side >= 0)
        if -1 in self.shape:
            known *= numbers // max(1, known)
        if known != numbers:
            self.refuse(f"shape: found {self.shape}, expected one of {numbers} numbers as in {list(shape)}")
        self.full = tuple(numbers * -1 // math.prod(self.shape) if side < 0 else side for side in self.shape)
        return self.full

    def forward(self, values):
        return values.reshape(*values.shape[:2], *self.full)


@dataclass(eq=False, repr=False)
class Permute(Layer):
    """Axes in another order."""

    kind = "permute"
    order: list[int]

    def prepare(self, shape):
        if sorted(self.order) != list(range(len(shape))):
            self.refuse(f"order: found {self.order}, expected an order of the {len(shape)} axes")
        return tuple(shape[axis] for axis in self.order)

    def forward(self, values):
        return values.permute(0, 1, *(2 + axis for axis in self.order))


@dataclass(eq=False, repr=False)
class Slice(Layer):
    """From `start` up to, not including, `stop` along an axis, every `step`-th."""

    kind = "slice"
    axis: int
    start: int
    stop: int
    step: int = 1

    def prepare(self, shape):
        kept = range(self.start, self.stop, self.step)
        if not kept or min(kept) < 0 or max(kept) >= shape[self.axis]:
            self.refuse(f"found {self.start} to {self.stop}, expected a part of {shape[self.axis]}")
        return (*shape[: self.axis], len(kept), *shape[self.axis + 1 :])

    def forward(self, values):
        if self.step > 0:
            kept = (slice(None),) * (2 + self.axis) + (slice(self.start, self.stop, self.step),)
            return values[kept]
        kept = torch.tensor(range(self.start, self.stop, self.step), device=values.device)
        return values.index_select(2 + self.axis, kept)


@dataclass(eq=False, repr=False)
class Gather(Layer):
    """The numbers at `indices` along an axis."""

    kind = "gather"
    axis: int
    indices: list[int]

    def prepare(self, shape):
        if not self.indices or min(self.indices) < 0 or max(self.indices) >= shape[self.axis]:
            self.refuse(f"indices: found {self.indices}, expected some below {shape[self.axis]}")
        return (*shape[: self.axis], len(self.indices), *shape[self.axis + 1 :])

    def forward(self, values):
        return values.index_select(2 + self.axis, torch.tensor(self.indices, device=values.device))


@dataclass(eq=False, repr=False)
class Concatenate(Layer):
    """Several, one behind the other along an axis."""

    kind = "concatenate"
    axis: int

    def prepare(self, *shapes):
        rest = {shape[: self.axis] + shape[self.axis + 1 :] for shape in shapes}
        if len(rest) != 1:
            self.refuse(f"found the shapes {[list(shape) for shape in shapes]}, which differ beside axis {self.axis}")
        first = shapes[0]
        return (*first[: self.axis], sum(shape[self.axis] for shape in shapes), *first[self.axis + 1 :])

    def forward(self, *values):
        return torch.cat(values, 2 + self.axis)


@dataclass(eq=False, repr=False)
class Pad(Layer):
    """`value` before and after along an axis."""

    kind = "pad"
    axis: int
    before: int
    after: int
    value: float = 0.0

    def prepare(self, shape):
        return (*shape[: self.axis], self.before + shape[self.axis] + self.after, *shape[self.axis + 1 :])

    def forward(self, values):
        later = values.dim() - 3 - self.axis
        return torch.nn.functional.pad(values, [0, 0] * later + [self.before, self.after], value=self.value)


@dataclass(eq=False, repr=False)
class Expand(Layer):
    """Axes of 1 repeated."""

    kind = "expand"
    shape: list[int]

    def prepare(self, shape):
        if tuple(torch.broadcast_shapes(shape, tuple(self.shape))) != tuple(self.shape):
            self.refuse(f"shape: found {self.shape}, which {list(shape)} does not stretch to")
        self.missing = len(self.shape) - len(shape)
        return tuple(self.shape)

    def forward(self, values):
        lead = values.shape[:2]
        return values.reshape(*lead, *[1] * self.missing, *values.shape[2:]).expand(*lead, *self.shape)
