#!/usr/bin/env bash
# Compiles the kernels of Prozchain.Zk.Cuda to PTX with clang 19, for every target that the package ships; those for extensions in a module each.
# usage: eng/kernels-to-ptx.sh [OUTPUT-FOLDER [TARGET...]]   (default: the folder that is embedded in the package, 70 80 90)
set -euo pipefail
cd "$(dirname "$0")/.."
source=src/Prozchain.Zk.Cuda/Kernels
output=${1:-$source/Compiled}
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || targets=(70 80 90)
clang=${CLANG:-clang-19}
command -v "$clang" >/dev/null || { echo "Missing: $clang (Debian: clang-19). CLANG names another." >&2; exit 2; }
mkdir -p "$output"
rm -f "$output"/*.ptx.gz
export LC_ALL=C

# compile_for TARGET FILE MODULE SUM [OPTION...]
compile_for() {
  local target=$1 file=$2 module=$3 sum=$4
  shift 4
  # Comments of the compiler name folders of the machine.
  { echo "// sources $sum"
    "$clang" -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch="sm_$target" -O3 -std=c++20 -Wall -Wextra -Werror -Wno-unused-function "$@" \
      -fno-ident -S "$file" -o - | sed -e '/^\/\/ /d' -e '/^\/\/$/d'
  } | gzip -9 -n >"$output/$module.sm_$target.ptx.gz"
}

# compile FILE MODULE SUM [OPTION...]: for each target, as many at once as there are cores
compile() {
  local target
  for target in "${targets[@]}"; do
    if [ "${#jobs[@]}" -ge "$(nproc)" ]; then
      wait "${jobs[0]}"
      jobs=("${jobs[@]:1}")
    fi
    compile_for "$target" "$@" &
    jobs+=("$!")
  done
}

jobs=()
for file in "$source"/*.cu; do
  name=$(basename "$file" .cu)
  # A test compares the sum with the sources', so that a stale file shows without a compiler too.
  sum=$(cat "$source"/*.cuh "$file" | sha256sum | cut -d' ' -f1)
  if grep -q '^PROZCHAIN_EACH_EXTENSION(' "$file"; then
    for type in KoalaBear4 KoalaBear5 KoalaBear6 KoalaBear8 BabyBear4; do
      compile "$file" "$name-${type,,}" "$sum" "-DPROZCHAIN_EXTENSION=${type,,}, $type"
    done
  else
    compile "$file" "$name" "$sum"
  fi
done
for job in "${jobs[@]}"; do wait "$job"; done
