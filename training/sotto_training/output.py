"""What a network's result says of the voice, and the mask that follows."""

from dataclasses import dataclass

import torch

from .problem import Problem

EPSILON = 1e-10
SOURCES = ["accompaniment", "voice"]
KINDS = ("two-source-magnitudes", "mask", "spectrum")
MASKS = ("soft", "binary", "probabilistic")
LIMIT = 16.0  # times the mixture's magnitude, as the engine has it, are the most that a voice's spectrum may have
HALF = 0.5  # the threshold of a probabilistic mask while nobody sets another


@dataclass(frozen=True)
class Output:
    """`two-source-magnitudes`: [accompaniment | voice], up to the sign; `mask`: the voice's, a number a bin; `spectrum`: the
    parts of the voice's spectra, as the input has the mixture's.

    mask       soft, the share of the voice; binary; probabilistic, that share above a threshold
    exponent   of both magnitudes in the soft mask
    delay      frames by which a result lags behind the newest, where the network waits for them by itself
    """

    kind: str = "two-source-magnitudes"
    mask: str = "soft"
    exponent: float = 1.0
    delay: int = 0

    def __post_init__(self):
        for name, found, known in (("kind", self.kind, KINDS), ("mask", self.mask, MASKS)):
            if found not in known:
                raise Problem(f"output.{name}: found {found!r}, expected one of {', '.join(known)}")
        if not self.exponent > 0:
            raise Problem(f"output.exponent: found {self.exponent}, expected more than 0")
        if self.delay < 0:
            raise Problem(f"output.delay: found {self.delay}, expected 0 or more frames")

    @property
    def sources(self) -> int:
        """Numbers a bin in the network's result."""
        return 2 if self.kind == "two-source-magnitudes" else 1

    def table(self) -> dict:
        """As the weights file has it."""
        late = {"delay": self.delay} if self.delay else {}
        if self.kind == "spectrum":
            return {"kind": self.kind, **late}
        if self.kind == "mask":
            return {"kind": self.kind, "mask": self.mask, **late}
        return {"kind": self.kind, "sources": SOURCES, "mask": self.mask, "exponent": self.exponent, **late}

    def share(self, results: torch.Tensor) -> torch.Tensor:
        """The voice's share [..., bins], from 0 to 1, of results [..., sources * bins]: what is trained."""
        if self.kind == "mask":
            return results
        accompaniment, voice = (part**self.exponent for part in results.abs().chunk(2, dim=-1))
        return voice / (voice + accompaniment + EPSILON)

    def voice(self, results: torch.Tensor, mixture: torch.Tensor) -> torch.Tensor:
        """The voice [..., bins] in the units of the input, of a mixture in them."""
        return results if self.kind == "spectrum" else self.share(results) * mixture

    def voice_mask(self, results: torch.Tensor) -> torch.Tensor:
        """The mask [..., bins] that is heard."""
        share = self.share(results)
        return share if self.mask == "soft" else (share > HALF).to(share.dtype)


def bounded(voice: torch.Tensor, mixture: torch.Tensor) -> torch.Tensor:
    """Spectra of a voice within the engine's limit."""
    most = LIMIT * mixture.abs()
    return voice * (most / voice.abs().clamp_min(1e-30)).clamp_max(1.0)


def output_of(table: dict, where: str) -> Output:
    """The output described by a weights file."""
    found = {name: value for name, value in table.items() if name != "sources"}
    try:
        output = Output(**found)
    except TypeError:
        raise Problem(f"{where}: found the keys {sorted(table)}, expected those of {Output().table()}") from None
    if table != output.table():
        raise Problem(f"{where}: found {table}, expected {output.table()}")
    return output
