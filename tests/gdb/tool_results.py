# SPDX-License-Identifier: MIT
"""What every tool leaves for programs: exit codes, --json as docs/json.md says, --quiet, --timeout.

tool_results.py PROBED PROGRAM.elf DOCS"""
import json
import os
import re
import subprocess
import sys
import tempfile

from daemon import LIMIT, run_tests

PROBED, PROGRAM, DOCS = sys.argv[1:4]
FAILED, USAGE, NO_PROBE, NO_TARGET, PROTECTED, DIFFERS, LATE = 1, 2, 3, 4, 5, 6, 124
FOLDER = tempfile.TemporaryDirectory(prefix="probed-")
TYPES = {"number": int, "text": str, "truth": bool, "list": list, "object": dict, "null": type(None)}


def path(name):
    return os.path.join(FOLDER.name, name)


def call(*words, code=0):
    done = subprocess.run([PROBED, *words], capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL, text=True)
    assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    return done


def told(*words, code=0):
    done = call(*words, "--json", code=code)
    one = json.loads(done.stdout)
    assert one["schema"] == 1 and one["tool"] == words[0], one
    assert one["exit_code"] == code and one["ok"] is (code == 0), one
    assert (one["problem"] is None) == (one["error"] is None), one
    return one


# What the simulated program is.
HELD = path("held.bin")
subprocess.run([PROBED, "read", "--sim", "bluepill,runs,still", "0x08000000", "64", HELD, "--quiet"], check=True)

# A call of each tool that goes well.
GOOD = [["list", "--sim"], ["info", "--sim", "bluepill,runs"], ["doctor", "--sim", "bluepill,runs,still"],
        ["flash", "--sim", "bluepill", PROGRAM], ["run", "--sim", "bluepill", PROGRAM, "--until", "never said", "--timeout", "0.05"],
        ["profile", "--sim", "bluepill", PROGRAM, "--reset", "--time", "0.05"],
        ["read", "--sim", "bluepill", "0x08000000", "1k", path("read.bin")], ["erase", "--sim", "bluepill"],
        ["options", "--sim", "bluepill"], ["options", "--sim", "bluepill", "WDG_SW=hardware", "--yes"],
        ["reset", "--sim", "bluepill,runs"], ["unlock", "--sim", "bluepill,write-protected,still", "--yes"],
        ["lock", "--sim", "bluepill,still", "--yes"], ["verify", "--sim", "bluepill,runs,still", HELD + "@0x08000000"],
        ["diff", "--sim", "bluepill,runs,still", HELD + "@0x08000000"], ["dump", "--sim", "bluepill,runs", path("core.elf")]]
# The same words for a board that is not well.
WORDS = {"info": [], "flash": [PROGRAM], "read": ["0x08000000", "64", path("read.bin")], "erase": [], "options": [], "reset": [],
         "profile": [PROGRAM], "verify": [PROGRAM], "unlock": [], "lock": [], "dump": [path("no.elf")], "diff": [PROGRAM]}


# --- the page ---

def documented():
    """By tool, or "": member -> type."""
    tools, members = {}, None
    with open(os.path.join(DOCS, "json.md"), encoding="utf-8") as page:
        for line in page:
            if line.startswith("## "):
                title = line[3:].strip()
                members = tools.setdefault("" if title == "Every tool" else title.removeprefix("probed "), {})
            row = re.match(r"\| `([\w.\[\]]+)` \| ([a-z ?]+) \|", line)
            if row:
                members[row.group(1)] = row.group(2)
    assert len(tools) > 8 and tools[""]["schema"] == "number", tools
    return tools


def members_of(value, name=""):
    """Every member of the object, however deep, with its value."""
    if name:
        yield name, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from members_of(inner, f"{name}.{key}" if name else key)
    if isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict):
                for key, deeper in inner.items():
                    yield from members_of(deeper, f"{name}[].{key}")


def fits(value, kinds):
    names = kinds.rstrip("?").split(" or ") + (["null"] if kinds.endswith("?") else [])
    return any(type(value) is TYPES[name] for name in names)


def is_by_name(name):
    """Members whose names are the family's, or wires."""
    return name.startswith(("wires.", "target.option_bytes.")) and name != "target.option_bytes.others_stored"


