# SPDX-License-Identifier: MIT
"""A table that is measured, and kept by a document between two marks: it may not say what is no longer so."""
import pathlib


def check(document, what, text, write):
    """0 if the document keeps this text; with `write` it is put there."""
    path = pathlib.Path(document)
    begin, end = f"<!-- {what}: begin -->\n", f"<!-- {what}: end -->\n"
    before, found, rest = path.read_text().partition(begin)
    kept, found_end, after = rest.partition(end)
    assert found and found_end, f"{path.name} has no place for {what}"
    if write:
        path.write_text(before + begin + text + end + after)
    elif kept != text:
        print(f"{path.name} keeps something else: the same call with --write behind it puts this there")
        return 1
    return 0
