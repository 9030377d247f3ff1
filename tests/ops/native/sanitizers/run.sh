#!/bin/sh
# Builds the native library and its driver under the sanitizers, and runs them.
# usage: run.sh [address] [thread] [arm64]      (default: address thread)
# `arm64` is no sanitizer: it builds for that machine by Debian's cross compiler and
# runs the same checks under qemu (packages g++-aarch64-linux-gnu, qemu-user).
# `address` includes the undefined-behaviour sanitizer. ThreadSanitizer does not know
# OpenMP's runtime, so that build starts its own threads.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sources=$here/../../../../graphattn/ops/native/src
compiler=${CXX:-g++}
flags="-std=c++17 -g1 -fno-omit-frame-pointer -Wall -Wextra -Werror"
flags="$flags -ffp-contract=fast -fno-math-errno -fno-trapping-math"
fatal=-fno-sanitize-recover=all
avx2="-mavx2 -mfma -mf16c"
avx512="$avx2 -mavx512f -mavx512bw -mavx512vl -mavx512dq"
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

# The widest vectors of this machine and the narrowest: the source is the same.
isas=baseline
for isa in avx512f avx2; do
  if grep -qsw "$isa" /proc/cpuinfo; then
    isas="baseline ${isa%f}"
    break
  fi
done

# sanitize NAME FLAGS ISA...
sanitize() {
  name=$1
  sanitizer=$2
  shift 2
  folder=$build/$name
  mkdir "$folder"
  offered=
  for isa in "$@"; do
    offered="$offered -DGRAPHATTN_HAS_$(echo "$isa" | tr '[:lower:]' '[:upper:]')"
    case $isa in
      avx512) extra=$avx512 ;;
      avx2) extra=$avx2 ;;
      *) extra= ;;
    esac
    # shellcheck disable=SC2086
    $compiler $flags $sanitizer $extra -DGRAPHATTN_FEW_SHAPES \
      -c "$sources/kernels.cpp" -o "$folder/$isa.o" &
  done
  for source in "$sources"/*.cpp "$here/driver.cpp"; do
    [ "$source" = "$sources/kernels.cpp" ] && continue
    # shellcheck disable=SC2086
    $compiler $flags $sanitizer $offered -c "$source" \
      -o "$folder/$(basename "$source").o"
  done
  wait
  # shellcheck disable=SC2086
  $compiler $sanitizer "$folder"/*.o -o "$folder/driver" -pthread
  echo "sanitizers: $name"
  ${emulator:-} "$folder/driver"
}

for wanted in "${@:-address thread}"; do
  for tool in $wanted; do
    case $tool in
      # Unoptimised, for the time it takes to build all the checks.
      # shellcheck disable=SC2086
      address) sanitize address "-O0 -fsanitize=address,undefined $fatal" $isas ;;
      thread) sanitize thread "-O1 -fsanitize=thread" baseline ;;
      arm64)
        compiler=aarch64-linux-gnu-g++ emulator=qemu-aarch64
        sanitize arm64 "-O2 -static" baseline
        ;;
      *)
        echo "run.sh: '$tool' is neither address, thread nor arm64" >&2
        exit 2
        ;;
    esac
  done
done
