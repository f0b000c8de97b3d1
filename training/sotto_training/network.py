"""A stack of dense layers with a soft mask on top (Huang et al. 2014; the SVSGAN generator of Fan et al. 2018)."""

from dataclasses import dataclass

import torch
from torch import nn

from .problem import Problem

ACTIVATIONS = {"sigmoid": torch.sigmoid, "relu": torch.relu, "tanh": torch.tanh, "linear": lambda x: x}
EPSILON = 1e-10


@dataclass(frozen=True)
class Dense:
    """One layer: ``activation(W x + b)``, W [outputs, inputs]."""

    name: str
    inputs: int
    outputs: int
    activation: str

    def __post_init__(self):
        if self.activation not in ACTIVATIONS:
            raise Problem(
                f"layer {self.name}, activation: found {self.activation!r}, expected one of {', '.join(ACTIVATIONS)}"
            )
        if self.inputs <= 0 or self.outputs <= 0:
            raise Problem(f"layer {self.name}: found {self.inputs} -> {self.outputs}, expected positive sizes")


class Network(nn.Module):
    """Dense layers; the last one's two halves are the magnitudes of accompaniment and voice, up to their sign.

    `centre` and `spread` [inputs] standardise the input while training; `folded` moves them into the first layer.
    """

    def __init__(self, layers: list[Dense]):
        super().__init__()
        for before, after in zip(layers, layers[1:]):
            if before.outputs != after.inputs:
                raise Problem(
                    f"layer {after.name}, inputs: found {after.inputs}, expected the {before.outputs} outputs "
                    f"of {before.name}"
                )
        self.layers = layers
        self.dense = nn.ModuleList(nn.Linear(layer.inputs, layer.outputs) for layer in layers)
        self.register_buffer("centre", torch.zeros(layers[0].inputs))
        self.register_buffer("spread", torch.ones(layers[0].inputs))

    def initialise(self, generator: torch.Generator, sigmoid_gain: float = 1.0):
        """Uniform within sqrt(6 / (inputs + outputs)), biases 0 (Glorot); `sigmoid_gain` widens sigmoid layers."""
        with torch.no_grad():
            for layer, dense in zip(self.layers, self.dense):
                bound = (6.0 / (layer.inputs + layer.outputs)) ** 0.5
                bound *= sigmoid_gain if layer.activation == "sigmoid" else 1.0
                dense.weight.copy_((torch.rand(dense.weight.shape, generator=generator) * 2 - 1) * bound)
                dense.bias.zero_()

    def forward(
        self, inputs: torch.Tensor, dropout: float = 0.0, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """Outputs [frames, 2 bins] = [accompaniment | voice] for inputs [frames, inputs].

        While fitting, a share `dropout` of the hidden units is left out, drawn from `generator` (on the CPU).
        """
        values = (inputs - self.centre) / self.spread
        for layer, dense in zip(self.layers, self.dense):
            values = ACTIVATIONS[layer.activation](dense(values))
            if dropout and layer is not self.layers[-1]:
                kept = torch.rand(values.shape, generator=generator) >= dropout
                values = values * (kept.to(values.device) / (1.0 - dropout))
        return values

    def folded(self) -> "Network":
        """An equal network whose input needs no standardisation: W' = W / spread, b' = b - W' centre."""
        copy = Network(self.layers)
        copy.load_state_dict(self.state_dict())
        with torch.no_grad():
            weight = self.dense[0].weight.double() / self.spread.double()
            copy.dense[0].weight.copy_(weight)
            copy.dense[0].bias.copy_(self.dense[0].bias.double() - weight @ self.centre.double())
            copy.centre.zero_()
            copy.spread.fill_(1.0)
        return copy

    def parameter_count(self) -> int:
        """Weights and biases, the standardisation not counted (it is folded away)."""
        return sum(parameter.numel() for parameter in self.parameters())


def voice_mask(outputs: torch.Tensor) -> torch.Tensor:
    """Soft mask of the voice [frames, bins]: ``|v| / (|v| + |m| + 1e-10)``; the accompaniment has the rest."""
    accompaniment, voice = outputs.abs().chunk(2, dim=-1)
    return voice / (voice + accompaniment + EPSILON)
