"""The table of all systems: what their papers report, and what the engine that plays measures."""

import json
import re
import subprocess
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .problem import Problem

SHORT = 0.5  # dB under its paper from which on a system owes an explanation
AND = ", and on "
RATE = 48000
CONFIGURATIONS = Path(__file__).parents[1] / "configurations"

HEAD = """# Results

Made by `{command}`; not by hand.{earlier}

Unless a note says otherwise, every network was trained on MIR-1K's `train` only (171 clips of two singers) and chosen by
`dev` only (4 clips). Figures are of the {clips} clips of `{data}` ({minutes:.1f} minutes){heard}, through the streaming engine as it plays:
GNSDR / GSIR / GSAR in dB (BSS-Eval version 3 of whole clips, 512 taps, relative to the mixture, weighted by length).

The papers' figures are of other clips, as said below the table: a difference is the system's and the clips' together.

| system | paper, voice | voice | accompaniment | latency | frames to come | parameters | a frame |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""

FOOT = """
Latency at {rate} Hz as the preset alone needs it; a live stream adds a period or more in hand for a network that has a
thread. A frame is the layers' processor time, hot and with the caches emptied, median, on {processor}.
"""


@dataclass(frozen=True)
class Paper:
    """What is reported of a system: `voice` trained plainly, `discriminative` with the terms of that name.

    `note` tells why the figures here stay behind: this system's own, or that of its `family`; or whatever else there is to
    say of a system that no figures are known of.
    """

    voice: list[float] | None = None
    discriminative: list[float] | None = None
    split: str = "the 825 test clips of Huang et al. (2014), of which these are a part"
    note: str = ""
    family: str = ""

    @property
    def best(self) -> list[float] | None:
        """The figures to be compared with."""
        return max(filter(None, (self.voice, self.discriminative)), default=None)


def papers() -> dict[str, Paper]:
    """By the systems' names."""
    table = tomllib.loads((Path(__file__).parent / "papers.toml").read_text())
    families = table.pop("families")
    return {name: Paper(**{"note": families.get(entry.get("family"), "")} | entry) for name, entry in table.items()}


