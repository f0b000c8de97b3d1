"""What every layer is: its keys in the weights file, its tensors, and what it makes of a sequence."""

from dataclasses import MISSING, dataclass, field, fields
from typing import ClassVar

import torch
from torch import nn

from ..problem import Problem

DERIVED = {"derived": True}  # marks fields that follow from the tensors and are not written down
WRITTEN = {"written": True}  # marks fields that are written down whatever they are
WEIGHTS = ("single", "half", "integer")


@dataclass(eq=False, repr=False)
class Layer(nn.Module):
    """One layer of the weights file.

    Its fields are the keys of its entry in the file, but for those marked as derived. Values are sequences
    [batch, frames, *shape]: `shape` is what the file speaks of, the numbers of one frame.

    source     the layers it reads, None for the one before; `from` in the file
    dropout    share of its results left out while training; not in the file
    every      frames a run: it runs at the first, and at each so many later, and keeps its result between
    at         the frame of its first run, so that not all of them fall due together
    """

    kind: ClassVar[str]
    name: str
    source: str | list[str] | None = field(default=None, kw_only=True)
    dropout: float = field(default=0.0, kw_only=True, metadata=DERIVED)
    every: int = field(default=1, kw_only=True)
    at: int = field(default=0, kw_only=True)

    def __post_init__(self):
        super().__init__()

    def entry(self) -> dict:
        """The layer as the file describes it: few defaults, nothing that follows from the tensors."""
        entry = {"kind": self.kind}
        for one in fields(self):
            value = getattr(self, one.name)
            default = one.default_factory() if one.default_factory is not MISSING else one.default
            plain = default is not MISSING and value == default
            if not one.metadata.get("derived") and (one.metadata.get("written") or not plain):
                entry[key(one.name)] = value
        return entry

    @classmethod
    def derived(cls, entry: dict, tensors: dict[str, torch.Tensor]) -> dict:
        """The derived fields, from the layer's entry in the file and its tensors by their short names."""
        return {}

    def prepare(self, *shapes: tuple[int, ...]) -> tuple[int, ...]:
        """Makes the tensors for inputs of these shapes; gives the shape of the result."""
        return shapes[0]

    def initialise(self, generator: torch.Generator, gain: float = 1.0):
        """Draws the weights; `gain` widens those of sigmoid layers."""

    def tensors(self) -> dict[str, torch.Tensor]:
        """Its tensors by their short names: `weight`, `recurrent-bias`."""
        own = [*self.named_parameters(recurse=False), *self.named_buffers(recurse=False)]
        return {key(name): tensor for name, tensor in own}

    def refuse(self, words: str):
        """Names the layer in a problem."""
        raise Problem(f"layer {self.name}: {words}")

    def only(self, shapes: tuple, rank: int, words: str) -> tuple[int, ...]:
        """The one shape in `shapes`, which has to have `rank` axes; `words` name them."""
        if len(shapes) != 1 or len(shapes[0]) != rank:
            self.refuse(f"found an input of shape {[list(shape) for shape in shapes]}, expected {words}")
        return shapes[0]


def key(name: str) -> str:
    """A field's name as a key of the file."""
    return "from" if name == "source" else name.replace("_", "-")


def parameter(*shape: int) -> nn.Parameter:
    """Zeros to be found by training."""
    return nn.Parameter(torch.zeros(*shape))


def uniform(tensor: torch.Tensor, bound: float, generator: torch.Generator):
    """Fills with numbers from -bound to bound."""
    with torch.no_grad():
        tensor.copy_((torch.rand(tensor.shape, generator=generator) * 2 - 1) * bound)
