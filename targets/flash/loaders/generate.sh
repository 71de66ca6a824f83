#!/bin/sh
# SPDX-License-Identifier: MIT
# Assembles the loaders of all families and the routines of core/ and writes each as a byte array into a header beside its source.
#
#   generate.sh            writes the headers
#   generate.sh --check    compares them with what the sources give; exit 77 without a toolchain
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=${CROSS:-arm-none-eabi-}
if ! command -v "${prefix}gcc" >/dev/null; then
    echo "${prefix}gcc is not installed" >&2
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

header() { # PATH without an ending
    base=$(basename "$1")
    "${prefix}gcc" -c -mthumb -o "$work/$base.o" "$1.S"
    "${prefix}objcopy" -O binary -j .text "$work/$base.o" "$work/$base.bin"
    if [ $(($(wc -c <"$work/$base.bin") % 4)) -ne 0 ]; then
        echo "$base.S does not fill its last word" >&2
        exit 1
    fi
    echo "/* SPDX-License-Identifier: MIT */"
    echo "/* Made by generate.sh from $base.S; the calling convention stands there. */"
    echo "#include <stdint.h>"
    echo
    echo "/* clang-format off */"
    echo "static const uint8_t ${base}_code[] __attribute__((aligned(4))) = {"
    od -An -v -tx1 -w12 "$work/$base.bin" | sed 's/ \([0-9a-f][0-9a-f]\)/ 0x\1,/g; s/^/   /'
    echo "};"
    echo "/* clang-format on */"
}

for source in "$here"/*.S "$here"/../*/loaders/*.S "$here"/../../core/routines/*.S; do
    path=${source%.S}
    header "$path" >"$work/made.h"
    if [ "${1:-}" = --check ]; then
        diff -u "$path.h" "$work/made.h"
    else
        cp "$work/made.h" "$path.h"
    fi
done
