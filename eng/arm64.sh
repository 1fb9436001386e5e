#!/usr/bin/env bash
# Runs tests as programs for Arm on another machine, by emulation (user mode of QEMU), one project after the other:
#   eng/arm64.sh [tests/Prozchain.X.Tests ...] [-- --filter-class '*GemmTests' ...]
# By default the classes that hold lanes of vectors against scalar code. Installs nothing; says what is missing.
# ARM64_ROOT: where the C and C++ runtime and OpenSSL for arm64 lie (Debian: libstdc++6:arm64, libssl3:arm64), / by default.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(uname -m)" = aarch64 ]; then
  echo "This machine is an Arm: dotnet test takes its lanes."
  exit
fi

projects=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  projects+=("$1")
  shift
done
filters=("${@:2}")

root=$(realpath -m "${ARM64_ROOT:-/}")
emulator=$(command -v qemu-aarch64-static || command -v qemu-aarch64 || true)
has() {
  for file in "$root"/{,usr/}lib{,64,/aarch64-linux-gnu}/"$1"; do [ ! -e "$file" ] || return 0; done
  return 1
}
missing=()
[ -n "$emulator" ] || missing+=("qemu-aarch64 in the user mode (Debian: qemu-user-static)")
[ -e "$root/lib/ld-linux-aarch64.so.1" ] || missing+=("ld-linux-aarch64.so.1 in ARM64_ROOT=$root (Debian: libc6:arm64)")
for library in libstdc++.so.6 libssl.so.3; do
  has "$library" || missing+=("$library in ARM64_ROOT=$root (Debian: libstdc++6:arm64, libssl3:arm64)")
done
if [ ${#missing[@]} -gt 0 ]; then
  printf 'Missing: %s.\n' "${missing[@]}"
  exit 1
fi

# An emulated process does not see that code was rewritten through a second mapping: the runtime shall write where it executes.
export DOTNET_EnableWriteXorExecute=0 QEMU_CPU=max QEMU_LD_PREFIX=$root PROZCHAIN_EMULATOR=$emulator

# run PROJECT FILTER...: a project of its own folder under artifacts/arm64, so that a plain build keeps what it has.
run() {
  local name
  name=$(basename "$1")
  echo "== $name"
  dotnet build -c Release -v q --nologo "$1" -r linux-arm64 --self-contained -p:ArtifactsPath="$PWD/artifacts/arm64"
  "$emulator" "$PWD/artifacts/arm64/bin/$name/release_linux-arm64/$name" --no-progress "${@:2}"
}

run tests/Prozchain.Testing.Tests --filter-method '*.InstructionSets_OfAnEmulatedArm_AreOn'
if [ ${#projects[@]} -gt 0 ]; then
  for project in "${projects[@]}"; do run "$project" "${filters[@]}"; done
  exit
fi

run tests/Prozchain.Shared.Tests \
  --filter-class '*.Gf256ProductTests' --filter-class '*.KeccakLanesTests' --filter-class '*.Blake3LanesTests' \
  --filter-class '*.Blake3JobsTests' --filter-class '*.Sha256LanesTests' --filter-class '*.PrefixedMessagesTests'
run tests/Prozchain.DataAvailability.Tests \
  --filter-class '*.RlcKernelTests' --filter-class '*.LeopardReedSolomonTests' --filter-class '*.ErasureLocatorTests' --filter-class '*.LeopardVectorTests'
run tests/Prozchain.AI.Tests \
  --filter-class '*.GemmTests' --filter-class '*.BatchProductTests' --filter-class '*.ConvolutionTests' --filter-class '*.ElementsTests' --filter-class '*.PoolingTests' \
  --filter-class '*.PlaneKernelTests' --filter-class '*.TensorCodecTests' --filter-class '*.TensorFloatsTests'
run tests/Prozchain.Zk.Tests \
  --filter-class '*Spans' --filter-class '*Transforms' --filter-class '*.ExtensionColumnsTests' --filter-class '*.PoseidonTileTests' --filter-class '*.FieldWordsTests'
