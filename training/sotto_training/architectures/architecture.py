"""What every architecture is: a table of a configuration that becomes a list of layers."""

from dataclasses import asdict, dataclass
from typing import ClassVar

from torch import nn

from ..features import Input
from ..grid import Grid
from ..layers import Layer
from ..network import Network
from ..output import Output


@dataclass(frozen=True)
class Architecture:
    """The table `network` of a configuration; `gain` widens the first weights of sigmoid layers."""

    kind: ClassVar[str]
    gain: float = 1.0

    @property
    def delay(self) -> int:
        """Frames by which its result lags behind the newest."""
        return 0

    def layers(self, input: Input, grid: Grid, output: Output) -> list[Layer]:
        """The layers, from what the input gives to what the output takes."""
        raise NotImplementedError

    def network(self, input: Input, grid: Grid, output: Output) -> Network:
        """The network, its weights not drawn yet."""
        return Network(self.layers(input, grid, output), input.shape(grid))

    def block(self, input: Input, grid: Grid, output: Output, frames: int) -> nn.Module | None:
        """What is trained, of the same tensors, where it gives `frames` estimates [sources, frames, bins] at a time: a network or alike.

        Its input is a block of them with as many frames before and after it as there are frames to come. None where
        estimates in a row have nothing to share.
        """
        return None

    def for_files(self) -> "Architecture | None":
        """The same tensors in layers that suit recordings, where their results may wait; None where live ones do."""
        return None

    def table(self) -> dict:
        """As a configuration has it."""
        return {"architecture": self.kind, **asdict(self)}
