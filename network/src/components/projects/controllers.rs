//! Controllers of Ingresses and Gateways. Classes name them; their workloads tell their versions.

use super::{Project, nothing};

/// What IngressClasses call a controller, and what people call it.
pub const INGRESS: [(&str, &str); 18] = [
    ("k8s.io/ingress-nginx", "ingress-nginx"),
    ("nginx.org/ingress-controller", "NGINX Ingress Controller"),
    ("traefik.io/ingress-controller", "Traefik"),
    ("haproxy.org/ingress-controller", "HAProxy Kubernetes Ingress"),
    ("haproxy-ingress.github.io/controller", "HAProxy Ingress"),
    ("projectcontour.io", "Contour"),
    ("ingress-controllers.konghq.com/kong", "Kong Ingress Controller"),
    ("ingress.k8s.aws/alb", "AWS Load Balancer Controller"),
    ("eks.amazonaws.com/alb", "EKS Auto Mode"),
    ("istio.io/ingress-controller", "Istio"),
    ("cilium.io/ingress-controller", "Cilium"),
    ("k8s.io/ingress-gce", "GKE Ingress"),
    ("azure/application-gateway", "Azure Application Gateway Ingress"),
    ("alb.networking.azure.io/alb-controller", "Azure ALB Controller"),
    ("openshift.io/ingress-to-route", "OpenShift Router"),
    ("getambassador.io/ingress-controller", "Emissary-ingress"),
    ("skipper.zalando.org/ingress-controller", "Skipper"),
    (
        "webapprouting.kubernetes.azure.com/nginx",
        "AKS application routing",
    ),
];

/// What GatewayClasses call a controller, and what people call it.
pub const GATEWAY: [(&str, &str); 16] = [
    ("io.cilium/gateway-controller", "Cilium"),
    ("istio.io/gateway-controller", "Istio"),
    ("gateway.envoyproxy.io/gatewayclass-controller", "Envoy Gateway"),
    ("projectcontour.io/gateway-controller", "Contour"),
    ("traefik.io/gateway-controller", "Traefik"),
    (
        "gateway.nginx.org/nginx-gateway-controller",
        "NGINX Gateway Fabric",
    ),
    ("konghq.com/kic-gateway-controller", "Kong Ingress Controller"),
    ("konghq.com/gateway-operator", "Kong Gateway Operator"),
    ("networking.gke.io/gateway", "GKE Gateway"),
    ("kgateway.dev/kgateway", "kgateway"),
    ("agentgateway.dev/agentgateway", "agentgateway"),
    ("haproxy-ingress.github.io/controller", "HAProxy Ingress"),
    ("alb.networking.azure.io/alb-controller", "Azure ALB Controller"),
    (
        "application-networking.k8s.aws/gateway-api-controller",
        "AWS Gateway API Controller",
    ),
    (
        "gateway.airlock.com/gatewayclass-controller",
        "Airlock Microgateway",
    ),
    ("openshift.io/gateway-controller/v1", "OpenShift Gateway"),
];

const fn project(name: &'static str, images: &'static [&'static str]) -> Project {
    Project {
        name,
        images,
        workloads: &[],
        configs: &[],
        roles: nothing,
    }
}

pub const PROJECTS: [Project; 12] = [
    project(
        "ingress-nginx",
        &[
            "ingress-nginx/controller",
            "nginx-ingress-controller-ingress-nginx",
        ],
    ),
    project(
        "NGINX Ingress Controller",
        &["nginx/nginx-ingress", "nginx/nginx-ic"],
    ),
    project("Traefik", &["traefik", "rancher/mirrored-library-traefik"]),
    project("HAProxy Kubernetes Ingress", &["haproxytech/kubernetes-ingress"]),
    project(
        "HAProxy Ingress",
        &["jcmoraisjr/haproxy-ingress", "haproxy-ingress/haproxy-ingress"],
    ),
    project("Contour", &["projectcontour/contour"]),
    project("Kong Ingress Controller", &["kong/kubernetes-ingress-controller"]),
    project("Istio", &["istio/pilot", "istio/istiod"]),
    project("Envoy Gateway", &["envoyproxy/gateway"]),
    project("NGINX Gateway Fabric", &["nginx/nginx-gateway-fabric"]),
    project("kgateway", &["kgateway-dev/kgateway", "kgateway-dev/controller"]),
    project("Airlock Microgateway", &["airlock/microgateway-operator"]),
];
