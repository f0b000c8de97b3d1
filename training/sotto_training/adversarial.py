"""The tables `adversarial` and `critics` of a configuration: training against networks that judge the estimates."""

from dataclasses import dataclass, field

from .layers.activation import ACTIVATIONS
from .problem import Problem

OBJECTIVES = ("minimax", "non-saturating", "wasserstein")


@dataclass(frozen=True, kw_only=True)
class Adversarial:
    """SVSGAN's second phase (Fan, Lai and Jang 2018): one discriminator sees voice, accompaniment and mixture.

    objective     'minimax', the paper's: G lowers log(1 - D); 'non-saturating': G lowers -log D;
                  'wasserstein': D is a critic with a gradient penalty (Gulrajani et al. 2017, one-sided)
    iterations    updates of the generator in an epoch
    updates       of the discriminator before each of them
    hidden        widths of the discriminator's hidden layers, and their `activation`
    rate          of the discriminator's Adam; the generator's is `fit.first`
    beta          first momentum of both
    supervised    weight of the supervised loss, which counts in units of its own value on dev at the start
    real          label of what is real
    penalty       weight of the gradient penalty of 'wasserstein'
    """

    objective: str = "non-saturating"
    iterations: int = 100
    updates: int = 10
    hidden: list[int] = field(default_factory=lambda: [513, 513, 513])
    activation: str = "sigmoid"
    rate: float = 1e-4
    beta: float = 0.5
    supervised: float = 0.1
    real: float = 0.9
    penalty: float = 10.0

    def __post_init__(self):
        if self.objective not in OBJECTIVES:
            raise Problem(f"adversarial.objective: found {self.objective!r}, expected one of {', '.join(OBJECTIVES)}")
        if self.activation not in ACTIVATIONS or self.activation == "leaky-relu":
            known = ", ".join(name for name in ACTIVATIONS if name != "leaky-relu")
            raise Problem(f"adversarial.activation: found {self.activation!r}, expected one of {known}")
        counts(self, "adversarial", "iterations", "updates")
        if not 0.5 < self.real <= 1:
            raise Problem(f"adversarial.real: found {self.real}, expected a label above 0.5, up to 1")


@dataclass(frozen=True, kw_only=True)
class Critics:
    """The semi-supervised training of Stoller, Ewert and Dixon (2018): a Wasserstein critic for each source.

    iterations   updates of the separator in an epoch
    updates      of the critics before each of them
    channels     of the critics' convolutions, all but the last with half of the frames and bins of the one before
    hidden       units behind them
    rate         of the critics' Adam; the separator's is `fit.first`
    alpha        weight of what the critics say of estimates from unpaired mixtures
    beta         weight of the squares by which both estimates miss an unpaired mixture
    penalty      weight of the gradient penalty, one-sided
    """

    iterations: int = 1000
    updates: int = 5
    channels: list[int] = field(default_factory=lambda: [32, 64, 128, 256])
    hidden: int = 32
    rate: float = 5e-5
    alpha: float = 1e-3
    beta: float = 1e-3
    penalty: float = 10.0

    def __post_init__(self):
        counts(self, "critics", "iterations", "updates", "hidden")


def counts(table, name: str, *keys: str):
    """Refuses what is below 1."""
    for key in keys:
        if getattr(table, key) < 1:
            raise Problem(f"{name}.{key}: found {getattr(table, key)}, expected 1 or more")
