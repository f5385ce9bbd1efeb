// Reads a JUnit file with encoding/xml, as the bot that checks submissions does, and prints the best of several runs.
package main

import (
	"encoding/xml"
	"fmt"
	"os"
	"strings"
	"time"
)

type testSuites struct {
	Suites []testSuite `xml:"testsuite"`
}

type testSuite struct {
	Cases []testCase `xml:"testcase"`
}

type testCase struct {
	Name    string  `xml:"name,attr"`
	Status  string  `xml:"status,attr"`
	Time    float64 `xml:"time,attr"`
	Skipped *struct {
		Message string `xml:"message,attr"`
	} `xml:"skipped"`
	Failure *struct {
		Text string `xml:",chardata"`
	} `xml:"failure"`
	Error *struct {
		Text string `xml:",chardata"`
	} `xml:"error"`
}

func main() {
	bytes, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	best, passed := time.Hour, 0
	for range 7 {
		start := time.Now()
		var file testSuites
		if err := xml.Unmarshal(bytes, &file); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		passed = 0
		for _, suite := range file.Suites {
			for _, test := range suite.Cases {
				if test.Status == "passed" && strings.Contains(test.Name, "[Conformance]") {
					passed++
				}
			}
		}
		best = min(best, time.Since(start))
	}
	fmt.Printf("%d %d\n", best.Nanoseconds(), passed)
}
