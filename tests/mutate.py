# SPDX-License-Identifier: MIT
"""What change of the code would no test notice? Breaks one line at a time, rebuilds, and runs its layer's tests that
have the file in them: python3 tests/mutate.py [--sample N | --each N] FILE.c|FOLDER...

Works on a copy of what git knows of the tree, built without sanitizers below --work (kept, so that the next call is
quick). Prints each mutant that survives as FILE:LINE: BEFORE -> AFTER, then how many did. A mutant whose object code is
the original's is none; one that does not compile neither; one that hangs is noticed. What survives may still be right
(a faster way, a longer wait): look before you write a test.

Only tests that run by themselves count (suites unit, sim, usb): what gdb's scripts notice is not seen here."""

import argparse
import functools
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SUITES = {"unit", "sim", "usb"}

# --- what is broken: lines of one statement, without strings and comments ---

SWAPS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&", "+": "-", "-": "+",
         "+=": "-=", "-=": "+=", "true": "false", "false": "true", "<<": ">>", ">>": "<<", "|=": "=", "++": "--"}
OPERATOR = re.compile(r" (<=?|>=?|[=!]=|&&|\|\||[+-]=?|\|=|<<|>>) |(?<=\w)(\+\+)|\b(true|false)\b")
NUMBER = re.compile(r"(?<![\w.])(0[xX][0-9a-fA-F]+|\d+)(?=[uUlL]*\b)(?!\.)")
CONDITION = re.compile(r"\b(if|while) \((.*)\)( \{)?$")
STATEMENT = re.compile(r"\s+(?!return\b|break\b|continue\b|goto\b|else\b|case\b|default\b)[\w>\[\]().*&+-]+"
                       r"( [|&^+*/-]?=[^=].*|\(.*\)|\+\+|--);$")
DECLARATION = re.compile(r"\s*(static |const |struct |enum |union |unsigned |extern |typedef |\w+_t |int |char |bool |size_t |"
                         r"#|//|/?\*)")


def balanced(text):
    return text.count("(") == text.count(")") and text.count("{") == text.count("}")


def breaks(line):
    """Every way to break this line."""
    code = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])\'|/\*.*?\*/|/\*.*', lambda m: "_" * len(m.group()), line)
    if not code.strip("_ \n") or re.match(r"\s*(#|\*|//)", code):
        return
    if (found := CONDITION.search(code.rstrip("_ "))) and balanced(found.group(2)):
        yield line[:found.start(2)] + "!(" + line[found.start(2):found.end(2)] + ")" + line[found.end(2):]
    for found in OPERATOR.finditer(code):
        group = found.lastindex
        if found.group(group) in "<>" and DECLARATION.match(code) and "=" not in code:
            continue
        yield line[:found.start(group)] + SWAPS[found.group(group)] + line[found.end(group):]
    for found in NUMBER.finditer(code):
        number = int(found.group(), 0) if not re.fullmatch(r"0\d+", found.group()) else 0
        yield line[:found.start()] + str(number + 1) + line[found.end():]
    if STATEMENT.match(code.rstrip("_ ")) and balanced(code) and not DECLARATION.match(code):
        yield re.match(r"\s*", line).group() + ";"
    if found := re.match(r"\s+return (?!0;)(\S.*);$", code):
        yield line[:found.start(1)] + "0;"
    if re.match(r"\s+(break|continue);$", code):
        yield re.sub(r"break|continue", lambda m: "" if m.group() == "break" else "break", line)


def mutants(path):
    """(line number from 1, before, after)"""
    comment = function = False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        comment |= line.lstrip().startswith("/*")
        function = (function or line == "{") and line != "}"
        table = line.startswith(" ") and not function
        if not comment and (function or table):
            for after in dict.fromkeys(breaks(line)):
                if after != line:
                    yield number, line, after
        if "*/" in line:
            comment = False


# --- the copy, and what of it tests a file ---

@functools.cache
def defined(file):
    """Names of functions and data; of all programs once: breaking a line changes none."""
    lines = subprocess.run(["nm", "-g", "--defined-only", file], capture_output=True, text=True).stdout.splitlines()
    return {line.split()[-1] for line in lines if len(line.split()) == 3}


