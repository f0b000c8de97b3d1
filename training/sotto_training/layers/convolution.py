"""Convolutions inside a frame, of values [channels, height, width]; `history` gives them the frames before."""

from dataclasses import dataclass, field

import torch
from torch.nn import functional

from .activation import activated
from .layer import DERIVED, WRITTEN, Layer, parameter, uniform

MAPS = "[channels, height, width]"


@dataclass(eq=False, repr=False)
class Convolution(Layer):
    """Weights [outputs, inputs / groups, *kernel]; `padding` is zeros at [top, bottom, left, right].

    weights  how they are stored: single or half
    start    what the biases are before training
    """

    kind = "convolution"
    outputs: int = field(metadata=DERIVED)
    kernel: tuple[int, int] = field(metadata=DERIVED)
    stride: list[int] = field(default_factory=lambda: [1, 1])
    dilation: list[int] = field(default_factory=lambda: [1, 1])
    padding: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    groups: int = 1
    weights: str = field(default="single", kw_only=True)
    activation: str = field(default="linear", metadata=WRITTEN)
    slope: float | None = None
    biased: bool = field(default=True, metadata=DERIVED)
    start: float = field(default=0.0, metadata=DERIVED)

    @classmethod
    def derived(cls, entry, tensors):
        weight = tensors["weight"]
        return {"outputs": weight.shape[0], "kernel": tuple(weight.shape[2:]), "biased": "bias" in tensors}

    def prepare(self, *shapes):
        channels, *sides = self.only(shapes, 3, MAPS)
        if channels % self.groups or self.outputs % self.groups:
            self.refuse(f"groups: found {self.groups}, which {channels} to {self.outputs} channels cannot be cut into")
        self.weight = parameter(self.outputs, channels // self.groups, *self.kernel)
        self.bias = parameter(self.outputs) if self.biased else None
        return (self.outputs, *(self.length(side, axis) for axis, side in enumerate(sides)))

    def length(self, side: int, axis: int) -> int:
        """Length of the result along an axis."""
        whole = side + self.padding[2 * axis] + self.padding[2 * axis + 1]
        covered = self.dilation[axis] * (self.kernel[axis] - 1) + 1
        if whole < covered:
            self.refuse(f"found {side} {('rows', 'columns')[axis]}, which the kernel does not fit into")
        return (whole - covered) // self.stride[axis] + 1

    def initialise(self, generator, gain=1.0):
        """He et al. 2015, for rectified units, uniform."""
        uniform(self.weight, (6.0 / self.weight[0].numel()) ** 0.5, generator)
        if self.bias is not None:
            with torch.no_grad():
                self.bias.fill_(self.start)

    def forward(self, values):
        top, bottom, left, right = self.padding
        flat, padding = values.flatten(0, 1), (top, left)
        if top != bottom or left != right:
            flat, padding = functional.pad(flat, (left, right, top, bottom)), (0, 0)
        found = self.convolved(flat, tuple(self.stride), padding)
        return activated(found, self.activation, self.slope).unflatten(0, values.shape[:2])

    def along(self, values: torch.Tensor, frames: int) -> torch.Tensor:
        """The same for values [batch, frames, channels, 1, width], the kernel's rows being the last `frames` frames.

        What stands one behind the other in time is read where it is: a kernel's frames are not copied together.
        """
        maps = values.squeeze(3).movedim(2, 1)  # [batch, channels, frames, width]
        maps = functional.pad(maps, (*self.padding[2:], frames - 1, 0))
        found = self.convolved(maps, (1, self.stride[1]))
        return activated(found, self.activation, self.slope).movedim(1, 2).unsqueeze(3)

    def convolved(self, maps: torch.Tensor, stride: tuple[int, int], padding: tuple[int, int] = (0, 0)) -> torch.Tensor:
        """Of maps [batch, channels, height, width]."""
        maps = maps.contiguous(memory_format=torch.channels_last)
        return functional.conv2d(maps, self.weight, self.bias, stride, padding, self.dilation, self.groups)


@dataclass(eq=False, repr=False)
class TransposedConvolution(Convolution):
    """Weights [inputs, outputs / groups, *kernel]; `padding` cuts off, `extra` adds below and right."""

    kind = "transposed-convolution"
    extra: list[int] = field(default_factory=lambda: [0, 0])

    @classmethod
    def derived(cls, entry, tensors):
        weight = tensors["weight"]
        outputs = weight.shape[1] * entry.get("groups", 1)
        return {"outputs": outputs, "kernel": tuple(weight.shape[2:]), "biased": "bias" in tensors}

    def prepare(self, *shapes):
        shape = super().prepare(*shapes)
        self.weight = parameter(shapes[0][0], self.outputs // self.groups, *self.kernel)
        return shape

    def length(self, side, axis):
        spread = (side - 1) * self.stride[axis] + self.dilation[axis] * (self.kernel[axis] - 1) + 1
        return spread - self.padding[2 * axis] - self.padding[2 * axis + 1] + self.extra[axis]

    def initialise(self, generator, gain=1.0):
        area = self.weight[:, 0].numel() / (self.stride[0] * self.stride[1])
        uniform(self.weight, (6.0 / area) ** 0.5, generator)

    def forward(self, values):
        flat, plain = values.flatten(0, 1).contiguous(memory_format=torch.channels_last), not any((*self.padding, *self.extra))
        found = functional.conv_transpose2d(
            flat, self.weight, self.bias if plain else None, self.stride, groups=self.groups, dilation=self.dilation
        )
        if not plain:
            top, bottom, left, right = self.padding
            below, beyond = self.extra[0] - bottom, self.extra[1] - right
            found = functional.pad(found, (-left, beyond, -top, below))  # what is below 0 is cut off
            found = found if self.bias is None else found + self.bias[:, None, None]
        return activated(found, self.activation, self.slope).unflatten(0, values.shape[:2])
