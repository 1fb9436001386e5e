#!/usr/bin/env bash
# Reruns test projects with instruction sets switched off, one after the other:
#   eng/isa-matrix.sh [tests/Prozchain.X.Tests ...]     (all packages' test projects by default)
# Each round first asserts that the runtime really leaves the set alone: an unknown knob is silently ignored.
set -euo pipefail
cd "$(dirname "$0")/.."

projects=("$@")
if [ ${#projects[@]} -eq 0 ]; then
  for folder in tests/*.Tests; do
    case $folder in
      */Prozchain.Repo.Tests | */Prozchain.Testing.Tests | */Prozchain.Composition.Tests) ;;
      *) projects+=("$folder") ;;
    esac
  done
fi

dotnet build -c Release
for knob in DOTNET_EnableAVX512 DOTNET_EnableAVX2 DOTNET_EnableGFNI DOTNET_EnableHWIntrinsic; do
  echo "== $knob=0"
  env "$knob=0" dotnet test -c Release --no-build --project tests/Prozchain.Testing.Tests -- --filter-method '*.InstructionSets_WhoseKnobIsZero_AreOff'
  for project in "${projects[@]}"; do
    env "$knob=0" dotnet test -c Release --no-build --project "$project"
  done
done
