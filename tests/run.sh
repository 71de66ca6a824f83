#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing, builds with sanitizers, runs every test: sh tests/run.sh
# The last line is "N passed, N failed"; the exit code is 0 only if nothing failed.
set -eu
cd "$(dirname "$0")/.."

sh examples/install.sh gcc libc6-dev pkg-config meson ninja-build python3 libuv1-dev libusb-1.0-0-dev libhidapi-dev libelf-dev libdw-dev libzip-dev libexpat1-dev libtelnet-dev \
    cmake libcmocka-dev libunicorn-dev gdb-multiarch lldb-16 gcc-arm-none-eabi libnewlib-arm-none-eabi picolibc-arm-none-eabi \
    umockdev libumockdev-dev openocd stlink-tools python3-pyocd procps iproute2 telnet python3-pexpect \
    scdoc man-db mandoc zsh fish systemd \
    binutils-arm-none-eabi clang clang-format clang-tidy libclang-rt-14-dev

build=${PROBED_TEST_BUILD:-build-tests}
if [ ! -f "$build/build.ninja" ]; then
    meson setup "$build" -Dtests=enabled -Dman=enabled -Db_sanitize=address,undefined -Db_lundef=false >"$build.log" 2>&1 || {
        cat "$build.log" >&2
        exit 1
    }
    rm -f "$build.log"
fi
ninja -C "$build" --quiet

# What a failing test printed is shown; the others are one line each.
results="$build/meson-logs/testlog.json"
rm -f "$results"
# Limits are for hangs: a machine that is busy with other work may take a few times as long. Many
# tests wait for other programs: one more than there are cores keeps these busy.
meson test -C "$build" --no-rebuild --num-processes $(($(nproc) + 1)) --print-errorlogs --timeout-multiplier 8 || true
# Whole scripts, each one test: its output is shown if it fails.
run_script() {
    name=$1
    shift
    if "$@" >"$build/$name.log" 2>&1; then
        scripts="$scripts $name:OK"
    else
        scripts="$scripts $name:FAIL"
        cat "$build/$name.log" >&2
    fi
}
scripts=
run_script threads sh tests/threads/run.sh "$build-threads"
run_script quickstart sh examples/quickstart.sh
# shellcheck disable=SC2086 # the list is meant to be split
exec python3 tests/count.py "$results" $scripts
