#!/usr/bin/env bash
# What the GitHub action does: lint, test, and compare the reach of a pull request with its base. Everything from outside comes in as
# environment variables and is never part of a command's text. Needs bash and git, and curl and jq for the comment.
#
#   RINGFENCE_PATHS    manifests, one path a line (default: .)
#   RINGFENCE_BASE     the git revision to compare with; empty for none
#   RINGFENCE_TESTS    files of expectations, one a line; empty for none
#   RINGFENCE_LINT     error, warning, note: what fails the lint step; never: report only; off: do not lint
#   RINGFENCE_FAIL_ON  as ringfence diff --fail-on
#   RINGFENCE_SARIF    where the lint findings go as SARIF (default: ringfence.sarif)
#   RINGFENCE_COMMENT  true to comment on the pull request
#   RINGFENCE_COMMAND  the program (default: ringfence of this checkout)
#   GITHUB_TOKEN, GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_EVENT_PATH, GITHUB_STEP_SUMMARY, GITHUB_OUTPUT  as GitHub sets them
#
# Exit code: the worst of the steps: 0 all well, 1 findings, failed expectations or changes that were asked to fail, 2 and 3 as ringfence has them.
set -uo pipefail

marker='<!-- ringfence: reach -->'
# GitHub takes comments of 65,536 characters.
most=65000
here=$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ringfence=${RINGFENCE_COMMAND:-$here/../ringfence}
sarif=${RINGFENCE_SARIF:-ringfence.sarif}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
worst=0

lines() { while IFS= read -r line || [[ -n $line ]]; do [[ -z $line ]] || printf '%s\0' "$line"; done <<<"$1"; }
keep_worst() { (($1 <= worst)) || worst=$1; }
# Words of a workflow command end at a line end, and input may have one.
tell() { printf '::%s::%s\n' "$1" "${2//[$'\r\n']/ }"; }
# Shows a file whose lines may look like workflow commands.
quote() {
  local end
  end=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$end"
  cat "$1"
  printf '\n::%s::\n' "$end"
}
summary() { cat >>"${GITHUB_STEP_SUMMARY:-/dev/null}"; }
output() { printf '%s=%s\n' "$1" "$2" >>"${GITHUB_OUTPUT:-/dev/null}"; }

mapfile -d '' -t paths < <(lines "${RINGFENCE_PATHS:-.}")
mapfile -d '' -t tests < <(lines "${RINGFENCE_TESTS:-}")
files=()
for path in "${paths[@]}"; do files+=(-f "$path"); done

lint() {
  [[ ${RINGFENCE_LINT:-error} != off ]] || return 0
  "$ringfence" lint "${files[@]}" -o sarif --fail-on "${RINGFENCE_LINT:-error}" >"$sarif"
  local code=$?
  output sarif "$sarif"
  if ((code != 0)); then tell error "ringfence lint: exit code $code, see code scanning or $sarif"; fi
  return "$code"
}

expectations() {
  ((${#tests[@]} > 0)) || return 0
  "$ringfence" test "${tests[@]}" "${files[@]}" >"$work/test" 2>&1
  local code=$?
  quote "$work/test"
  # Four spaces make code of every line, whatever is in it.
  { printf '### ringfence test\n\n'; sed 's/^/    /' "$work/test"; printf '\n'; } | summary
  ((code == 0)) || tell error "ringfence test: exit code $code"
  return "$code"
}

# The paths as the base revision has them. One that it lacks is new, and compared with nothing. Each is compared beside the others as
# they are now: policies mean nothing without the workloads.
reach() {
  [[ -n ${RINGFENCE_BASE:-} ]] || return 0
  local path other old code=0 result=0
  local -a beside
  : >"$work/comment"
  for path in "${paths[@]}"; do
    beside=()
    for other in "${paths[@]}"; do [[ $other == "$path" ]] || beside+=(-f "$other"); done
    old=git:$RINGFENCE_BASE:$path
    if git rev-parse --verify --quiet --end-of-options "$RINGFENCE_BASE^{commit}" >/dev/null &&
      ! git cat-file -e "$RINGFENCE_BASE:./$path" 2>/dev/null; then old=/dev/null; fi
    "$ringfence" diff "$old" "$path" "${beside[@]}" -o md --fail-on "${RINGFENCE_FAIL_ON:-none}" >"$work/diff"
    result=$?
    ((result <= code)) || code=$result
    ((${#paths[@]} == 1)) || printf '#### %s\n\n' "$path" >>"$work/comment"
    cat "$work/diff" >>"$work/comment"
    printf '\n' >>"$work/comment"
  done
  { printf '### ringfence diff\n\n'; cat "$work/comment"; } | summary
  ((code == 0)) || tell error "ringfence diff: exit code $code"
  [[ ${RINGFENCE_COMMENT:-false} != true ]] || comment || return
  return "$code"
}

# Calls GitHub's API; the token is given in a file, for the arguments of a process can be seen by others.
api() {
  local method=$1 url=$2
  shift 2
  curl --silent --show-error --fail-with-body --location --max-time 60 --config "$work/curl" --request "$method" "$url" "$@"
}

# One comment for each pull request: the one that begins with our marker is written anew.
comment() {
  local number url id page
  number=$(jq '.pull_request.number // empty' "${GITHUB_EVENT_PATH:-/dev/null}" 2>/dev/null | tr -dc 0-9)
  if [[ -z $number ]]; then tell notice 'not a pull request: no comment is written'; return 0; fi
  (umask 077; printf 'header = "Authorization: Bearer %s"\nheader = "Accept: application/vnd.github+json"\n' "${GITHUB_TOKEN:-}" >"$work/curl")
  url=${GITHUB_API_URL:-https://api.github.com}/repos/${GITHUB_REPOSITORY:-}/issues
  id=
  for page in 1 2 3 4 5 6 7 8 9 10; do
    api GET "$url/$number/comments?per_page=100&page=$page" >"$work/comments" || { tell warning 'the comments of the pull request cannot be read: does the token have pull-requests: write?'; return 0; }
    id=$(first_marked "$work/comments")
    [[ -z $id && $(count "$work/comments") == 100 ]] || break
  done
  { printf '%s\n' "$marker"; head -c "$most" "$work/comment"; } >"$work/body"
  (($(wc -c <"$work/comment") <= most)) || printf '\n\nCut here: the summary of the workflow run has it all.\n' >>"$work/body"
  json "$work/body" >"$work/request"
  if [[ -n $id ]]; then api PATCH "$url/comments/$id" --data-binary "@$work/request" >/dev/null
  else api POST "$url/$number/comments" --data-binary "@$work/request" >/dev/null; fi ||
    tell warning 'the comment cannot be written: does the token have pull-requests: write?'
}

first_marked() { jq --raw-output --arg marker "$marker" 'map(select(.body | startswith($marker))) | first | .id // empty' "$1"; }
count() { jq length "$1"; }
json() { jq --raw-input --slurp '{body: .}' "$1"; }

if [[ ${RINGFENCE_COMMENT:-false} == true ]]; then
  for tool in curl jq; do command -v "$tool" >/dev/null || { tell error "a comment needs $tool: apt-get install $tool"; exit 3; }; done
fi
lint || keep_worst $?
expectations || keep_worst $?
reach || keep_worst $?
exit "$worst"
