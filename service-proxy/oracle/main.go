// Writes what the real kube-proxy answers: for the packet tables of its own tests, and for random states.
//
//	go run . OUTPUT.jsonl STATES
//
// It runs the tests of k8s.io/kubernetes/pkg/proxy/{iptables,nftables} in a temporary copy, with a few files beside them
// that record the objects, the settings and the answers.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	// The packages whose tests are run.
	_ "k8s.io/kubernetes/pkg/proxy/iptables"
	_ "k8s.io/kubernetes/pkg/proxy/nftables"
)

const module = "k8s.io/kubernetes"

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: go run . OUTPUT.jsonl STATES")
	}
	output, err := filepath.Abs(os.Args[1])
	check(err)
	check(os.WriteFile(output, nil, 0o644))
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	check(err)
	temporary, err := os.MkdirTemp("", "oracle")
	check(err)
	defer os.RemoveAll(temporary)
	for _, name := range []string{"go.mod", "go.sum"} {
		write(filepath.Join(temporary, name), read(name))
	}
	for _, mode := range []string{"iptables", "nftables"} {
		lay(mode, filepath.Join(strings.TrimSpace(string(folder)), "pkg/proxy", mode), filepath.Join(temporary, mode))
		command := exec.Command("go", "test", "-count=1", "./"+mode)
		command.Dir = temporary
		command.Env = append(os.Environ(), "CONFORM_OUT="+output, "CONFORM_STATES="+os.Args[2])
		command.Stdout, command.Stderr = os.Stderr, os.Stderr
		check(command.Run())
	}
}

// lay copies a package with its tests, and adds what records.
func lay(mode, source, target string) {
	check(os.Mkdir(target, 0o755))
	files, err := filepath.Glob(filepath.Join(source, "*.go"))
	check(err)
	for _, file := range files {
		text := read(file)
		switch name := filepath.Base(file); name {
		case "proxier.go":
			text = insert(text, "func (proxier *Proxier) OnServiceUpdate(oldService, service *v1.Service) {", "conformService(oldService, service)")
			text = insert(text, "func (proxier *Proxier) OnEndpointSliceAdd(endpointSlice *discovery.EndpointSlice) {", "conformSlice(endpointSlice, false)")
			text = insert(text, "func (proxier *Proxier) OnEndpointSliceUpdate(_, endpointSlice *discovery.EndpointSlice) {", "conformSlice(endpointSlice, false)")
			text = insert(text, "func (proxier *Proxier) OnEndpointSliceDelete(endpointSlice *discovery.EndpointSlice) {", "conformSlice(endpointSlice, true)")
		case "proxier_test.go":
			text = insertBefore(text, "p.setInitialized(true)", "conformReset()\n\tconformLast = p\n\t")
		}
		for _, head := range []string{
			"func runPacketFlowTests(t *testing.T, line int, ipt *iptablestest.FakeIPTables, nodeIPs []string, testCases []packetFlowTest) {",
			"func runPacketFlowTests(t *testing.T, line string, nft *knftables.Fake, nodeIPs []string, testCases []packetFlowTest) {",
		} {
			if strings.Contains(text, head) {
				text = insert(text, head, "conformTable(t, nodeIPs, testCases)")
			}
		}
		write(filepath.Join(target, filepath.Base(file)), text)
	}
	write(filepath.Join(target, "conform_record.go"), strings.ReplaceAll(read("beside/record.go.txt"), "PACKAGE", mode))
	write(filepath.Join(target, "conform_oracle_test.go"), strings.ReplaceAll(read("beside/oracle_test.go.txt"), "PACKAGE", mode))
	write(filepath.Join(target, "conform_mode_test.go"), read("beside/"+mode+"_test.go.txt"))
}

func write(path, text string) {
	check(os.WriteFile(path, []byte(text), 0o644))
}

func read(path string) string {
	text, err := os.ReadFile(path)
	check(err)
	return string(text)
}

// insert puts a statement at the beginning of a function.
func insert(text, head, statement string) string {
	if strings.Count(text, head) != 1 {
		log.Fatalf("kube-proxy has changed: no single %q", head)
	}
	return strings.Replace(text, head, head+"\n\t"+statement, 1)
}

func insertBefore(text, place, statement string) string {
	if strings.Count(text, place) != 1 {
		log.Fatalf("kube-proxy has changed: no single %q", place)
	}
	return strings.Replace(text, place, statement+place, 1)
}

func check(err error) {
	if err != nil {
		log.Fatal(fmt.Errorf("oracle: %w", err))
	}
}
