#!/usr/bin/env bash
# From the shell to the first answer: ./ringfence, the executable that it starts, and the plain build run by `dotnet` as the baseline.
# Prints the median in milliseconds and the ratio to the baseline of the same run. Usage: bench/startup.sh [RUNS]
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
runs=${1:-20}

./ringfence --version >/dev/null
read -r key <artifacts/ringfence/current
executable=artifacts/ringfence/$key/ringfence
dotnet build src/Ringfence.Cli --configuration Release --artifacts-path artifacts/baseline -nologo -verbosity:quiet \
  -nodeReuse:false -p:RunAnalyzers=false >artifacts/baseline.log || { cat artifacts/baseline.log >&2; exit 1; }
baseline=(dotnet artifacts/baseline/bin/Ringfence.Cli/release/ringfence.dll)

# Microseconds of one run. EPOCHREALTIME has six decimals, behind a point or a comma.
once() {
  local start=${EPOCHREALTIME/[.,]/}
  "$@" >/dev/null 2>&1 || true
  echo $((${EPOCHREALTIME/[.,]/} - start))
}

# The ways take turns, so that what else the machine does meets them all alike.
measure() {
  local title=$1 i way
  shift
  local -A times=()
  for ((i = 0; i < runs + 2; i++)); do
    for way in "./ringfence" "$executable" "${baseline[*]}"; do
      # shellcheck disable=SC2086 # the baseline is two words
      local time; time=$(once $way "$@")
      # The first two are to warm the disk's cache.
      if ((i > 1)); then times[$way]+="$time "; fi
    done
  done

  echo "$title"
  local base; base=$(median ${times["${baseline[*]}"]})
  row "./ringfence" "$base" "$(median ${times["./ringfence"]})"
  row "the executable" "$base" "$(median ${times["$executable"]})"
  row "dotnet ringfence.dll" "$base" "$base"
}

median() { printf '%s\n' "$@" | sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }

row() { awk -v name="$1" -v base="$2" -v us="$3" 'BEGIN { printf "  %-22s %7.1f ms  %5.2f of the baseline\n", name, us / 1000, us / base }'; }

measure "--version" --version
measure "can" can -f examples/rag ai-platform/rag-api ai-platform/vector-db:6333
