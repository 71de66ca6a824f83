# SPDX-License-Identifier: MIT
"""The doctor's confusion matrix over five boards, as the table that docs/doctor-evidence.md keeps:

    evidence.py MATRIX DOCUMENT            fails if the document keeps better figures than are measured now, or other rows
    evidence.py MATRIX DOCUMENT --write    puts it there
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from kept import check  # noqa: E402

BOARDS = ["bluepill", "f031", "blackpill-f411", "nucleo-l476", "nucleo-u575"]
HEAD = {
    "fault": ("| fault | runs | n/a | right class first | right cause among three | what was said first |\n"
              "|---|---|---|---|---|---|\n"),
    "pair": ("| two at once | runs | n/a | right class first | right cause among three | what was said first |\n"
             "|---|---|---|---|---|---|\n"),
    "unreset": ("| no reset allowed | runs | n/a | right class first | right cause among three | what was said first |\n"
                "|---|---|---|---|---|---|\n"),
}


class Row:
    def __init__(self):
        self.runs = self.cannot_be = self.right = self.cause = self.longest = 0
        self.first = {}

    def add(self, runs, cannot_be, right, cause, longest, first):
        self.runs += runs
        self.cannot_be += cannot_be
        self.right += right
        self.cause += cause
        self.longest = max(self.longest, longest)
        for word in first.split():
            name, _, count = word.partition("=")
            self.first[name] = self.first.get(name, 0) + int(count)

    def line(self, name):
        said = ", ".join(f"{word} {count}" for word, count in sorted(self.first.items(), key=lambda it: (-it[1], it[0])))
        return f"| `{name}` | {self.runs} | {self.cannot_be} | {of(self.right, self.runs)} | {of(self.cause, self.runs)} | {said} |\n"


def of(count, total):
    return "" if total == 0 else "all" if count == total else f"**{count}**"


def measure(matrix, board):
    done = subprocess.run([matrix, board], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True)
    return board, done.returncode, done.stdout + done.stderr  # one behind the other: rows stay whole


def collect(texts):
    tables = {kind: {} for kind in HEAD}
    for text in texts:
        for line in text.splitlines():
            words = line.split("\t")
            if len(words) == 9 and words[0] in tables:
                row = tables[words[0]].setdefault(words[1], Row())
                row.add(*map(int, words[3:8]), words[8])
    return tables


def table(tables):
    text = ""
    for kind, rows in tables.items():
        runs, right = sum(row.runs for row in rows.values()), sum(row.right for row in rows.values())
        cause, none = sum(row.cause for row in rows.values()), sum(row.cannot_be for row in rows.values())
        text += HEAD[kind] + "".join(row.line(name) for name, row in rows.items())
        text += f"\n{runs} runs ({none} more that a board or probe cannot have): the right class first in {right}, "
        text += f"the right cause among the first three in {cause}. "
        name, longest = max(((name, row.longest) for name, row in rows.items()), key=lambda it: it[1])
        text += f"The longest took {longest / 1000:.1f} s of the board's time (`{name}`).\n\n"
    return text


def main(matrix, document, *options):
    with concurrent.futures.ThreadPoolExecutor(min(len(BOARDS), os.cpu_count() or 1)) as pool:
        done = list(pool.map(lambda board: measure(matrix, board), BOARDS))
    new = table(collect(text for _, _, text in done))
    print(new)
    failed = [board for board, code, _ in done if code]
    for board, code, text in done:
        if code:
            print(f"--- {board} ended with {code}:\n" + "\n".join(line for line in text.splitlines() if "\t" not in line))
    if "--write" in options:
        check(document, "evidence of the doctor", new, True)
    return claims_too_much(figures(pathlib.Path(document).read_text()), figures(new)) or bool(failed)


def figures(text):
    """table and fault -> runs, right classes, right causes, of each row"""
    found, kind = {}, ""
    for line in text.splitlines():
        kind = next((name for name, head in HEAD.items() if head.startswith(line + "\n")), kind)
        row = re.match(r"\| `(.+?)` \| (\d+) \| \d+ \| (\S*) \| (\S*) \|", line)
        if not kind or not row:
            continue
        name, runs, right, cause = row.groups()
        found[kind, name] = tuple(int(runs) if word == "all" else int(word.strip("*") or 0) for word in (str(runs), right, cause))
    return found


def claims_too_much(kept, now):
    """What got better may be kept lower until somebody writes it anew; what got worse may not be kept."""
    wrong = sorted(set(kept) ^ set(now))
    wrong += [name for name in kept if name in now and (kept[name][0] != now[name][0] or any(
        was > seen for was, seen in zip(kept[name], now[name])))]
    for name in wrong:
        print(f"{name}: the document keeps {kept.get(name)}, measured is {now.get(name)} (runs, right class, right cause): "
              "the same call with --write puts it there")
    return bool(wrong)


sys.exit(main(*sys.argv[1:]))
