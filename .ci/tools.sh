# Sourced by ./ringfence and ./test.sh: sees to it that programs are there, or says how to get them and exits 3.

# require_tools CALLER PROGRAM=PACKAGE...
require_tools() {
  local caller=$1 packages=() missing=() pair
  shift
  for pair in "$@"; do
    # Debian keeps some of them where only root looks.
    PATH="$PATH:/usr/sbin:/sbin" command -v "${pair%%=*}" >/dev/null && continue
    missing+=("${pair%%=*}")
    packages+=("${pair#*=}")
  done
  ((${#missing[@]})) || return 0

  local install="apt-get install -y --no-install-recommends ${packages[*]}"
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    echo "$caller: installing ${packages[*]}" >&2
    DEBIAN_FRONTEND=noninteractive $install </dev/null >&2 && return
    # A machine that never asked for the lists of packages knows none.
    apt-get update >&2 && DEBIAN_FRONTEND=noninteractive $install </dev/null >&2 && return
  fi
  printf '%s: missing: %s. Install them, then run this again:\n  sudo %s\n' "$caller" "${missing[*]}" "$install" >&2
  exit 3
}
