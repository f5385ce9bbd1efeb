package main

import (
	"fmt"
	"net/netip"
	"testing"

	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/proxy"
	"k8s.io/utils/ptr"
)

// The same state as in ../benches/model.rs.
const (
	services  = 10_000
	endpoints = 100
	nodes     = 300
	node      = "node-7"
)

var topology = map[string]string{v1.LabelTopologyZone: "zone-1"}

func address(first string, at int) string {
	ip := netip.MustParseAddr(first).As4()
	number := uint32(ip[0])<<24 | uint32(ip[1])<<16 | uint32(ip[2])<<8 | uint32(ip[3])
	number += uint32(at)
	return netip.AddrFrom4([4]byte{byte(number >> 24), byte(number >> 16), byte(number >> 8), byte(number)}).String()
}

func service(at int) *v1.Service {
	return &v1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: fmt.Sprintf("svc-%d", at)},
		Spec: v1.ServiceSpec{
			ClusterIP: address("10.96.0.0", at),
			Ports:     []v1.ServicePort{{Name: "http", Protocol: v1.ProtocolTCP, Port: 80}},
		},
	}
}

func slice(at int, firstReady bool) *discovery.EndpointSlice {
	slice := &discovery.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "ns", Name: fmt.Sprintf("svc-%d-abcde", at),
			Labels: map[string]string{discovery.LabelServiceName: fmt.Sprintf("svc-%d", at)},
		},
		AddressType: discovery.AddressTypeIPv4,
		Ports:       []discovery.EndpointPort{{Name: ptr.To("http"), Port: ptr.To[int32](8080), Protocol: ptr.To(v1.ProtocolTCP)}},
	}
	for nth := range endpoints {
		slice.Endpoints = append(slice.Endpoints, discovery.Endpoint{
			Addresses:  []string{address("11.0.0.0", at*endpoints+nth)},
			NodeName:   ptr.To(fmt.Sprintf("node-%d", (at+nth)%nodes)),
			Conditions: discovery.EndpointConditions{Ready: ptr.To(nth > 0 || firstReady), Serving: ptr.To(true), Terminating: ptr.To(false)},
			Hints:      &discovery.EndpointHints{ForZones: []discovery.ForZone{{Name: fmt.Sprintf("zone-%d", (at+nth)%3)}}},
		})
	}
	return slice
}

type world struct {
	slices    *proxy.EndpointsChangeTracker
	services  proxy.ServicePortMap
	endpoints proxy.EndpointsMap
}

var built *world

func build() *world {
	if built != nil {
		return built
	}
	tracker := proxy.NewServiceChangeTracker(v1.IPv4Protocol, nil, nil)
	built = &world{
		slices:    proxy.NewEndpointsChangeTracker(v1.IPv4Protocol, node, nil, nil),
		services:  proxy.ServicePortMap{},
		endpoints: proxy.EndpointsMap{},
	}
	for at := range services {
		tracker.Update(nil, service(at))
		built.slices.EndpointSliceUpdate(slice(at, true), false)
	}
	built.services.Update(tracker)
	built.endpoints.Update(built.slices)
	return built
}

// All services for one node.
func BenchmarkOneNode(b *testing.B) {
	w := build()
	for b.Loop() {
		for name, port := range w.services {
			proxy.CategorizeEndpoints(w.endpoints[name], port, node, topology)
		}
	}
}

// One slice changed, state and that service's answer updated.
func BenchmarkOneChange(b *testing.B) {
	w := build()
	changed := []*discovery.EndpointSlice{slice(services/2, false), slice(services/2, true)}
	name := proxy.ServicePortName{Port: "http", Protocol: v1.ProtocolTCP}
	name.Namespace, name.Name = "ns", fmt.Sprintf("svc-%d", services/2)
	turn := 0
	for b.Loop() {
		w.slices.EndpointSliceUpdate(changed[turn%2], false)
		w.endpoints.Update(w.slices)
		proxy.CategorizeEndpoints(w.endpoints[name], w.services[name], node, topology)
		turn++
	}
}
