#!/usr/bin/env bash
# Puts the pinned compiler and test chain into artifacts/npm. Ends with 0 and one sentence where npm or the packages cannot be had:
# the tests that need them then skip and say so.
set -uo pipefail
cd "$(dirname "$0")/.."
target=artifacts/npm
command -v npm >/dev/null || { echo "contracts: npm is not installed; tests on a real EVM will be skipped."; exit 0; }
if [ -d "$target/node_modules" ] && cmp -s contracts/package-lock.json "$target/package-lock.json"; then exit 0; fi
rm -rf "$target"
mkdir -p "$target"
# Not "npm ci": it asks for the test chain of every operating system, and a mirror may hold one. Sums are checked all the same.
cp contracts/package.json contracts/package-lock.json "$target/"
if ! (cd "$target" && timeout "${PROZCHAIN_NPM_TIMEOUT:-300}" npm install --ignore-scripts --no-audit --no-fund --loglevel=error); then
  rm -rf "$target"
  echo "contracts: npm could not install the pinned packages; tests on a real EVM will be skipped."
fi
