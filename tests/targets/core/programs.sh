#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes programs.h from programs.S: the image as halfwords, and the address of every label.
set -e
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
arm-none-eabi-gcc -c -mcpu=cortex-m3 -mthumb -o "$tmp/p.o" programs.S
arm-none-eabi-ld -Ttext=0x08000000 -o "$tmp/p.elf" "$tmp/p.o"
arm-none-eabi-objcopy -O binary "$tmp/p.elf" "$tmp/p.bin"
{
    echo '/* SPDX-License-Identifier: MIT */'
    echo '/* Made from programs.S by programs.sh. */'
    echo '#ifndef PROBED_TEST_PROGRAMS_H'
    echo '#define PROBED_TEST_PROGRAMS_H'
    echo
    echo '#include <stdint.h>'
    echo
    arm-none-eabi-nm "$tmp/p.elf" | awk '$2 == "T" && $3 !~ /^_/ {
        printf "#define AT_%s 0x%su\n", toupper($3), $1 }' | sort
    echo
    echo '/* clang-format off */'
    echo 'static const uint16_t programs_image[] = {'
    od -An -v -tx2 -w16 "$tmp/p.bin" | sed 's/ \([0-9a-f]\{4\}\)/ 0x\1,/g; s/^/   /'
    echo '};'
    echo '/* clang-format on */'
    echo
    echo '#endif'
} >programs.h
