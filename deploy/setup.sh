#!/usr/bin/env bash
# Installs what the build and the tests need on Debian 12. Does nothing where it is there already.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 0 ] || fail "takes no arguments"

# One line per purpose; cmake/thirdparty.cmake is the other end of this list.
packages=(
  g++ cmake ninja-build ccache pkg-config
  ca-certificates openssl tzdata
  libcurl4-openssl-dev libssl-dev
  rapidjson-dev libyaml-cpp-dev
  librocksdb-dev libsnappy-dev liblz4-dev libzstd-dev libbz2-dev zlib1g-dev
  libsqlite3-dev
  libspdlog-dev libcli11-dev
  libicu-dev libphonenumber-dev libprotobuf-dev libpsl-dev libxxhash-dev libjemalloc-dev
  libcpp-httplib-dev libbrotli-dev
  librdkafka-dev
  python3 python3-jsonschema python3-venv procps libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev
  openjdk-17-jre-headless maven kcat  # a real broker for the tests (deploy/kafka.sh), and a client that is not ours
)

say "Looking for ${#packages[@]} Debian packages"
command -v apt-get >/dev/null || fail "needs apt-get: this script is for Debian 12; on another system install by hand: ${packages[*]}"
missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  note "all there"
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || fail "not root and no sudo; as root run: apt-get install ${missing[*]}"
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive

say "Installing ${#missing[@]} packages: ${missing[*]}"
doing="fetching the package lists (is the network there?)"
"${as_root[@]}" apt-get update -q
doing="installing packages"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
note "done"
