# SPDX-License-Identifier: MIT
"""Real shells complete probed's words, as installed. Words are typed at their line editors, Tab and Enter pressed; what the
program is then called with counts. test_completion.py SOURCE BUILD PROBED"""

import os
import re
import stat
import subprocess

import pexpect

from installed import DESTDIR, LIMIT, PREFIX, PROBED, call, install, run_tests

HOME = DESTDIR / "home"
SHARE = PREFIX / "share"
# What is typed before Tab, and the words that come of it.
TYPED = [
    ("res", "reset"),
    ("reset ha", "reset halt"),
    ("help prof", "help profile"),
    ("flash a_pro", "flash a_program.elf"),
    ("flash a_program.elf --verif", "flash a_program.elf --verify"),
    ("--sim black", "--sim blackpill-f4"),
    ("--sim bluepill,noa", "--sim bluepill,noack"),
    ("--sim bluepill,locked,nrst-o", "--sim bluepill,locked,nrst-open"),
    ("--sim=bluepill,noa", "--sim=bluepill,noack"),
    ("--probe sim:nucleo-h7", "--probe sim:nucleo-h743"),
    ("--probe repl", "--probe replay:"),
    ("--gdb pi", "--gdb pipe"),
    ("info --connect=under", "info --connect=under-reset"),
    ("--wire-lo", "--wire-log"),
    ("--wire-log a_pro", "--wire-log a_program.elf"),
    ("--as open", "--as openocd"),
    ("debug --gdb-p", "debug --gdb-path"),
    ("--log deb", "--log debug"),
]


def make_home():
    """`probed` in the path: completion asks the one under test; any other call is printed."""
    folder = HOME / "bin"
    folder.mkdir(parents=True)
    program = folder / "probed"
    program.write_text(f'#!/bin/sh\n[ "$1" != complete ] || exec {PROBED} "$@"\necho "called with <$*>"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (HOME / "a_program.elf").touch()
    return {"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(HOME), "TERM": "dumb", "LC_ALL": "C.UTF-8"}


def type_at(shell, words, prepare):
    """In one shell, a line after the other."""
    terminal = pexpect.spawn(shell, words, env=ENVIRONMENT, cwd=str(HOME), encoding="utf-8", timeout=LIMIT, dimensions=(60, 300))
    terminal.sendline(prepare + "; echo is_read''y")
    terminal.expect("is_ready")
    for typed, expected in TYPED:
        terminal.send(f"probed {typed}\t")
        terminal.send("\r")
        terminal.expect(r"called with <(.*?)>")
        assert terminal.match[1].strip() == expected, (shell, typed, terminal.match[1])
    terminal.sendline("exit")
    terminal.expect(pexpect.EOF)
    terminal.close()


def bash_completes():
    type_at("bash", ["--norc", "--noprofile"], f". {SHARE}/bash-completion/completions/probed")


def zsh_completes():
    folder = SHARE / "zsh/site-functions"
    type_at("zsh", ["-f"], f"unsetopt auto_list beep; fpath=({folder} $fpath); autoload -U compinit; compinit -u -d {HOME}/.dump")


def fish_completes():
    """By its own words for asking: its line editor wants a terminal that answers questions."""
    for typed, expected in TYPED:
        script = f"source {SHARE}/fish/vendor_completions.d/probed.fish; complete --do-complete 'probed {typed}'"
        said = subprocess.run(["fish", "--no-config", "-c", script], env=ENVIRONMENT, cwd=HOME, capture_output=True, text=True,
                              timeout=LIMIT).stdout
        whole = os.path.commonprefix([line.split("\t")[0] for line in said.splitlines()])
        assert typed.rpartition(" ")[0] + " " * (" " in typed) + whole == expected, (typed, said)


def every_tool_and_option_of_the_help_is_offered():
    offered = {line.split("\t")[0] for word in ("", "-") for line in call(PROBED, "complete", word).splitlines()}
    told = call(PROBED, "--help")
    options = set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", told, re.M))
    tools = set(re.findall(r"^  (\w+)", told.partition("\ncommands,")[2], re.M)) - {"probed"}
    assert len(options) > 20 and len(tools) > 9
    assert options | tools | {"--as", "help", "version"} == offered, (options | tools) ^ offered
    for tool in sorted(tools):
        own = set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", call(PROBED, tool, "--help").partition("\noptions:")[2], re.M))
        offered = {line.split("\t")[0] for line in call(PROBED, "complete", tool, "-").splitlines()}
        assert own == offered, (tool, own ^ offered)


def what_is_not_known_offers_nothing():
    assert call(PROBED, "complete", "--no-such=") == ""
    assert call(PROBED, "complete", "no-such-word") == ""
    assert call(PROBED, "complete", "--as", "st-util", "-") == ":files\n"


install()
ENVIRONMENT = make_home()
run_tests([bash_completes, zsh_completes, fish_completes, every_tool_and_option_of_the_help_is_offered,
           what_is_not_known_offers_nothing])
