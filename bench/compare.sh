#!/bin/sh
# Measures flytftp, the other TFTP servers that Debian has, and the limit of the machine, all in one run: bench/compare.sh --help
set -eu
command -v python3 >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-minimal; }
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$(dirname "$0")/compare" "$@"
