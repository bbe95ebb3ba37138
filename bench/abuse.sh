#!/bin/sh
# Attacks flytftp, and the other TFTP servers that Debian has, in network namespaces of its own, beside honest clients: bench/abuse.sh --help
set -eu
command -v python3 >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-minimal; }
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$(dirname "$0")/abuse" "$@"
