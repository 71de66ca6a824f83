#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles one program for the Blue Pill, or for the core and memory that the options name: build.sh OUTPUT.elf SOURCE.c... [gcc options]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
output=$1
shift
arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -g3 -Og -ffunction-sections -fno-common -Wall \
    -nostartfiles --specs=nano.specs --specs=nosys.specs -Wl,--gc-sections \
    -Wl,--no-warn-rwx-segments \
    -T "$here/stm32f103c8.ld" "$here/startup.c" "$@" -o "$output" 2>&1 |
    { grep -v -e 'is not implemented and will always fail' -e 'in function' || true; }
test -f "$output"
