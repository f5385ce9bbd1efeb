// Package testbed pins what the testbed builds; it holds no code of its own.
package testbed

import _ "k8s.io/kubernetes/test/e2e"
