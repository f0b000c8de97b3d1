"""The table of results, from a program that answers as sotto does."""

import json
import tomllib

import pytest

from sotto_training import results
from sotto_training.problem import Problem


def figures(nsdr):
    return {"nsdr": nsdr, "sir": nsdr + 5, "sar": nsdr + 2}


def system(name, kind, voice, accompaniment):
    return {"name": name, "kind": kind, "voice": figures(voice), "accompaniment": figures(accompaniment)}


@pytest.fixture
def programs(tmp_path):
    """A `sotto` of a few lines: it prints what lies beside it under its first argument's name."""
    folder = tmp_path / "programs"
    folder.mkdir()
    program = folder / "sotto"
    program.write_text(
        '#!/bin/sh\ncd "$(dirname "$0")"\necho "$@" >>asked\nanswer=$1\n'
        'case "$1 $*" in "evaluate "*--live*) cat "$4" >>preset ;; "evaluate "*) answer=files ;; esac\ncat "$answer"\n'
    )
    program.chmod(0o755)
    time = {"median": 0.0002}
    answers = {
        "evaluate": {
            "clips": 2, "seconds": 90.0, "failures": [],
            "systems": [system("drnn-2", "preset", 6.0, 6.5), system("oracle ratio", "oracle", 13.5, 13.0)],
        },
        "files": {"clips": 2, "seconds": 90.0, "failures": [], "systems": [system("hpss", "preset", 2.8, 3.0)]},
        "check": {"latency": [{"rate": 48000, "seconds": 0.0907}], "lookAhead": 1, "parameters": 5569026},
        "bench": {"processor": "a fine one", "models": [{"name": "drnn-2", "ours": [{"hot": time, "paced": time}]}]},
    }  # fmt: skip
    for name, answer in answers.items():
        (folder / name).write_text(json.dumps(answer))
    return folder


def made(tmp_path, programs, keep=False):
    models = tmp_path / "models"
    models.mkdir(exist_ok=True)
    (models / "drnn-2.safetensors").touch()
    out = tmp_path / "RESULTS.md"
    results.write(out, tmp_path / "extra", programs, models, ["hpss"], tmp_path / "presets", keep)
    return out.read_text()


def test_best_first_beside_the_paper(tmp_path, programs):
    page = made(tmp_path, programs)
    rows = [line for line in page.splitlines() if line.startswith("| ")][2:]
    assert [row.split(" | ")[0] for row in rows] == ["| *oracle ratio*", "| drnn-2", "| hpss"]
    assert rows[1] == (
        "| drnn-2 | 7.45 / 13.08 / 9.68 | 6.00 / 11.00 / 8.00 | 6.50 / 11.50 / 8.50 | 90.7 ms | 1 | 5,569,026 "
        "| 200 / 200 µs |"
    )
    assert rows[2].startswith("| hpss |  | 2.80 / 7.80 / 4.80 |")
    assert "--data DATA/extra --preset hpss`; not by hand" in page and "a fine one" in page and "1.5 minutes" in page


def test_what_stays_under_its_paper_is_told(tmp_path, programs):
    page = made(tmp_path, programs)
    assert "- drnn-2: the 825 test clips" in page and "**Under the paper: drnn-2 1.5 dB.** Every network of this family" in page


def test_rows_of_what_is_not_measured_again_can_be_kept(tmp_path, programs):
    first = json.loads((programs / "evaluate").read_text())
    strange = {**first, "systems": [*first["systems"], system("srnn", "preset", 4.05, 4.5)]}
    (programs / "evaluate").write_text(json.dumps(strange))
    before = made(tmp_path, programs)
    assert "runs before" not in before
    first["systems"][0] = system("drnn-2", "preset", 3.0, 6.5)
    (programs / "evaluate").write_text(json.dumps(first))
    page = made(tmp_path, programs, keep=True)
    rows = [line for line in page.splitlines() if line.startswith("| ")][2:]
    assert [row.split(" | ")[0] for row in rows] == ["| *oracle ratio*", "| srnn", "| drnn-2", "| hpss"]
    assert rows[1] in before and " 3.00 / 8.00 / 5.00 " in rows[2]
    assert "--keep`; not by hand. It measured drnn-2, hpss; the other rows are of runs before." in page
    assert "srnn 3.1 dB" in page, "a row that is kept still owes its explanation"
    assert "| srnn |" not in made(tmp_path, programs)


def test_what_kept_rows_were_timed_on_stays_where_only_a_preset_for_files_is_measured(tmp_path, programs):
    before = made(tmp_path, programs)
    (line,) = [one for one in before.splitlines() if "caches emptied, median, on" in one]
    (tmp_path / "none").mkdir()
    page = tmp_path / "RESULTS.md"
    results.write(page, tmp_path / "extra", programs, tmp_path / "none", ["hpss"], tmp_path / "presets", True)
    assert "a fine one" in line and line in page.read_text()
    answer = json.loads((programs / "bench").read_text())
    (programs / "bench").write_text(json.dumps({**answer, "processor": "a new one"}))
    for _ in range(2):
        assert "emptied, median, on a fine one, and on a new one.\n" in made(tmp_path, programs, keep=True)


