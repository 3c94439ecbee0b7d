# Sourced by ./ringfence and ./test.sh: sees to it that a .NET 10 SDK is on the PATH, or says how to get one and exits 3.

require_sdk() {
  # Where Microsoft's install script puts it, unless told otherwise.
  command -v dotnet >/dev/null || PATH="$PATH:$HOME/.dotnet"
  has_sdk && return

  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null && apt_has_sdk; then
    echo "$1: installing the .NET 10 SDK (apt-get install dotnet-sdk-10.0)" >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y dotnet-sdk-10.0 >&2 && has_sdk && return
  fi

  if command -v apt-get >/dev/null && apt_has_sdk; then
    local command="sudo apt-get install dotnet-sdk-10.0"
  else
    local command="curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0"
  fi
  printf '%s: the .NET 10 SDK is missing. Install it, then run this again:\n  %s\n' "$1" "$command" >&2
  exit 3
}

has_sdk() { [[ $(dotnet --list-sdks 2>/dev/null) =~ (^|$'\n')10\. ]]; }

apt_has_sdk() { [[ -n $(apt-cache search --names-only '^dotnet-sdk-10\.0$' 2>/dev/null) ]]; }
