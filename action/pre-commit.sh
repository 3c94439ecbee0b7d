#!/usr/bin/env bash
# What the pre-commit hooks do: the first argument is the verb, the others are the files that change.
# Policies mean something only beside each other, so the whole folder of RINGFENCE_PATHS (default: the folders of the files) is linted.
set -uo pipefail
here=$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ringfence=${RINGFENCE_COMMAND:-$here/../ringfence}
verb=${1:?validate or lint}
shift
files=()
for file in "$@"; do
  case $verb in
    validate) files+=(-f "$file") ;;
    *) files+=(-f "$(dirname "$file")") ;;
  esac
done
if [[ $verb == lint && -n ${RINGFENCE_PATHS:-} ]]; then
  files=()
  while IFS= read -r path; do [[ -z $path ]] || files+=(-f "$path"); done <<<"$RINGFENCE_PATHS"
fi
((${#files[@]} > 0)) || exit 0
exec "$ringfence" "$verb" "${files[@]}"
