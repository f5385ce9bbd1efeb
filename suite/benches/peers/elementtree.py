"""Reads a JUnit file with ElementTree and prints the best of several runs."""

import sys
import time
import xml.etree.ElementTree as ElementTree

with open(sys.argv[1], "rb") as file:
    content = file.read()

best, passed = float("inf"), 0
for _ in range(7):
    start = time.perf_counter_ns()
    root = ElementTree.fromstring(content)
    passed = sum(
        case.get("status") == "passed" and "[Conformance]" in case.get("name")
        for case in root.iter("testcase")
    )
    best = min(best, time.perf_counter_ns() - start)
print(best, passed)