def every_object_is_as_documented():
    page = documented()
    for words in GOOD:
        one = told(*words, code=LATE if words[0] == "run" else 0)
        rows = {**page[""], **page[words[0]]}
        seen = set()
        for name, value in members_of(one):
            if is_by_name(name):
                continue
            assert name in rows and fits(value, rows[name]), (words, name, value, rows.get(name))
            seen.add(name)
        if words[0] == "list":
            rows = {name: kind for name, kind in rows.items() if not name.startswith(("probe.", "target.")) and name not in ("probe", "target")}
        missing = [name for name, kind in rows.items()
                   if not kind.endswith("?") and name not in seen and not (name.startswith("target.") and one["target"] is None)]
        assert not missing, (words, missing)


def every_tool_is_documented():
    tools = re.findall(r"^  (\w+) ", call("--help").stdout.split("commands, instead")[1], re.M)
    assert set(documented()) - {""} == set(tools) - {"debug"}, tools


def a_failure_is_an_object_too():
    for tool, words in WORDS.items():
        for code, error, sim in ((NO_PROBE, "no_probe", ["--probe", "no-such-serial"]), (NO_TARGET, "no_target", ["--sim", "bluepill,noack,still"])):
            one = told(tool, *words, *sim, code=code)
            assert one["error"] == error and one["problem"] and one["target"] is None, one
        one = told(tool, *words, "--sim", "--nonsense", code=USAGE)
        assert one["error"] == "usage" and "--nonsense" in one["problem"], one
        one = told(tool, *words, "--sim", "bluepill,still", "--wire-log", "/nonexistent/file", code=FAILED)
        assert one["error"] == "failed", one


def what_answered_is_named():
    one = told("reset", "--sim", "bluepill,runs")
    assert one["probe"]["serial"] == "SIM0" and one["target"]["dev_id"] == 0x410, one
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}", one["target"]["unique_id"]), one
    assert one["target"] == {key: told("info", "--sim", "bluepill,runs")["target"][key] for key in one["target"]}, one


# --- exit codes ---

def each_kind_of_failure_has_its_code():
    call("flash", "--sim", "bluepill", path("none.elf"), code=FAILED)
    call("list", "--probe", "no-such-serial", code=NO_PROBE)
    call("doctor", "--probe", "no-such-serial", code=NO_PROBE)
    call("doctor", "--sim", "bluepill,noack,still", code=FAILED)
    call("flash", "--sim", "bluepill,vanish=200", PROGRAM, code=NO_PROBE)
    call("flash", "--sim", "bluepill,locked", PROGRAM, code=PROTECTED)
    call("read", "--sim", "bluepill,locked", "0x08000000", "64", path("no.bin"), code=PROTECTED)
    call("run", "--sim", "bluepill,noack", PROGRAM, code=125)


# --- time and quiet ---

def time_is_limited():
    """A wire of 5 kHz takes minutes."""
    slow = ["--sim", "bluepill,realtime", "--speed", "5", "--timeout", "0.2"]
    one = told("read", *slow, "0x08000000", "64k", path("late.bin"), code=LATE)
    assert one["error"] == "timeout" and one["problem"].startswith("not done within --timeout 0.2: "), one
    assert "longer --timeout" in one["advice"] and not os.path.exists(path("late.bin")), one
    call("reset", "--sim", "bluepill,runs", "--timeout", "600")
    for wrong in ("0", "-1", "x", "1x"):
        assert "--timeout" in call("reset", "--sim", f"--timeout={wrong}", code=USAGE).stderr


def quiet_says_what_went_wrong_alone():
    for words in GOOD:
        if words[0] not in ("run", "doctor", "list", "info"):
            assert call(*words, "--quiet").stderr == "", words
    said = call("flash", "--sim", "bluepill,locked", PROGRAM, "--quiet", code=PROTECTED).stderr
    assert re.match("probed: (warning|error): ", said) and "probed: error: read protection is on" in said, said
    said = call("flash", "--sim", "bluepill,clone", PROGRAM, "--quiet").stderr
    assert said.startswith("probed: warning: ") and said.count("\n") == 1, said


run_tests([every_object_is_as_documented, every_tool_is_documented, a_failure_is_an_object_too, what_answered_is_named,
           each_kind_of_failure_has_its_code, time_is_limited, quiet_says_what_went_wrong_alone])
