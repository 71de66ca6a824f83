# SPDX-License-Identifier: MIT
"""No two files may each need the other: one whose functions call into another is above it. circles.py ROOT"""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
# Where a circle may be: what a probe, and what a core, is in one piece.
ROOMS = r"transport/(stlink|sim/cpu)/.*"

COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)
DEFINITION = re.compile(r"^(?!static\b)[a-z][\w \t*]*?\b(\w+)\([^;{}]*\)\n\{", re.M)
CALL = re.compile(r"\b([a-z_]\w*)\s*\(")


def read(path):
    return COMMENT_OR_TEXT.sub(" ", path.read_text())


def calls_between(texts):
    """file -> the files with functions that it calls"""
    home = {name: path for path, text in texts.items() for name in DEFINITION.findall(text)}
    return {path: {home[name] for name in CALL.findall(text) if home.get(name, path) != path}
            for path, text in texts.items()}


def circles(edges):
    """Tarjan: the strongly connected groups of more than one file."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(edges[node]):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return found


texts = {path.relative_to(root).as_posix(): read(path)
         for layer in ("server", "targets", "transport") for path in (root / layer).rglob("*.c")}
edges = calls_between(texts)
problems = []
for circle in circles(edges):
    if all(re.fullmatch(ROOMS, path) for path in circle):
        continue
    problems.append("a circle of files:")
    problems += [f"  {path} calls {', '.join(sorted(edges[path] & set(circle)))}" for path in circle]

print("\n".join(problems) or "circles: ok")
sys.exit(1 if problems else 0)
