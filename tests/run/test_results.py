# SPDX-License-Identifier: MIT
"""The result of `probed run` for programs: --json, --junit. test_results.py PROBED"""

import json
import os
import xml.etree.ElementTree

from programs import FOLDER, build, run
from daemon import run_tests

JUNIT = os.path.join(FOLDER.name, "result.xml")


def result(elf, *options, expect):
    said, told = run(elf, "--json", "--junit", JUNIT, *options, expect=expect)
    suite = xml.etree.ElementTree.parse(JUNIT).getroot()
    os.unlink(JUNIT)
    found = json.loads(said)
    assert found["exit_code"] == expect, found
    return found, suite, told


def all_32_bits_of_the_code_are_told():
    for code, expected in ((0, 0), (5, 5), (0x80000123, 123)):
        elf = build("code", f"int main(void) {{ uint32_t a[] = {{0x20026, {code:#x}}}; say(\"text\\n\"); semihost(0x20, a); return 0; }}")
        found, suite, told = result(elf, expect=expected)
        assert found["program_code"] == code and found["outcome"] == "exit" and found["output"] == "text\n", found
        assert "text\n" in told and found["backtrace"] == [], found
        case = suite.find("testcase")
        assert suite.get("tests") == "1" and case.get("name") == "code.elf" and case.find("system-out").text == "text\n"
        assert suite.get("failures") == str(int(code != 0)) and suite.get("errors") == "0"
        assert (case.find("failure") is not None) == (code != 0), xml.etree.ElementTree.tostring(suite)


def a_crash_has_its_backtrace():
    elf = build("crash", """
        __attribute__((noinline)) static int deep(void) { return *(volatile int *)0xE1000000; }
        int main(void) { return deep() + 1; }""")
    found, suite, _ = result(elf, expect=126)
    assert found["outcome"] == "crash" and found["program_code"] is None and "HardFault" in found["reason"], found
    frames = {frame["function"]: frame for frame in found["backtrace"]}
    assert frames["deep"]["line"] == 2 and frames["deep"]["interrupted_by"] == "HardFault", frames
    assert frames["main"]["file"].endswith("crash.c") and frames["main"]["line"] == 3, frames
    failure = suite.find("testcase/failure")
    assert "HardFault" in failure.get("message") and "crash.c:2" in failure.text, failure.text


def what_a_program_says_spoils_no_file():
    elf = build("odd", "int main(void) { say(\"<a>&\\\"\\x1b[31m\\xff\\x01]]>\\n\"); return 1; }")
    found, suite, _ = result(elf, expect=1)
    assert found["output"].startswith("<a>&\"\x1b[31m"), found
    assert "<a>&\"" in suite.find("testcase/system-out").text


def what_cannot_be_run_has_a_result():
    found, suite, _ = result("/no/such.elf", expect=125)
    assert found["outcome"] == "failed" and "no/such.elf" in found["reason"], found
    assert suite.get("errors") == "1" and suite.find("testcase/error") is not None
    elf = build("fine", "int main(void) { return 0; }")
    found, _, _ = result(elf, "--until", "never", expect=1)
    assert found["outcome"] == "exit" and found["program_code"] == 0 and "never said 'never'" in found["reason"], found
    _, told = run(elf, "--junit", "/no/such/folder/result.xml", expect=125)
    assert "/no/such/folder" in told, told


def a_long_text_is_kept_to_its_end():
    elf = build("long", "int main(void) { for (int i = 0; i < 5000; i++) say(\"0123456789012345678901234567890\\n\"); say(\"end\\n\"); return 0; }")
    found, _, _ = result(elf, expect=0)
    assert found["output"].endswith("\nend\n") and 60000 < len(found["output"]) <= 128 * 1024, len(found["output"])


run_tests([all_32_bits_of_the_code_are_told, a_crash_has_its_backtrace, what_a_program_says_spoils_no_file,
           what_cannot_be_run_has_a_result, a_long_text_is_kept_to_its_end])
