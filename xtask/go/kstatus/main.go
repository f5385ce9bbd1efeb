// Tells what kstatus makes of objects: one JSON object a line in, one word a line out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "kstatus:", err)
		os.Exit(1)
	}
}

func run() error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		object := map[string]any{}
		if err := json.Unmarshal(lines.Bytes(), &object); err != nil {
			return err
		}
		// kstatus reads numbers as the API machinery does.
		for _, path := range [][]string{{"metadata", "generation"}, {"status", "observedGeneration"}} {
			if value, found, _ := unstructured.NestedFloat64(object, path...); found {
				if err := unstructured.SetNestedField(object, int64(value), path...); err != nil {
					return err
				}
			}
		}
		result, err := status.Compute(&unstructured.Unstructured{Object: object})
		if err != nil {
			return err
		}
		fmt.Println(result.Status)
	}
	return lines.Err()
}
