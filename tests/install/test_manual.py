# SPDX-License-Identifier: MIT
"""The installed man pages: one for the program and one a tool, which man and mandoc find nothing wrong with.
test_manual.py SOURCE BUILD PROBED"""

import os
import re
import subprocess

from installed import LIMIT, PREFIX, PROBED, call, install, run_tests

FOLDER = PREFIX / "share/man/man1"


def tools():
    told = call(PROBED, "--help").partition("\ncommands,")[2]
    return re.findall(r"^  (\w+)", told, re.M)


def shown(page):
    done = subprocess.run(["man", "--warnings", "-l", FOLDER / f"{page}.1"], capture_output=True, text=True, timeout=LIMIT,
                          env={**os.environ, "MANWIDTH": "500", "LC_ALL": "C.UTF-8", "MAN_KEEP_FORMATTING": "", "PAGER": "cat"})
    assert done.returncode == 0 and done.stderr == "", (page, done.stderr)
    return done.stdout


def there_is_one_for_the_program_and_one_a_tool():
    pages = {path.name for path in FOLDER.iterdir()}
    assert len(tools()) > 9
    assert pages == {"probed.1", *(f"probed-{tool}.1" for tool in tools())}, pages


def nothing_is_wrong_with_any():
    for page in sorted(FOLDER.iterdir()):
        shown(page.stem)
        # Below WARNING is mandoc's taste. No date, and a break too many, are scdoc's ways.
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True, timeout=LIMIT)
        said = [line for line in done.stdout.splitlines() if not re.search("missing date|skipping paragraph macro", line)]
        assert not said, said


def they_say_what_the_help_says():
    """All words of each option's help, in their order, whatever stands between them; a page may break a line behind a
    hyphen."""
    for tool in tools():
        told, page = (re.sub(r"(?<=\w)- ", "-", " ".join(text.split()))
                      for text in (call(PROBED, tool, "--help").partition("\noptions:")[2],
                                   shown(f"probed-{tool}").partition("OPTIONS")[2]))
        assert told and told in page, (tool, told, page)


def examples_stand_as_they_are_typed():
    for tool in tools():
        example, = re.findall(rf"^  (probed {tool}.*\n)", call(PROBED, tool, "--help"), re.M)[:1]
        assert example in shown(f"probed-{tool}"), (tool, example)


install()
run_tests([there_is_one_for_the_program_and_one_a_tool, nothing_is_wrong_with_any, they_say_what_the_help_says,
           examples_stand_as_they_are_typed])
