#!/bin/sh
# SPDX-License-Identifier: MIT
# Assembles the flash loaders and writes each as a byte array into a header beside its source.
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

header() { # NAME
    "${prefix}gcc" -c -mthumb -o "$work/$1.o" "$here/$1.S"
    "${prefix}objcopy" -O binary -j .text "$work/$1.o" "$work/$1.bin"
    if [ $(($(wc -c <"$work/$1.bin") % 4)) -ne 0 ]; then
        echo "$1.S does not fill its last word" >&2
        exit 1
    fi
    echo "/* SPDX-License-Identifier: MIT */"
    echo "/* Made by generate.sh from $1.S; the calling convention stands there. */"
    echo "#include <stdint.h>"
    echo
    echo "/* clang-format off */"
    echo "static const uint8_t $1_code[] __attribute__((aligned(4))) = {"
    od -An -v -tx1 -w12 "$work/$1.bin" | sed 's/ \([0-9a-f][0-9a-f]\)/ 0x\1,/g; s/^/   /'
    echo "};"
    echo "/* clang-format on */"
}

for source in "$here"/*.S; do
    name=$(basename "$source" .S)
    header "$name" >"$work/$name.h"
    if [ "${1:-}" = --check ]; then
        diff -u "$here/$name.h" "$work/$name.h"
    else
        cp "$work/$name.h" "$here/$name.h"
    fi
done
