"""Layers one after the other, or in a graph: what is trained is what the weights file describes."""

from collections.abc import Iterable

import torch
from torch import nn

from .layers import GRU, KINDS, LSTM, Affine, Convolution, Dense, History, Layer, Recurrent, Reshape, Unroll
from .layers.layer import DERIVED, key
from .problem import Problem
from .schedule import Schedule
from .strict import build

INPUT = "input"
FOLDABLE = (Dense, Recurrent, GRU, LSTM)  # layers that can take a scale and a shift of their input into their weights


class Network(nn.Module):
    """Layers in the order in which they run; the last one's result is the network's.

    `shape` is the shape of a frame of the input, `result` that of a frame of the result.
    """

    def __init__(self, layers: list[Layer], shape: tuple[int, ...]):
        super().__init__()
        self.layers, self.shape = nn.ModuleList(layers), tuple(shape)
        self.sources: list[tuple[str, ...]] = []
        shapes, before, self.schedules = {INPUT: self.shape}, INPUT, {INPUT: Schedule()}
        for layer in layers:
            sources = _sources(layer, before)
            for source in sources:
                if source not in shapes:
                    layer.refuse(f"from: found {source!r}, expected the name of an earlier layer, or 'input'")
            if layer.name in shapes:
                layer.refuse("name: another layer has it")
            every = [*(self.schedules[source].every for source in sources), layer.every]
            if min(every) < 1 or any(max(every) % one for one in every):
                layer.refuse(f"every: found {layer.every} frames after {every[:-1]}, expected numbers that divide each other")
            if not 0 <= layer.at < layer.every:
                layer.refuse(f"at: found {layer.at}, expected one of the first {layer.every} frames")
            shapes[layer.name] = tuple(layer.prepare(*(shapes[source] for source in sources)))
            self.sources.append(sources)
            self.schedules[layer.name] = Schedule(layer.every, layer.at)
            before = layer.name
        self.shapes, self.result = shapes, shapes[before]
        self.along, self.passed = self._convolutions_of_frames(shapes)

    def _convolutions_of_frames(self, shapes: dict[str, tuple[int, ...]]) -> tuple[dict[int, int], set[int]]:
        """Convolutions whose rows are the frames of a history, with how many; and the layers between, then needless."""
        along, passed = {}, set()
        reads = [source for sources in self.sources for source in sources]
        for number in range(2, len(self.layers)):
            history, shape, layer = self.layers[number - 2 : number + 1]
            maps = shapes[self.sources[number - 2][0]] if self.sources[number - 2] else ()
            fits = (
                isinstance(history, History) and history.axis == 2 and history.start == "zero"
                and isinstance(shape, Reshape) and isinstance(layer, Convolution) and layer.kind == "convolution"
                and self.sources[number] == (shape.name,) and self.sources[number - 1] == (history.name,)
                and reads.count(shape.name) == reads.count(history.name) == 1
                and len(maps) == 3 and maps[1] == 1 and shape.full == (maps[0], history.frames, maps[2])
                and history.frames == (layer.kernel[0] - 1) * layer.dilation[0] + 1
                and not any(layer.padding[:2]) and history.spacing == 1
                and len({self.schedules[one.name] for one in (history, shape, layer)}) == 1
            )  # fmt: skip
            if fits:
                along[number] = history.frames
                passed |= {number - 2, number - 1}
        return along, passed

    def forward(self, inputs: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
        """Results [batch, frames, *result] for inputs [batch, frames, *shape], the state zero before each sequence.

        While training, layers leave out a share of their results, drawn from `generator`, on the device it lives on.
        """
        return self.until(None, inputs, generator)

    def until(self, name: str | None, inputs: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
        """The input of the layer `name`, or the last layer's result."""
        if inputs.shape[2:] != self.shape:
            raise Problem(f"input: found frames of shape {list(inputs.shape[2:])}, expected {list(self.shape)}")
        return self._run({INPUT: inputs}, range(len(self.layers)), inputs.shape[:2], name, generator)

    def in_blocks(self, inputs: torch.Tensor, frames: int) -> torch.Tensor:
        """Results for inputs [1, frames, *shape] of a whole file; `frames` at a time reach what stands before all memory.

        That saves memory where many maps are found from one frame, and few numbers of them are remembered.
        """
        first = next((number for number, layer in enumerate(self.layers) if _remembers(layer)), len(self.layers))
        needed = {source for sources in self.sources[first:] for source in sources} | {self.layers[-1].name}
        found = []
        for part in inputs.split(frames, 1):
            values = {INPUT: part}
            self._run(values, range(first), part.shape[:2])
            found.append({name: value for name, value in values.items() if name in needed})
        values = {name: torch.cat([part[name] for part in found], 1) for name in found[0]}
        if first < len(self.layers):
            return self._run(values, range(first, len(self.layers)), inputs.shape[:2])
        return values[self.layers[-1].name]

    def _run(self, values, numbers, frames, name=None, generator=None) -> torch.Tensor:
        """The last result of the layers `numbers`, or the input of `name`; in `values` stays what others behind them read."""
        last = {source: number for number, sources in enumerate(self.sources) for source in sources}
        found = torch.empty(0)
        for number in numbers:
            layer, sources = self.layers[number], self.sources[number]
            own, sparse = self.schedules[layer.name], isinstance(layer, Unroll)
            given = [
                values[source] if sparse else self.schedules[source].known(values[source], own, frames[1])
                for source in sources
            ]
            if layer.name == name:
                return given[0]
            if number in self.passed:
                found = given[0]  # the convolution behind it reads the frames where they are
            elif number in self.along:
                found = layer.along(given[0], self.along[number])
            elif sparse:
                found = layer.of(given[0], self.schedules[sources[0]], frames[1])
            elif given and not len(own.frames(frames[1])):
                found = given[0].new_zeros(frames[0], 0, *self.shapes[layer.name])
            else:
                found = layer(*given)
            if not sources:
                found = found.expand(frames[0], len(own.frames(frames[1])), *found.shape[2:])
            if self.training and layer.dropout:
                where = "cpu" if generator is None else generator.device
                kept = torch.rand(found.shape, generator=generator, device=where) >= layer.dropout
                found = found * (kept.to(found.device) / (1.0 - layer.dropout))
            values[layer.name] = found
            for source in sources:
                if last[source] == number:
                    values.pop(source, None)
        ending = self.schedules[self.layers[numbers[-1]].name] if numbers else Schedule()
        return ending.known(found, Schedule(), frames[1])

    def initialise(self, generator: torch.Generator, gain: float = 1.0):
        """Draws all weights; `gain` widens those of sigmoid layers."""
        for layer in self.layers:
            layer.initialise(generator, gain)

    def standardise(self, batches: Iterable[torch.Tensor]):
        """Sets every affine layer to mean 0 and deviation 1 of what reaches it, in float64, over all of `batches`."""
        affine = [layer for layer in self.layers if isinstance(layer, Affine)]
        sums = {layer.name: [0.0, 0.0, 0] for layer in affine}
        for inputs in batches if affine else ():
            for layer in affine:
                with torch.no_grad():
                    rows = self.until(layer.name, inputs).movedim(2 + layer.along, -1).flatten(0, -2).double()
                of = sums[layer.name]
                of[0], of[1], of[2] = of[0] + rows.sum(0), of[1] + (rows**2).sum(0), of[2] + len(rows)
        for layer in affine:
            total, square, count = sums[layer.name]
            mean = total / count
            deviation = (square / count - mean**2).clamp_min(0).sqrt()
            scale = 1.0 / deviation.clamp_min(1e-3 * float(deviation.max()) + 1e-12)
            layer.scale.copy_(scale)
            layer.shift.copy_(-mean * scale)

    def folded(self) -> "Network":
        """An equal network without the affine layers that the layers behind them can take into their weights."""
        tensors, entries, before = self.tensors(), [], INPUT
        layers = list(self.layers)
        gone: dict[str, tuple[str, ...]] = {}
        for number, layer in enumerate(layers):
            entry, sources = layer.entry(), _sources(layer, before)
            before = layer.name
            if any(source in gone for source in sources):
                (name,) = sources
                scale, shift = (tensors.pop(f"{name}.{kind}").double() for kind in ("scale", "shift"))
                weight = tensors[f"{layer.name}.weight"].double()
                bias = tensors[f"{layer.name}.bias"].double() + weight @ shift
                tensors[f"{layer.name}.weight"], tensors[f"{layer.name}.bias"] = weight * scale, bias
                (entry["from"],) = gone[name]
                if entry["from"] == (entries[-1]["name"] if entries else INPUT):
                    entry.pop("from")
            if isinstance(layer, Affine) and self._foldable(number):
                gone[layer.name] = sources
            else:
                entries.append(entry)
        kind = next(self.parameters())
        tensors = {name: tensor.to(kind.dtype) for name, tensor in tensors.items()}
        return network_of(entries, tensors, self.shape, "folded").to(kind.device)

    def _foldable(self, number: int) -> bool:
        name, along = self.layers[number].name, self.layers[number].after == 0
        readers = [other for other, sources in enumerate(self.sources) if name in sources]
        if not along or self.layers[number].shift is None or len(readers) != 1 or len(self.sources[readers[0]]) != 1:
            return False
        reader = self.layers[readers[0]]
        return isinstance(reader, FOLDABLE) and reader.bias is not None

    def entries(self) -> list[dict]:
        """The layers as the file lists them."""
        return [layer.entry() for layer in self.layers]

    def tensors(self) -> dict[str, torch.Tensor]:
        """All tensors by their names in the file."""
        return {
            f"{layer.name}.{name}": tensor.detach() for layer in self.layers for name, tensor in layer.tensors().items()
        }

    def parameter_count(self) -> int:
        """Numbers that training finds."""
        return sum(parameter.numel() for parameter in self.parameters())

    def remembers(self) -> bool:
        """Whether a frame's result depends on more of the past than its own input shows."""
        return any(_remembers(layer) for layer in self.layers)


def _remembers(layer: Layer) -> bool:
    return layer.kind in ("recurrent", "history", "unroll") or getattr(layer, "scan", "") == "time" or layer.every > 1


def _sources(layer: Layer, before: str) -> tuple[str, ...]:
    if layer.source is None:
        return () if layer.kind == "constant" else (before,)
    return (layer.source,) if isinstance(layer.source, str) else tuple(layer.source)


def network_of(entries: list[dict], tensors: dict[str, torch.Tensor], shape: tuple[int, ...], where: str) -> Network:
    """The network that a file's entries and tensors describe; `where` names the file."""
    layers = [_layer(entry, tensors, f"{where}, layers[{number}]") for number, entry in enumerate(entries)]
    try:
        network = Network(layers, shape)
    except Problem as problem:
        raise Problem(f"{where}: {problem}") from None
    if any(tensor.dtype == torch.float64 for tensor in tensors.values()):
        network = network.double()
    expected = network.tensors()
    if set(expected) != set(tensors):
        raise Problem(f"{where}: found the tensors {sorted(tensors)}, expected {sorted(expected)}")
    with torch.no_grad():
        for name, tensor in expected.items():
            found = tensors[name]
            if found.shape != tensor.shape:
                raise Problem(f"{where}, {name}: found {list(found.shape)}, expected {list(tensor.shape)}")
            if not torch.isfinite(found).all():
                raise Problem(f"{where}, {name}: holds values that are not finite")
            tensor.copy_(found)
    return network.eval()


def _layer(entry: dict, tensors: dict[str, torch.Tensor], where: str) -> Layer:
    table = {name: value for name, value in entry.items() if name != "kind"}
    kind, name = KINDS.get(entry.get("kind")), table.get("name")
    if kind is None:
        raise Problem(f"{where}, kind: found {entry.get('kind')!r}, expected one of {', '.join(sorted(KINDS))}")
    own = {known[len(name) + 1 :]: tensor for known, tensor in tensors.items() if known.startswith(f"{name}.")}
    written = {key(one): one for one, field in kind.__dataclass_fields__.items() if field.metadata != DERIVED}
    for known in table:
        if known not in written:
            raise Problem(f"{where}: unknown key {known!r}, expected one of {', '.join(sorted(written))}")
    try:
        derived = kind.derived(entry, own)
    except (KeyError, IndexError):
        raise Problem(f"{where}, {name}: the tensors {sorted(own)} are not those of such a layer") from None
    return build(kind, {written[known]: value for known, value in table.items()} | derived, where)
