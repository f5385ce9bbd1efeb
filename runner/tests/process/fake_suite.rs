//! Scripts that play ginkgo and the suite's program.

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
  --list-images)
    for i in e2e-test-images/agnhost:2.55 e2e-test-images/agnhost:2.63.0 e2e-test-images/busybox:1.37.0-1 pause:3.10.2; do
      echo "registry.k8s.io/$i"
    done ;;
  --list-conformance-tests)
    if [ "$SCENARIO" = mute ]; then echo "panic: no embedded files" >&2; exit 2; fi
    for t in "${tests[@]}"; do
      printf -- "- testname: %s\n  codename: '[sig-node] %s [Conformance]'\n  description: d\n  release: v1.20\n  file: x.go\n" "$t" "$t"
    done ;;
  --test.timeout=0) source "$PLACE/parallel" ;;
esac
"#;

/// What the suite's program does when it is one of several processes: the requests of Ginkgo's client, and tests that
/// are said and not run. Process 1 writes its JUnit file of its own tests and of those in the others' report.
const PARALLEL: &str = r#"
for arg in "$@"; do
  case "$arg" in
    --ginkgo.json-report=*) order=${arg#*=} ;;
    --ginkgo.parallel.process=*) process=${arg#*=} ;;
    --ginkgo.parallel.host=*) host=${arg#*=} ;;
    --report-dir=*) dir=${arg#*=} ;;
  esac
done
list=("two" "optional" "one" "three")
name() { [ "$1" = optional ] && echo "[sig-node] optional" || echo "[sig-node] $1 [Conformance]"; }
spec() { # test state
  printf '{"ContainerHierarchyTexts":["[sig-node]"],"LeafNodeType":"It","LeafNodeText":"%s","State":"%s","RunTime":1500000000,"NumAttempts":1,"CapturedGinkgoWriterOutput":"  STEP: x\\n"}' "$(name "$1" | cut -d' ' -f2-)" "$2"
}
if [ -n "$order" ]; then
  { printf '[{"SuiteConfig":{"DryRun":true},"SpecReports":['
    comma=; for t in "${list[@]}"; do printf '%s' "$comma"; spec "$t" passed; comma=,; done
    printf ']}]'; } > "$order"
  exit 0
fi
address=${host#http://}; port=${address#*:}; port=${port%%/*}; base=/${address#*/}
request() { # method path body: sets status and answer
  exec 3<>/dev/tcp/127.0.0.1/$port
  printf '%s %s/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' "$1" "$base" "$2" ${#3} "$3" >&3
  local all; all=$(tr -d '\r' <&3); exec 3>&-
  status=${all:9:3}; answer=${all#*$'\n\n'}
}
poll() { while request GET "$1" ""; [ "$status" = 425 ]; do sleep 0.05; done; }
echo "I1122 06:00:00.000000 7 e2e.go:109] Starting e2e run \"0ae2b6a0-59b1-4c9c-9b52-3d2f1b4f8a1$process\" on Ginkgo node $process"
echo "$process $GINKGO_PARALLEL_PROTOCOL" >> "$PLACE/processes"
request POST suite-will-begin '{"StartTime":"2026-11-22T06:00:00Z","PreRunStats":{"TotalSpecs":4,"SpecsThatWillRun":3}}'
if [ "$process" = 1 ]; then request POST before-suite-completed '{"Data":null,"State":"passed"}'; else poll before-suite-state; fi
stop=; trap 'stop=1' INT
mine=()
while [ -z "$stop" ]; do
  poll counter
  index=${answer//[^0-9]/}
  [ "$index" -lt ${#list[@]} ] || break
  t=${list[$index]}
  echo "$process $t" >> "$PLACE/handed"
  # Process 1 waits for the others' first test, so that every process has one.
  if [ "$process" = 1 ]; then until grep -q '^2 ' "$PLACE/handed"; do sleep 0.05; done; fi
  if [ "$process" = 2 ] && [ "$SCENARIO" = die ]; then kill -KILL $$; fi
  if [ "$SCENARIO" = hang ]; then while [ -z "$stop" ]; do sleep 0.05; done; state=interrupted; else state=passed; fi
  mine+=("$t")
  request POST did-run "$(spec "$t" $state)"
done
if [ "$process" = 1 ]; then
  poll have-nonprimary-procs-finished
  poll aggregated-nonprimary-procs-report
  { echo '<?xml version="1.0" encoding="UTF-8"?><testsuites><testsuite name="Kubernetes e2e suite"><properties><property name="DryRun" value="false"></property></properties>'
    for t in "${list[@]}"; do
      case " ${mine[*]} $(grep -o '"LeafNodeText":"[a-z]*' <<< "$answer" | cut -d'"' -f4 | tr '\n' ' ')" in
        *" $t "*) if [ "$SCENARIO" = hang ]; then child='<error type="interrupted"></error>'; s=interrupted; else child=; s=passed; fi
          echo "<testcase name=\"[It] $(name "$t")\" status=\"$s\" time=\"1.5\">$child</testcase>" ;;
      esac
    done
    echo '</testsuite></testsuites>'; } > "$dir/junit_01.xml"
fi
request POST suite-did-end '{}'
[ "$SCENARIO" != hang ]
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
    for (name, text) in [("e2e.test", E2E_TEST), ("ginkgo", GINKGO), ("parallel", PARALLEL)] {
        let path = dir.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}
