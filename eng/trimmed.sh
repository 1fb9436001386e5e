#!/usr/bin/env bash
# Publishes a verifier with everything trimmed away that it does not use, and lets it judge proofs:
#   eng/trimmed.sh [FOLDER]     (where to publish to; a temporary folder by default)
# A warning of the trimmer is an error. Restores the runtime's own package, which a plain build does not need.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
out=${1:-$scratch/app}

dotnet publish samples/02-verify-a-proof -c Release --use-current-runtime --self-contained -o "$out" -warnaserror \
  -p:PublishTrimmed=true -p:TrimMode=full -p:TrimmerSingleWarn=false -p:SuppressTrimAnalysisWarnings=false

number=$("$out/verify-a-proof" prove "$scratch/proof")
"$out/verify-a-proof" verify "$scratch/proof" "$number"

# It also has to refuse: another number, a proof cut short, a byte changed, no proof at all.
refuse() {
  local status=0
  "$out/verify-a-proof" verify "$1" "$2" || status=$?
  [ "$status" -eq 1 ] || { echo "Expected a refusal of $1, got exit code $status."; exit 1; }
}
refuse "$scratch/proof" $((number - 1))
head -c 1000 "$scratch/proof" > "$scratch/short"
refuse "$scratch/short" "$number"
{ head -c 1000 "$scratch/proof"; printf '\0'; tail -c +1002 "$scratch/proof"; } > "$scratch/changed"
cmp -s "$scratch/proof" "$scratch/changed" || refuse "$scratch/changed" "$number"
: > "$scratch/none"
refuse "$scratch/none" "$number"
echo "$(du -sk "$out" | cut -f1) KiB, verified and refused as it should"
