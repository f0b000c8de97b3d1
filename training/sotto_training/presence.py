"""Whether somebody sings: gains in bands for the voice that a network finds, from all that it found so far.

A network that hears one frame takes a played line for a sung one where the two sound alike for a moment. A small GRU
behind it remembers how much of the mixture was found to be voice, and in which bands, and lowers what does not fit.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy
import torch

from . import checkpoint, evaluate, weights
from .batches import Clip, clip_of, mixtures
from .configuration import Configuration
from .export import data_of
from .layers import GRU, Activation, Arithmetic, Concatenate, Dense, Reduce
from .loss import SILENT
from .model import Model
from .network import INPUT, Network, network_of
from .problem import Problem
from .provenance import commit, versions

EDGES = (86, 172, 258, 345, 474, 646, 861, 1163, 1550, 2067, 2756, 3660, 4950, 6675, 9690)  # Hz, between the bands
BANDS = len(EDGES) + 1
QUIET = 1e-6  # of a band's power: less than what 16 bits round
MOST = 1.25  # what a band is raised by at most
UNITS = 32
DROPPED = 0.25  # of what the gains are found from, while they are learned
STEPS, SEQUENCES, FRAMES, STRETCH = 750, 16, 400, 100  # a loss counts stretches of 2.3 s of the house model's frames
ENOUGH = 1e-2  # of the mixture's power may be wrong
SUNG, COUNTS = 0.02, 4.0  # where the voice has more of the power than that, a stretch counts as so many others
RATE, DECAY = 2e-3, 0.02
GROUP = 16  # excerpts that are remixed among each other


@dataclass
class Powers:
    """Of bands [..., BANDS], sums over channels, parts and bins: powers of `mixture`, the `found` and the true `voice`,
    and what the last two have in common, `both`."""

    mixture: torch.Tensor
    found: torch.Tensor
    both: torch.Tensor
    voice: torch.Tensor

    def __len__(self):
        return len(self.mixture)

    def stretch(self, start: int, count: int) -> list[torch.Tensor]:
        """The frames from `start` on."""
        return [one[start : start + count] for one in (self.mixture, self.found, self.both, self.voice)]


def bands(bins: int, rate: int) -> torch.Tensor:
    """Which bins are of which band, 0 or 1 [BANDS, bins]."""
    frequencies = torch.arange(bins) * (rate / 2 / (bins - 1))
    number = torch.bucketize(frequencies, torch.tensor(EDGES, dtype=frequencies.dtype), right=True)
    return (number == torch.arange(BANDS)[:, None]).float()


def gains() -> Network:
    """From powers of the mixture and then of the voice that was found [2 BANDS] to gains [BANDS], its weights not drawn."""
    network = Network(
        [
            Activation("log", "log", minimum=QUIET),
            Dense("shape", 2 * BANDS, dropout=DROPPED),
            Dense("hidden", UNITS, "relu"),
            GRU("memory", UNITS),
            Dense("gains", BANDS, "sigmoid"),
        ],
        (2 * BANDS,),
    )
    one, mean = torch.eye(BANDS), torch.full((BANDS, BANDS), 1.0 / BANDS)
    shape = network.layers[1]
    with torch.no_grad():
        # How much of each band is voice; and what the mixture's spectrum is like, however loud it is.
        shape.weight.copy_(torch.cat([torch.cat([-one, one], 1), torch.cat([one - mean, torch.zeros_like(one)], 1)]) / 3.0)
        shape.bias.copy_(torch.cat([torch.ones(BANDS), torch.zeros(BANDS)]))
    shape.requires_grad_(False)
    return network


def powers(model: Model, clip: Clip, precision: str = "single") -> Powers:
    """Of what `model` finds in a clip."""
    which = bands(model.grid.bins, model.grid.rate).T
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
        found = model.results(clip.mixture).flatten(1).float()
    pairs = ((clip.mixture, clip.mixture), (found, found), (found, clip.voice), (clip.voice, clip.voice))
    return Powers(*((one * other).unflatten(-1, (-1, model.grid.bins)).sum(1) @ which for one, other in pairs))


def heard(models: list[Model], configuration: Configuration, data: Path, say=print) -> Iterator[Powers]:
    """Of what each model finds in the mixtures of all epochs of a configuration."""
    grid, input, mixing, fit = configuration.grid, configuration.input, configuration.mixing, configuration.fit
    pool = configuration.data.pool(configuration.data.train, data, grid.rate, mixing.step)
    for number in range(fit.epochs):
        random = numpy.random.default_rng([fit.seed, number])
        excerpts = pool.epoch(random)
        for start in range(0, len(excerpts), GROUP):
            for pair, drawn in mixtures(excerpts[start : start + GROUP], mixing, random, grid.rate, input.stereo):
                clip = clip_of(*pair, grid, input, formants=drawn.formants)
                for model in models:
                    yield powers(model, clip, fit.precision)
        say(f"epoch {number} of {fit.epochs} heard")


def loss(found: torch.Tensor, mixture, voice_found, both, voice) -> torch.Tensor:
    """Like `loss.decibels` of stretches, for gains [sequences, frames, BANDS] of powers of the same shape.

    A singer who is taken for an instrument is lost altogether, an instrument that is taken for a singer only stays: so
    stretches with a voice count for more, and -20 dB are enough.
    """
    wrong = 2.0 * (voice - 2.0 * found * both + found**2 * voice_found)
    wrong, whole, sung = (one.sum(-1).unflatten(1, (-1, STRETCH)).sum(-1) for one in (wrong, mixture, voice))
    decibels = 10.0 * torch.log10((wrong.clamp_min(0.0) + ENOUGH * whole + SILENT) / (whole + SILENT))
    counts = torch.where(sung > SUNG * whole, COUNTS, 1.0)
    return (counts * decibels).sum() / counts.sum()


def learned(clips: list[Powers], seed: int, steps: int = STEPS, say=print) -> Network:
    """Gains that make of the voices that were found in `clips` what is nearest to the true ones."""
    clips = [clip for clip in clips if len(clip) >= FRAMES]
    if not clips:
        raise Problem(f"data.seconds: found no excerpt of {FRAMES} frames or more")
    network, random = gains(), numpy.random.default_rng(seed)
    generator = torch.Generator().manual_seed(seed)
    for layer in network.layers[2:]:
        layer.initialise(generator)
    with torch.no_grad():  # everything is let through at first
        network.layers[-1].weight.zero_()
        network.layers[-1].bias.fill_(math.log(1.0 / (MOST - 1.0)))
    trained = [one for one in network.parameters() if one.requires_grad]
    optimiser = torch.optim.AdamW(trained, RATE, weight_decay=DECAY)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = RATE * 0.5 * (1.0 + math.cos(math.pi * step / steps))
        chosen = [clips[number] for number in random.integers(len(clips), size=SEQUENCES)]
        stretches = [clip.stretch(int(random.integers(len(clip) - FRAMES + 1)), FRAMES) for clip in chosen]
        mixture, found, both, voice = (torch.stack(one) for one in zip(*stretches))
        wrong = loss(MOST * network(torch.cat([mixture, found], -1), generator), mixture, found, both, voice)
        optimiser.zero_grad()
        wrong.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        if (step + 1) % 50 == 0:
            say(f"step {step + 1} of {steps}  loss {wrong.item():.2f}")
    return network.eval()


def behind(network: Network, learnt: Network, bins: int, rate: int) -> Network:
    """`network`, which gives spectra, with gains for what it finds behind it."""
    which, voice = bands(bins, rate), network.layers[-1].name
    tensors = network.tensors() | {f"presence.{name}": one for name, one in learnt.tensors().items()}
    added = []
    for name, source in (("mixture", INPUT), ("voice", voice)):
        added += [
            Activation(f"presence.{name}.square", "square", source=source),
            Reduce(f"presence.{name}.power", "sum", [0], keep=False),
            Dense(f"presence.{name}", BANDS, biased=False),
        ]
        tensors[f"presence.{name}.weight"] = which
    added.append(Concatenate("presence.both", 0, source=["presence.mixture", "presence.voice"]))
    entries = network.entries() + [layer.entry() for layer in added]
    entries += [entry | {"name": f"presence.{entry['name']}"} for entry in learnt.entries()]
    curve = Dense("presence.curve", bins, biased=False)
    entries += [one.entry() for one in (curve, Arithmetic("presence", "multiply", source=[voice, "presence.curve"]))]
    tensors["presence.curve.weight"] = MOST * which.T.contiguous()
    kind = next(network.parameters()).dtype
    return network_of(entries, {name: one.to(kind) for name, one in tensors.items()}, network.shape, "presence")


def write(
    path: Path, others: list[Path], configuration: Configuration, data: Path, out: Path, name: str, title: str,
    kept: Path | None = None, say=print,
) -> dict:  # fmt: skip
    """Writes the model at `path` with gains behind it, learned from what it and `others` find; gives its description.

    It is called `name`, for people `title`. What was found, which takes most of the time, is written to `kept`, or read from there.
    """
    read = [weights.read(one) for one in (path, *others)]
    (model, document), models = read[0], [one for one, _ in read]
    for one, where in zip(models, (path, *others)):
        expected = (configuration.grid, configuration.input, "spectrum")
        if (found := (one.grid, one.input, one.output.kind)) != expected:
            raise Problem(f"{where}: found grid, input and output {found}, expected those of the configuration, {expected}")
    of = {
        "configuration": configuration.table(),
        "weights": [hashlib.sha256(Path(one).read_bytes()).hexdigest() for one in (path, *others)],
    }
    if kept and kept.is_file():
        clips = _kept(kept, of)
    else:
        clips = list(heard(models, configuration, data, say))
        if kept:
            checkpoint.save({**of, "clips": [vars(clip) for clip in clips]}, kept)
    network = behind(model.network, learned(clips, configuration.fit.seed, say=say), model.grid.bins, model.grid.rate)
    dev = data_of(document, path).measures(data, model.grid.rate)
    before = evaluate.described(dev, model)
    model = Model(model.grid, model.input, network, model.output)
    facts = {
        "frames": sum(map(len, clips)), "also heard": [one["name"] for _, one in read[1:]], "steps": STEPS,
        "seed": configuration.fit.seed, "commit": commit(), "versions": versions(), "dev before": before,
        "configuration": configuration.table(),
    }  # fmt: skip
    quality = document["quality"] | {"dev": evaluate.described(dev, model)}
    training = document["training"] | {"presence": facts}
    document = weights.description(model, name, title, training, quality, document["licence"])
    weights.write(model, document, out)
    return document


def _kept(path: Path, of: dict) -> list[Powers]:
    """What was found before, if it was by the same weights in the same mixtures."""
    state = checkpoint.load(path)
    for key, expected in of.items():
        if state.get(key) != expected:
            raise Problem(f"{path}, {key}: found {state.get(key)}, expected {expected}; another file, or none, hears again")
    return [Powers(**clip) for clip in state["clips"]]
