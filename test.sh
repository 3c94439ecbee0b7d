#!/usr/bin/env bash
# Builds everything once and runs all tests. The last line is `N passed, N failed, N skipped`; skipped tests say why.
set -uo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")" || exit 2
source .ci/sdk.sh
source .ci/tools.sh
require_sdk ./test.sh
# What the tests of the lab send real packets with. Without root those tests are skipped.
[[ $(id -u) != 0 ]] || require_tools ./test.sh nft=nftables ip=iproute2 curl=curl wget=wget dig=dnsutils nc=netcat-openbsd ping=iputils-ping conntrack=conntrack shellcheck=shellcheck

mkdir -p artifacts
log=artifacts/test.log

# The tests of the documentation run ./ringfence itself.
./ringfence --version >/dev/null &
program=$!
dotnet build Ringfence.slnx --configuration Release -nologo -verbosity:quiet -nodeReuse:false || exit 1
wait "$program" || exit 1

dotnet test --solution Ringfence.slnx --configuration Release --no-build --no-progress "$@" 2>&1 | tee "$log"
result=${PIPESTATUS[0]}

count() { awk -v name="$1:" '$1 == name { n = $2 } END { print n + 0 }' "$log"; }
passed=$(count succeeded)
# A test project that broke down, or had no test to run, is an error of its own.
failed=$(($(count failed) + $(count error)))
[[ $result == 0 || $failed != 0 ]] || failed=1
[[ $passed != 0 || $failed != 0 ]] || failed=1
echo "$passed passed, $failed failed, $(count skipped) skipped"
[[ $failed == 0 ]]
