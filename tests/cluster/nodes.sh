#!/usr/bin/env bash
# Real OpenSearch nodes on 127.0.0.1 for tests, from Maven Central.
#
#   nodes.sh start [COUNT]    start nodes 1 to COUNT (3), wait until all have joined
#   nodes.sh stop             stop all of them
#   nodes.sh up N             start node N, do not wait
#
# They live in $CLUSTER_DIR (build/cluster), listen on ports from $CLUSTER_PORT (9200), and have
# $CLUSTER_HEAP (768m) of heap each. OpenSearch does not run as root: root starts them as "nobody".
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
dir=${CLUSTER_DIR:-$root/build/cluster}
port=${CLUSTER_PORT:-9200}
heap=${CLUSTER_HEAP:-768m}
version=3.8.0
wait_seconds=${CLUSTER_WAIT:-300}
artifact=org.opensearch.distribution.integ-test-zip:opensearch:$version:zip
home=$dir/opensearch-$version

find_jdk() {
  for candidate in "${CLUSTER_JAVA_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    [ -n "$candidate" ] && [ -x "$candidate/bin/java" ] || continue
    major=$("$candidate/bin/java" -version 2>&1 | sed -n '1s/[^"]*"\([0-9]*\).*/\1/p')
    [ "${major:-0}" -ge 21 ] && { echo "$candidate"; return; }
  done
  echo "no JDK of version 21 or newer below /usr/lib/jvm; set CLUSTER_JAVA_HOME" >&2
  exit 3
}

install() {
  [ -x "$home/bin/opensearch" ] && return
  command -v mvn >/dev/null || { echo "mvn is missing: OpenSearch comes from Maven Central" >&2; exit 3; }
  mkdir -p "$dir"
  [ -f "$dir/opensearch-$version.zip" ] ||
    mvn -q -B dependency:copy -Dartifact="$artifact" -DoutputDirectory="$dir"
  python3 -m zipfile -e "$dir/opensearch-$version.zip" "$dir"
  chmod -R a+rX "$home"
  chmod +x "$home"/bin/*
}

configure() {
  local n=$1 count=$2 seeds="" names="" k
  for k in $(seq 1 "$count"); do
    seeds="$seeds\"127.0.0.1:$((port + 100 + k - 1))\","
    names="$names\"n$k\","
  done
  [ -d "$dir/n$n/config" ] && return
  mkdir -p "$dir/n$n"
  cp -r "$home/config" "$dir/n$n/"
  sed -i "/gc.log/d; s|logs/hs_err|$dir/n$n/hs_err|; s|HeapDumpPath=data|HeapDumpPath=$dir/n$n|" \
    "$dir/n$n/config/jvm.options"
  cat >"$dir/n$n/config/opensearch.yml" <<YAML
cluster.name: searcher-test
node.name: n$n
path.data: ${CLUSTER_DATA:-$dir}/n$n/data
path.logs: $dir/n$n/logs
network.host: 127.0.0.1
http.port: $((port + n - 1))
transport.port: $((port + 100 + n - 1))
discovery.seed_hosts: [${seeds%,}]
cluster.initial_cluster_manager_nodes: [${names%,}]
node.store.allow_mmap: false
YAML
  mkdir -p "${CLUSTER_DATA:-$dir}/n$n"
}

up() {
  local n=$1 as=()
  if [ "$(id -u)" = 0 ]; then
    chown -R nobody "$dir/n$n" "${CLUSTER_DATA:-$dir}/n$n"
    as=(runuser -u nobody --)
  fi
  local jdk
  jdk=$(find_jdk)
  (
    cd "$dir/n$n"
    setsid nice -n 10 "${as[@]}" env JAVA_HOME="$jdk" OPENSEARCH_JAVA_HOME="$jdk" \
      OPENSEARCH_PATH_CONF="$dir/n$n/config" OPENSEARCH_JAVA_OPTS="-Xms$heap -Xmx$heap" \
      "$home/bin/opensearch" -p "$dir/n$n/pid" >"$dir/n$n/out" 2>&1 </dev/null &
  )
}

joined() {
  python3 - "$port" <<'PY'
import json, sys, urllib.request
try:
    url = f"http://127.0.0.1:{sys.argv[1]}/_cluster/health"
    with urllib.request.urlopen(url, timeout=3) as answer:
        print(json.load(answer)["number_of_nodes"])
except Exception:  # nobody answers yet
    print(0)
PY
}

start() {
  local count=$1 n second
  find_jdk >/dev/null
  install
  for n in $(seq 1 "$count"); do configure "$n" "$count"; done
  for n in $(seq 1 "$count"); do
    if ! { [ -f "$dir/n$n/pid" ] && kill -0 "$(cat "$dir/n$n/pid")" 2>/dev/null; }; then
      up "$n"
    fi
  done
  for second in $(seq "$wait_seconds"); do
    [ "$(joined || echo 0)" -ge "$count" ] && { echo "$count node(s) from port $port after ${second} s"; return; }
    sleep 1
  done
  echo "no $count nodes after $wait_seconds s; see $dir/n*/out" >&2
  exit 1
}

stop() {
  local pid file
  for file in "$dir"/n*/pid; do
    [ -f "$file" ] || continue
    pid=$(cat "$file")
    kill "$pid" 2>/dev/null || continue
    for _ in $(seq 60); do kill -0 "$pid" 2>/dev/null || break; sleep 0.5; done
    kill -9 "$pid" 2>/dev/null || true
    rm -f "$file"
  done
}

case "${1:-start}" in
  start) start "${2:-3}" ;;
  stop) stop ;;
  up) up "$2" ;;
  *) sed -n '2,10p' "$0"; exit 2 ;;
esac