def ask(programs: Path, *arguments) -> dict:
    """What `sotto` answers in JSON."""
    command = [str(programs / "sotto"), *map(str, arguments), "--json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise Problem(f"{command[0]}: cannot be run: {error.strerror}") from error
    try:
        answer = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise Problem(f"{' '.join(command)}: found status {done.returncode}: {done.stderr.strip()}") from None
    if "error" in answer:
        raise Problem(f"{' '.join(command)}: {answer['error'].get('message', answer['error'])}")
    return answer


def write(out: Path, data: Path, programs: Path, models: Path, presets: list[str], folder: Path, keep: bool = False):
    """Measures every weights file in `models`, live, and the named `presets` of `folder`, and writes the table to `out`.

    With `keep` the rows that it has of other systems stay, if they are of as many clips of the same data.
    """
    weights = sorted(Path(models).glob("*.safetensors"))
    if not weights and not presets:
        raise Problem(f"{models}: holds no weights file, and no preset is named")
    wanted = [*weights, *presets]
    with tempfile.TemporaryDirectory() as made:
        bare = [_preset(one, Path(made)) for one in weights]
        several = [
            ask(programs, "evaluate", data, *(word for one in named for word in ("--preset", one)), "--preset-path", folder, *how)
            for named, how in ((bare, ["--live", "--oracle"]), (presets, [] if bare else ["--oracle"])) if named
        ]  # fmt: skip
    scored = several[0] | {key: [one for part in several for one in part[key]] for key in ("systems", "failures")}
    if keep:
        scored["systems"] += _kept(out, f"the {scored['clips']} clips of `{data.name}`", scored["systems"])
    if scored["failures"]:
        raise Problem(f"{data}: {len(scored['failures'])} clips were not measured, first: {scored['failures'][0]}")
    checked = {Path(one).stem: ask(programs, "check", one, "--preset-path", folder) for one in wanted}
    before = _timed(out) if keep else []
    bench = ask(programs, "bench", "--all", "--models", models, "--preset-path", folder) if weights else {}
    machines = list(dict.fromkeys([*before, *([bench["processor"]] if weights else [])]))
    bench |= {"processor": AND.join(machines)} if machines else {}
    command = ["sotto-train results --models MODELS --programs PROGRAMS --presets presets", f"--data DATA/{data.name}"]
    command += [f"--preset {preset}" for preset in presets] + ["--keep"] * keep
    out.write_text(table(scored, checked, bench, data.name, " ".join(command)) + _curves(out.parent))


def _timed(page: Path) -> list[str]:
    """The machines that the rows of an earlier page were timed on."""
    found = re.search(r"with the caches emptied, median, on (.*)\.$", page.read_text(), re.MULTILINE)
    return found[1].split(AND) if found else []


def _preset(weights: Path, folder: Path) -> Path:
    """A preset that does nothing but play the weights."""
    path = folder / f"{weights.stem}.toml"
    lines = ["format = 1", "title = 'Weights'", "summary = 'As they are.'", "method = 'network'", "[network]"]
    path.write_text("\n".join([*lines, f"model = {json.dumps(str(weights.resolve()))}"]) + "\n")
    return path


def _kept(page: Path, clips: str, measured: list[dict]) -> list[dict]:
    """The rows of an earlier page, but for those of what is measured now, as systems of the kind "kept"."""
    try:
        text = page.read_text()
    except OSError as error:
        raise Problem(f"{page}: cannot be read, and so no row of it kept: {error.strerror}") from error
    if clips not in text:
        raise Problem(f"{page}: found no figures of {clips}, expected them, for rows of other clips cannot be kept beside these")
    known, found = {Path(one["name"]).stem for one in measured}, []
    for row in re.findall(r"^\| .* \|$", text, re.MULTILINE)[2:]:
        name, _, voice = row.strip("| ").split(" | ")[:3]
        if name.strip("*") not in known:
            found.append({"name": name, "kind": "kept", "voice": {"nsdr": float(voice.split(" / ")[0])}, "row": row + "\n"})
    return found


def table(scored: dict, checked: dict, bench: dict, data: str, command: str) -> str:
    """The page, from what `evaluate`, `check` of each system and `bench` said."""
    known, costs = papers(), {model["name"]: model["ours"][0] for model in bench.get("models", [])}
    rows = sorted(scored["systems"], key=lambda one: -(one["voice"]["nsdr"] or 0.0))
    heard = ", of three singers that no training and no choice has heard" if data == "extra" else ""
    now = [Path(one["name"]).stem for one in rows if one["kind"] == "preset"]
    kept = any(one["kind"] == "kept" for one in rows)
    earlier = f" It measured {', '.join(now)}; the other rows are of runs before." if kept else ""
    text = HEAD.format(
        command=command, clips=scored["clips"], data=data, minutes=scored["seconds"] / 60, heard=heard, earlier=earlier
    )
    notes, gaps = [], {}
    for system in rows:
        name = Path(system["name"]).stem
        paper = known.get(name, Paper())
        text += system.get("row") or _row(name, system, paper, checked.get(name), costs.get(name))
        if paper.best:
            gaps.setdefault((paper.split, paper.note), []).append((paper.best[0] - system["voice"]["nsdr"], name))
        elif paper.note:
            notes.append(f"- {name}: {paper.note}")
    for (split, note), found in gaps.items():
        notes.append(f"- {', '.join(name for _, name in found)}: {split}.")
        if short := [one for one in found if one[0] > SHORT]:
            told = ", ".join(f"{name} {gap:.1f} dB" for gap, name in sorted(short, reverse=True))
            notes.append(f"  **Under the paper: {told}.** {note or 'No reason is known yet.'}")
    measured = {Path(one["name"]).stem for one in rows}
    missing = [name for name in _configured() if name not in measured]
    if missing:
        notes.insert(0, f"Configured, but not trained to the end on these recordings alone, and so without a row: {', '.join(missing)}.\n")
    processor = bench.get("processor", "a machine that was not measured")
    return text + FOOT.format(rate=RATE, processor=processor) + ("\n" + "\n".join(notes) + "\n" if notes else "")


def _configured() -> list[str]:
    """The systems that are to have a row; what hears recordings from their end only helps another."""
    tables = {path.stem: tomllib.loads(path.read_text()) for path in CONFIGURATIONS.glob("*.toml")}
    return sorted(name for name, table in tables.items() if not table.get("data", {}).get("backwards"))


def _curves(folder: Path) -> str:
    """The pictures NAME-alpha.svg that `sotto-train alpha` has left beside the table."""
    pictures = sorted(folder.glob("*-alpha.svg"))
    return "".join(
        f"\nOver the threshold of {path.stem.removesuffix('-alpha')}'s masks ([figures]({path.stem}.csv)):\n\n"
        f"![SDR, SIR and SAR of the voice]({path.name})\n"
        for path in pictures
    )


def _row(name: str, system: dict, paper: Paper, check: dict | None, cost: dict | None) -> str:
    cells = [
        name if system["kind"] != "oracle" else f"*{name}*",
        _figures(paper.best),
        *(_figures([system[source][key] for key in ("nsdr", "sir", "sar")]) for source in ("voice", "accompaniment")),
    ]
    if check:
        latency = next((one["seconds"] for one in check["latency"] if one["rate"] == RATE), None)
        cells += [
            "–" if latency is None else f"{latency * 1000:.1f} ms" if "files" not in check else "files only",
            str(check["lookAhead"]) if "files" not in check else "all",
            f"{check['parameters']:,}" if check.get("parameters") else "–",
        ]
    else:
        cells += ["–"] * 3
    cells.append(f"{cost['hot']['median'] * 1e6:.0f} / {cost['paced']['median'] * 1e6:.0f} µs" if cost else "–")
    return "| " + " | ".join(cells) + " |\n"


def _figures(values: list[float | None] | None) -> str:
    return " / ".join("–" if value is None else f"{value:.2f}" for value in values) if values else ""
