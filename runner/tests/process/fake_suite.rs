//! Two scripts that play ginkgo and the suite's program.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

/// The tests that the suite has and requires.
pub const TESTS: [&str; 3] = [
    "[sig-node] one [Conformance]",
    "[sig-node] three [Conformance]",
    "[sig-node] two [Conformance]",
];

/// The id that the suite prints.
pub const RUN_ID: &str = "0ae2b6a0-59b1-4c9c-9b52-3d2f1b4f8a11";

const E2E_TEST: &str = r#"#!/bin/bash
tests=("one" "two" "three")
case "$1" in
  --version) echo v1.36.3 ;;
  --list-tests)
    echo "The following spec names can be used with 'ginkgo run --focus/skip':"
    for t in "${tests[@]}"; do echo "    k8s.io/kubernetes@v1.36.3/test/e2e/x.go:1: [sig-node] $t [Conformance]"; done
    echo "    k8s.io/kubernetes@v1.36.3/test/e2e/x.go:9: [sig-node] optional" ;;
  --list-conformance-tests)
    if [ "$SCENARIO" = mute ]; then echo "panic: no embedded files" >&2; exit 2; fi
    for t in "${tests[@]}"; do
      printf -- "- testname: %s\n  codename: '[sig-node] %s [Conformance]'\n  description: d\n  release: v1.20\n  file: x.go\n" "$t" "$t"
    done ;;
esac
"#;

/// What it is told is in `args`. Each scenario posts, writes and ends in its own way.
const GINKGO: &str = r#"#!/bin/bash
printf '%s\n' "$@" > "$PLACE/args"
env > "$PLACE/env"
for arg in "$@"; do
  case "$arg" in
    --report-dir=*) dir=${arg#*=} ;;
    --progress-report-url=*) url=${arg#*=} ;;
  esac
done
host=${url#http://}; port=${host#*:}; port=${port%/}
post() {
  body="{\"msg\":\"$1\",\"total\":3}"
  exec 3<>/dev/tcp/127.0.0.1/$port
  printf 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' ${#body} "$body" >&3
  cat <&3 > /dev/null
  exec 3>&-
}
begin() {
  echo '<?xml version="1.0" encoding="UTF-8"?>'
  echo '<testsuites tests="3"><testsuite name="Kubernetes e2e suite" tests="3"><properties>'
  echo "<property name=\"DryRun\" value=\"$1\"></property></properties>"
}
case_() { # name status child
  echo "<testcase name=\"[It] [sig-node] $1 [Conformance]\" classname=\"Kubernetes e2e suite\" status=\"$2\" time=\"1.5\">$3</testcase>"
}
finish() { echo '</testsuite></testsuites>'; }
passed() { case_ "$1" passed; }
filtered() { case_ "$1" skipped '<skipped message="skipped"></skipped>'; }
junit=$dir/junit_01.xml
said() { # name end: what a verbose suite prints
  printf -- '------------------------------\n[sig-node] %s [Conformance] [sig-node, Conformance]\nx.go:1\n  STEP: x\n%s\n------------------------------\n' "$1" "$2"
}

echo 'I1122 06:00:00.000000 7 e2e.go:109] Starting e2e run "0ae2b6a0-59b1-4c9c-9b52-3d2f1b4f8a11" on Ginkgo node 1' >&2
printf 'to stdout\n'
printf 'raw \xff\x1b[31m bytes\n' >&2
post "Test Suite starting"
case "$SCENARIO" in
  pass)
    for t in one two three; do post "PASSED [sig-node] $t [Conformance]"; done
    post "PASSED [sig-node] optional"
    { begin false; passed one; passed two; passed three; finish; } > "$junit"; exit 0 ;;
  fail)
    post "PASSED [sig-node] one [Conformance]"; post "FAILED [sig-node] two [Conformance]"
    { begin false; passed one
      case_ two failed '<failure message="expected 1, got 2" type="failed">at x.go:1</failure>'
      case_ three skipped '<skipped message="skipped - needs 3 zones"></skipped>'; finish; } > "$junit"; exit 1 ;;
  slow)
    trap '{ begin false; passed one; case_ two interrupted "<error message=\"Interrupted by User\" type=\"interrupted\"></error>"; filtered three; finish; } > "$junit"; exit 1' INT
    said one "• [1.500 seconds]"
    sleep 300 & echo $! > "$PLACE/child"
    while true; do sleep 0.05; done ;;
  stubborn)
    trap '' INT
    post "PASSED [sig-node] one [Conformance]"
    while true; do sleep 0.05; done ;;
  leaky)
    echo "Authorization: Bearer $TOKEN"
    { begin false; passed one; passed two
      case_ three failed "<failure message=\"got $TOKEN\" type=\"failed\">said $TOKEN</failure>"; finish; } > "$junit"; exit 1 ;;
  dry)
    for t in one two three; do post "PASSED [sig-node] $t [Conformance]"; done
    { begin true; passed one; passed two; passed three; finish; } > "$junit"; exit 0 ;;
  no-junit)
    post "PASSED [sig-node] one [Conformance]"; echo "disk is full"; exit 1 ;;
  truncated)
    post "PASSED [sig-node] three [Conformance]"
    { begin false; passed one; printf '<testcase name="[It] [sig-node] two'; } > "$junit"; exit 1 ;;
  crash)
    post "FAILED [sig-node] one [Conformance]"; kill -SEGV $$ ;;
  before-suite)
    { begin false
      echo '<testcase name="[SynchronizedBeforeSuite]" classname="Kubernetes e2e suite" status="failed" time="1"><failure message="no schedulable node" type="failed"></failure></testcase>'
      filtered one; filtered two; filtered three; finish; } > "$junit"; exit 1 ;;
  rest)
    post "PASSED [sig-node] three [Conformance]"
    { begin false; filtered one; filtered two; passed three; finish; } > "$junit"; exit 0 ;;
esac
"#;

/// Writes the scripts into `dir`.
pub fn write(dir: &Path) {
    for (name, text) in [("e2e.test", E2E_TEST), ("ginkgo", GINKGO)] {
        let path = dir.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}
