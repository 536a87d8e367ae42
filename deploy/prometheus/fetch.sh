#!/bin/sh
# Puts Prometheus, promtool, Alertmanager and amtool into .cache/prometheus, from Debian's (or Ubuntu's) own packages:
# apt checks their signatures, nothing is installed and nothing is started. Where there is no apt, get them from
# https://prometheus.io/download and put them on the path.
set -eu
cd "$(dirname "$0")/../.."
place=.cache/prometheus
[ -x "$place/usr/bin/promtool" ] && [ -x "$place/usr/bin/amtool" ] && exit 0
command -v apt-get >/dev/null || { echo "no apt-get here: get them from https://prometheus.io/download" >&2; exit 1; }
mkdir -p "$place"
place=$(realpath "$place")
cd "$place"
apt-get download -qq prometheus prometheus-alertmanager || {
  apt-get update -qq # the lists are missing or old; this alone needs root
  apt-get download -qq prometheus prometheus-alertmanager
}
for package in prometheus_*.deb prometheus-alertmanager_*.deb; do dpkg-deb --extract "$package" .; done
rm -f ./*.deb
"$place/usr/bin/promtool" --version | head -1
