#!/bin/sh
# SPDX-License-Identifier: MIT
# From nothing to a debugged program on a simulated Blue Pill: sh examples/quickstart.sh
# Every step is printed the way you would type it yourself.
set -eu
cd "$(dirname "$0")/.."

if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
show() { printf '  $ %s\n' "$*"; "$@"; }

# In a clone probed is built first; from an installed package it is there.
if [ -f meson.build ]; then
    out=build probed=build/probed
    say "1. What is needed: a compiler, meson, gdb-multiarch, the Arm compiler"
    sh examples/install.sh gcc libc6-dev pkg-config meson ninja-build libuv1-dev libusb-1.0-0-dev libhidapi-dev libelf-dev libdw-dev libzip-dev libexpat1-dev libtelnet-dev \
        gdb-multiarch gcc-arm-none-eabi libnewlib-arm-none-eabi

    say "2. Build probed"
    if [ ! -f build/build.ninja ]; then
        show meson setup build --buildtype=release -Dtests=disabled >/dev/null
    fi
    show ninja -C build --quiet
else
    out=$(mktemp -d) probed=probed
    trap 'rm -rf "$out"' EXIT INT TERM
    say "1. What is needed: probed, gdb-multiarch, the Arm compiler"
    sh examples/install.sh gdb-multiarch gcc-arm-none-eabi libnewlib-arm-none-eabi

    say "2. probed is installed"
    show probed --version
fi

say "3. Compile a program for the Blue Pill"
show sh examples/firmware/common/build.sh "$out/blink.elf" examples/firmware/blink/blink.c

say "4. Start probed on a simulated Blue Pill (here on a free port; yours would be 3333)"
echo "  \$ $probed --sim bluepill --gdb 3333 &"
log=$(mktemp)
"$probed" --sim bluepill --gdb 0 --once 2>"$log" &
daemon=$!
trap 'kill "$daemon" 2>/dev/null || true; rm -f "$log"; [ "$out" = build ] || rm -rf "$out"' EXIT INT TERM
# The daemon prints this line when, and only when, gdb can connect.
until port=$(sed -n 's/^Listening on .*:\([0-9]*\) for gdb connections$/\1/p' "$log") && [ -n "$port" ]; do
    kill -0 "$daemon" 2>/dev/null || { cat "$log" >&2; exit 1; }
    sleep 0.05
done
sed 's/^/  /' "$log"

say "5. Debug it"
echo "  \$ gdb-multiarch $out/blink.elf"
gdb-multiarch -q -nx -batch -x examples/quickstart.gdb -ex "quickstart $port" "$out/blink.elf"

wait "$daemon"
say "That was gdb talking to probed. Next: start $probed --sim yourself, and see $probed --help."