class Copy:
    def __init__(self, work):
        self.tree, self.build = work / "tree", work / "build"
        self.environment = dict(os.environ, CCACHE_DISABLE="1", CC="gcc", PYTHONDONTWRITEBYTECODE="1")
        self.tree.mkdir(parents=True, exist_ok=True)
        known = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True,
                               check=True).stdout.decode().split("\0")
        for name in filter(None, known):
            source, target = ROOT / name, self.tree / name
            if source.is_file() and not (target.is_file() and target.read_bytes() == source.read_bytes()):
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
        if not (self.build / "build.ninja").exists():
            self.run("meson", "setup", self.build, self.tree, "-Doptimization=1", "-Ddebug=false", "-Dwerror=false",
                     "-Dwarning_level=0", "-Dc_args=-w")
        tests = json.loads(self.run("meson", "introspect", "--tests", self.build))
        self.tests = {pathlib.Path(test["cmd"][0]): test for test in tests
                      if {suite.split(":")[-1] for suite in test["suite"]} & SUITES and len(test["cmd"]) == 1}
        commands = json.loads((self.build / "compile_commands.json").read_text())
        self.objects = {(self.build / command["file"]).resolve(): self.build / command["output"] for command in commands}
        self.objects_as_they_are = {}
        self.clock = work / "seconds.json"
        self.seconds = json.loads(self.clock.read_text()) if self.clock.exists() else {}

    def run(self, *words, **options):
        return subprocess.run(words, cwd=self.tree, env=self.environment, check=True, stdout=subprocess.PIPE,
                              **options).stdout

    def ninja(self, *targets):
        """False if it does not compile."""
        done = subprocess.run(["ninja", "-C", self.build, "--quiet", *(str(pathlib.Path(t).relative_to(self.build)) for t in targets)],
                              env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return done.returncode == 0

    def holds(self, program, path):
        """Whether the linker took the file into the program."""
        mine = defined(self.objects[(self.tree / path).resolve()])
        return bool(mine) and mine <= defined(program)

    def tests_of(self, path):
        """Its own layer's programs that have the file in them: its own room's first, then the quicker ones."""
        room, layer = self.build / "tests" / path.parent, self.build / "tests" / path.parts[0]
        found = [program for program in self.tests if program.is_relative_to(layer) and self.holds(program, path)]
        return sorted(found, key=lambda p: (not p.is_relative_to(room), self.takes(p)))

    def takes(self, program):
        if str(program) not in self.seconds:
            self.ninja(program)  # what was broken in another file is whole again
            begun = time.monotonic()
            assert self.passes(program, 600), f"{program} fails before anything is broken"
            self.seconds[str(program)] = time.monotonic() - begun
            self.clock.write_text(json.dumps(self.seconds))
        return self.seconds[str(program)]

    def passes(self, program, limit):
        test = self.tests[program]
        try:
            return subprocess.run([program], env=dict(self.environment, **test["env"]), cwd=test["workdir"] or self.build,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  timeout=limit).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def hash_of(self, path):
        return hashlib.sha256(self.objects[(self.tree / path).resolve()].read_bytes()).digest()


def survives(copy, path, tests, original, line, after):
    """None if it is no mutant, else whether all tests pass."""
    lines = original.splitlines(keepends=True)
    lines[line - 1] = after + "\n"
    file = copy.tree / path
    if path not in copy.objects_as_they_are:
        copy.objects_as_they_are[path] = copy.hash_of(path)
    file.write_text("".join(lines))
    try:
        if not copy.ninja(copy.objects[file.resolve()]) or copy.hash_of(path) == copy.objects_as_they_are[path]:
            return None
        for program in tests:
            if not copy.ninja(program) or not copy.passes(program, 5 + 10 * copy.seconds[str(program)]):
                return False
        return True
    finally:
        file.write_text(original)


def files_named(options, copy):
    sources = {source.relative_to(copy.tree) for source in copy.objects if source.is_relative_to(copy.tree)}
    named, without = ([path.resolve().relative_to(ROOT) for path in paths] for paths in (options.files, options.without))
    return sorted(source for source in sources if any(source.is_relative_to(path) for path in named)
                  and not any(source.is_relative_to(path) for path in without))


def chosen(options, files):
    """Of each file: its mutants in the order in which to try them, and how many are wanted."""
    every = {path: list(mutants(ROOT / path)) for path in files}
    if options.each:
        return [(path, random.Random(f"{options.seed} {path}").sample(found, len(found)), options.each)
                for path, found in every.items()]
    flat = [(path, *mutant) for path, found in every.items() for mutant in found]
    sample = random.Random(options.seed).sample(flat, min(len(flat), options.sample or len(flat)))
    return [(path, [mutant for file, *mutant in sorted(sample) if file == path], len(sample))
            for path in sorted({path for path, *_ in sample})]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE", type=pathlib.Path)
    parser.add_argument("--sample", type=int, help="so many mutants in all, chosen by the seed; all if left out")
    parser.add_argument("--each", type=int, metavar="N", help="so many of every file instead, each file's own choice: it stays "
                        "while the file does")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", action="append", type=pathlib.Path, default=[], metavar="FOLDER")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/probed-mutate"))
    options = parser.parse_args()
    os.nice(10)
    copy = Copy(options.work.resolve())
    assert copy.ninja(*copy.tests), "the copy does not build"
    counts = {}
    for path, candidates, wanted in chosen(options, files_named(options, copy)):
        tests, tried = copy.tests_of(path), 0
        room = counts.setdefault(path.parts[0] if len(path.parts) < 3 else "/".join(path.parts[:2]), [0, 0])
        for line, before, after in candidates:
            result = survives(copy, path, tests, (copy.tree / path).read_text(), line, after) if tried < wanted else None
            if result is None:
                continue
            tried += 1
            room[0] += result
            room[1] += 1
            if result:
                print(f"{path}:{line}: {before.strip()} -> {after.strip()}", flush=True)
    counts["all"] = [sum(row[n] for row in counts.values()) for n in (0, 1)]
    for room, (survived, total) in counts.items():
        print(f"{room}: {survived} of {total} survive ({100 * survived / max(total, 1):.0f} %)")


main()
