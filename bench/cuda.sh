#!/usr/bin/env bash
# Tests and measures Prozchain.Zk.Cuda on a machine that has an NVIDIA driver and may have nothing else.
#   bench/cuda.sh pack    where the SDK is: puts all that is needed into artifacts/cuda, to be carried over with this file
#   bench/cuda.sh         there: device tests, then measurements, under ten minutes; results in ${OUT:-artifacts/cuda/out}
# More arguments go to the measurements: bench/cuda.sh --filter proof --processor no
set -euo pipefail
cd "$(dirname "$0")/.."
packed=artifacts/cuda
most_mib=60

pack() {
  for file in src/Prozchain.Zk.Cuda/Kernels/*.cu; do
    compgen -G "src/Prozchain.Zk.Cuda/Kernels/Compiled/$(basename "$file" .cu)[.-]*sm_90.ptx.gz" >/dev/null || { echo "Missing: $(basename "$file") compiled. Run eng/kernels-to-ptx.sh first." >&2; exit 2; }
  done
  rm -rf "$packed"
  local runtime=$packed/runtime
  mkdir -p "$packed/ptx" "$runtime/lib"
  export MSBUILDDISABLENODEREUSE=1
  dotnet publish -v quiet --nologo -c Release -p:DebugType=none -o "$packed/bench" bench/Prozchain.Benchmarks
  dotnet publish -v quiet --nologo -c Release -p:DebugType=none -o "$packed/tests" tests/Prozchain.Zk.Cuda.Tests
  for folder in bench tests; do
    # Without the list of all dependencies the host takes what lies there, and what this does not need may be left out.
    rm -f "$packed/$folder"/*.deps.json "$packed/$folder"/*.pdb "$packed/$folder"/*.xml
    rm -rf "$packed/$folder"/runtimes
    find "$packed/$folder" -name '*.resources.dll' -delete
    find "$packed/$folder" -mindepth 1 -type d -empty -delete
  done
  find "$packed/bench" -type f ! -name 'Prozchain.*' -delete
  cp src/Prozchain.Zk.Cuda/Kernels/Compiled/*.gz "$packed/ptx"

  local root version path size
  root=$(dirname "$(readlink -f "$(command -v dotnet)")")
  version=$(ls "$root/shared/Microsoft.NETCore.App" | grep '^10\.' | sort -V | tail -1)
  mkdir -p "$runtime/dotnet/shared/Microsoft.NETCore.App" "$runtime/dotnet/host/fxr"
  cp "$root/dotnet" "$runtime/dotnet"
  cp -r "$root/host/fxr/$version" "$runtime/dotnet/host/fxr"
  cp -r "$root/shared/Microsoft.NETCore.App/$version" "$runtime/dotnet/shared/Microsoft.NETCore.App"
  # Debugging, tracing, other collectors, databases, documents, services: nothing here loads them.
  (cd "$runtime/dotnet/shared/Microsoft.NETCore.App/$version" && rm -f libmscordbi.so libmscordaccore.so libclrgc.so libclrgcexp.so libcoreclrtraceptprovider.so createdump \
    Microsoft.VisualBasic*.dll Microsoft.CSharp.dll System.Data*.dll System.Private.DataContractSerialization.dll System.Net.Mail.dll System.Net.Quic.dll \
    System.Net.HttpListener.dll System.Net.WebSockets*.dll System.Net.WebClient.dll System.Net.Requests.dll System.Linq.Parallel.dll System.Linq.AsyncEnumerable.dll \
    System.Formats.Tar.dll System.IO.Packaging.dll System.Transactions*.dll System.Text.Encoding.CodePages.dll)
  # For machines without them; those of the machine are preferred.
  for library in libstdc++.so.6 libgcc_s.so.1 libssl.so.3 libcrypto.so.3; do
    path=$(ldconfig -p | awk -v name="$library" '$1 == name && /x86-64/ { print $NF; exit }')
    [ -n "$path" ] && cp -L "$path" "$runtime/lib"
  done
  tar -C "$packed" -czf "$packed/runtime.tar.gz" runtime
  rm -rf "$runtime"
  size=$(du -sm --apparent-size "$packed" | cut -f1)
  echo "$packed: $size MiB"
  [ "$size" -le "$most_mib" ] || { echo "Expected at most $most_mib MiB." >&2; exit 1; }
}

# Registers and spills of each kernel, where ptxas is: NVIDIA's own view of the PTX.
assemble() {
  local ptxas arch target=70 list=$out/ptxas.md
  ptxas=$(command -v ptxas || ls /usr/local/cuda*/bin/ptxas 2>/dev/null | tail -1 || true)
  [ -n "$ptxas" ] || { echo "ptxas: not here, registers and spills not listed"; return 0; }
  arch=$(timeout 20 nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -1 | tr -d '. ' || true)
  arch=${arch:-90}
  for known in 80 90; do [ "$arch" -ge "$known" ] && target=$known; done
  printf '# Kernels by ptxas for sm_%s\n\n| kernel | registers | spilled bytes | stack |\n|---|--:|--:|--:|\n' "$arch" >"$list"
  for file in "$packed"/ptx/*.sm_"$target".ptx.gz; do
    [ "$SECONDS" -lt "$test_seconds" ] || { echo "ptxas: out of time before $(basename "$file")"; break; }
    gunzip -c "$file" >"$out/kernels.ptx"
    if timeout $((test_seconds + 1 - SECONDS)) "$ptxas" -v -arch="sm_$arch" "$out/kernels.ptx" -o /dev/null >"$out/ptxas.log" 2>&1; then
      awk '/Compiling entry function/ { split($0, part, "\047"); name = part[2]; stack = spill = 0 }
           /bytes stack frame/ { stack += $1; spill += $5 } # of the kernel, and of what it calls
           /Used [0-9]+ registers/ { for (i = 1; i <= NF; i++) if ($i == "Used") printf "| %s | %s | %s | %s |\n", name, $(i + 1), spill, stack }' "$out/ptxas.log" >>"$list"
    else
      printf '| %s | refused: see ptxas-%s.log | | |\n' "$(basename "$file")" "$(basename "$file" .ptx.gz)" >>"$list"
      cp "$out/ptxas.log" "$out/ptxas-$(basename "$file" .ptx.gz).log"
    fi
  done
  rm -f "$out/kernels.ptx" "$out/ptxas.log"
  echo "ptxas: $(grep -c '^| [a-z]' "$list") lines in ptxas.md, of which spill: $(awk -F'|' '$4 + 0 > 0' "$list" | wc -l)"
}

# Libraries of the pack that the machine lacks.
lend_libraries() {
  local lent=
  for path in "$runtime"/lib/*; do
    [ -f "$path" ] || continue
    local name
    name=$(basename "$path")
    [ -n "$(ls /lib*/"$name" /lib/*/"$name" /usr/lib*/"$name" /usr/lib/*/"$name" 2>/dev/null)" ] && continue
    mkdir -p "$runtime/lent"
    cp "$path" "$runtime/lent"
    lent="$lent $name"
  done
  [ -z "$lent" ] && return 0
  echo "lent:$lent"
  export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$runtime/lent
}

if [ "${1:-}" = pack ]; then pack; exit 0; fi
[ -d "$packed/bench" ] || { echo "Missing: $packed. Run bench/cuda.sh pack where the SDK is." >&2; exit 2; }
out=${OUT:-$packed/out}
mkdir -p "$out"
out=$(cd "$out" && pwd)
test_seconds=240 bench_seconds=300
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# What the driver compiles for the tests it need not compile again, wherever the home folder is.
export CUDA_CACHE_PATH=$scratch/compiled CUDA_CACHE_MAXSIZE=4294967296
dotnet=$(command -v dotnet || true)
if [ -z "$dotnet" ] || ! "$dotnet" --list-runtimes 2>/dev/null | grep -q '^Microsoft.NETCore.App 10\.'; then
  tar -C "$scratch" -xzf "$packed/runtime.tar.gz"
  runtime=$scratch/runtime
  dotnet=$runtime/dotnet/dotnet
  export DOTNET_ROOT=$runtime/dotnet
  lend_libraries
fi
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_TieredPGO=0
timeout 20 nvidia-smi >"$out/nvidia-smi.log" 2>&1 || true

# Beside the tests, which need the device; before the measurements, which need the processor too.
assemble >"$out/ptxas.txt" &
tests=0
PROZCHAIN_CUDA=device timeout -k 10 "$test_seconds" "$dotnet" "$packed/tests/Prozchain.Zk.Cuda.Tests.dll" --no-progress --no-ansi --output Detailed \
  --filter-not-class '*CompiledTests' --filter-not-class '*CudaSelfTestTests' >"$out/tests.log" 2>&1 || tests=$?
wait
grep -E '^(failed|Test run summary| +(total|failed|succeeded|skipped|duration):)' "$out/tests.log" | head -60 || true
[ "$tests" -lt 124 ] || echo "Tests: ended after $test_seconds s; those that passed: $(grep -c '^passed' "$out/tests.log")"
cat "$out/ptxas.txt"

measured=0
timeout -k 10 "$bench_seconds" "$dotnet" "$packed/bench/Prozchain.Benchmarks.dll" cuda --output "$out/cuda.md" "$@" >"$out/cuda.log" 2>"$out/progress.log" || measured=$?
if [ "$measured" -ge 124 ]; then
  echo "Measurements: ended after $bench_seconds s, or before; what there was:"
  cat "$out/cuda.md" 2>/dev/null || true
  tail -5 "$out/progress.log"
else
  cat "$out/cuda.log"
  [ "$measured" -le 1 ] || tail -20 "$out/progress.log"
fi
echo "tests: $tests, measurements: $measured; all in $out"
# Testing platform: 8 when no test ran, as when all were skipped.
[ "$tests" = 0 ] || [ "$tests" = 8 ] || exit 1
[ "$measured" = 0 ]