def test_rows_of_other_clips_are_not_kept(tmp_path, programs):
    made(tmp_path, programs)
    answer = json.loads((programs / "evaluate").read_text())
    (programs / "evaluate").write_text(json.dumps({**answer, "clips": 3}))
    with pytest.raises(Problem, match="RESULTS.md: found no figures of the 3 clips of `extra`"):
        made(tmp_path, programs, keep=True)
    (tmp_path / "RESULTS.md").unlink()
    with pytest.raises(Problem, match="RESULTS.md: cannot be read"):
        made(tmp_path, programs, keep=True)


def test_what_a_family_has_in_common_is_told_once(tmp_path, programs):
    answer = json.loads((programs / "evaluate").read_text())
    (network,) = [system for system in answer["systems"] if "drnn-2" in system["name"]]
    voice = {**network["voice"], "nsdr": 5.0}
    answer["systems"].append({**network, "name": network["name"].replace("drnn-2", "dnn-1"), "voice": voice})
    (programs / "evaluate").write_text(json.dumps(answer))
    page = made(tmp_path, programs)
    assert page.count("Every network of this family") == 1
    assert "- drnn-2, dnn-1: " in page and "**Under the paper: dnn-1 1.6 dB, drnn-2 1.5 dB.**" in page


def test_every_system_is_measured_once_on_the_same_clips(tmp_path, programs):
    made(tmp_path, programs)
    asked = (programs / "asked").read_text().splitlines()
    live, files = [line.split() for line in asked if line.startswith("evaluate")]
    assert live[1] == str(tmp_path / "extra") and live[3].endswith("/drnn-2.toml") and {"--live", "--oracle"} < set(live)
    assert files[1:4] == [live[1], "--preset", "hpss"] and not {"--live", "--oracle"} & set(files)
    preset = tomllib.loads((programs / "preset").read_text())
    assert preset["method"] == "network"
    assert preset["network"]["model"] == str(tmp_path / "models/drnn-2.safetensors")
    assert len([line for line in asked if line.startswith("check")]) == 2


@pytest.mark.parametrize(
    "answer, words", [('{"error": {"message": "no such preset"}}', "no such preset"), ("nonsense", "found status 0")]
)
def test_what_the_program_refuses_is_passed_on(tmp_path, programs, answer, words):
    (programs / "evaluate").write_text(answer)
    with pytest.raises(Problem, match=words):
        made(tmp_path, programs)


def test_a_clip_that_was_lost_is_no_table(tmp_path, programs):
    answer = json.loads((programs / "evaluate").read_text())
    answer["failures"] = [{"clip": "x", "message": "broken"}]
    (programs / "evaluate").write_text(json.dumps(answer))
    with pytest.raises(Problem, match="1 clips were not measured.*broken"):
        made(tmp_path, programs)


def test_a_curve_over_thresholds_beside_the_table_is_shown(tmp_path, programs):
    assert "-alpha.svg" not in made(tmp_path, programs)
    (tmp_path / "drnn-2-alpha.svg").write_text("<svg/>")
    page = made(tmp_path, programs)
    assert "Over the threshold of drnn-2's masks ([figures](drnn-2-alpha.csv)):" in page
    assert "![SDR, SIR and SAR of the voice](drnn-2-alpha.svg)" in page


def test_what_there_is_to_say_of_a_system_without_figures_is_said(tmp_path, programs):
    answer = json.loads((programs / "evaluate").read_text())
    (network,) = [system for system in answer["systems"] if "drnn-2" in system["name"]]
    answer["systems"].append({**network, "name": network["name"].replace("drnn-2", "svsgan-adversarial")})
    (programs / "evaluate").write_text(json.dumps(answer))
    (line,) = [line for line in made(tmp_path, programs).splitlines() if line.startswith("- svsgan-adversarial: ")]
    assert line.startswith("- svsgan-adversarial: Its paper's figures could not be found.")


def test_what_has_no_row_is_named(tmp_path, programs):
    page = made(tmp_path, programs)
    (line,) = [line for line in page.splitlines() if line.startswith("Configured, but not trained")]
    assert "svsgan-adversarial" in line and "drnn-2-lbfgs" in line and " drnn-2," not in line
    assert "backwards" not in line  # which is no system of its own


def test_what_only_files_are_heard_by_has_no_latency(tmp_path, programs):
    answer = json.loads((programs / "check").read_text())
    assert "| 90.7 ms | 1 |" in made(tmp_path, programs)
    (programs / "check").write_text(json.dumps({**answer, "files": [{"backwards": True, "speed": 1}]}))
    page = made(tmp_path, programs)
    assert "| files only | all |" in page and "90.7 ms" not in page
