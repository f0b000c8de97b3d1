"""Ways of training; the configuration says which."""

from .conditional import Conditional
from .full_batch import FullBatch
from .phase import Phase
from .semi_supervised import SemiSupervised
from .supervised import Supervised


def phase_of(run) -> Phase:
    """The run's: the one that has a table in its configuration, or else what `fit.optimiser` says."""
    configuration = run.configuration
    if configuration.adversarial:
        return Conditional(run)
    if configuration.critics:
        return SemiSupervised(run)
    return FullBatch(run) if configuration.fit.optimiser == "lbfgs" else Supervised(run)
