//! The profiles of Gateway API's own conformance suite (v1.7), by name: what each asks of an implementation.
//!
//! That suite is another one, with features instead of stages: core features are asked of everybody who claims the
//! profile, extended ones of those who claim them. Here are its names, for whoever reads its reports.

use std::collections::BTreeSet;

/// A profile of the Gateway API's suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatewayProfile {
    /// Its name, such as `GATEWAY-HTTP`.
    pub name: &'static str,
    /// The features that everybody who claims it must have.
    pub core: &'static [&'static str],
    /// Groups of features that an implementation may claim besides.
    pub extended: &'static [&'static [&'static str]],
}

/// Every profile of the Gateway API's suite.
pub const fn gateway_profiles() -> &'static [GatewayProfile] {
    PROFILES
}

impl GatewayProfile {
    /// The features that an implementation may claim besides the core ones. Upstream counts TCPRoute and UDPRoute among
    /// both in the profiles of their names; what everybody must have is left out here.
    pub fn extended_features(&self) -> BTreeSet<&'static str> {
        let features = self.extended.iter().flat_map(|group| group.iter().copied());
        // Groups overlap: a Gateway and the TLS behind it may both use a ClusterTrustBundle.
        features.filter(|feature| !self.core.contains(feature)).collect()
    }
}

const PROFILES: &[GatewayProfile] = &[
    GatewayProfile {
        name: "GATEWAY-HTTP",
        core: &["Gateway", "HTTPRoute", "ReferenceGrant"],
        extended: &[GATEWAY, HTTP_ROUTE, BACKEND_TLS],
    },
    GatewayProfile {
        name: "GATEWAY-TLS",
        core: &["Gateway", "ReferenceGrant", "TLSRoute"],
        extended: &[GATEWAY, TLS_ROUTE, BACKEND_TLS],
    },
    GatewayProfile {
        name: "GATEWAY-TCP",
        core: &["Gateway", "ReferenceGrant", "TCPRoute"],
        extended: &[GATEWAY],
    },
    GatewayProfile {
        name: "GATEWAY-UDP",
        core: &["Gateway", "ReferenceGrant", "UDPRoute"],
        extended: &[GATEWAY],
    },
    GatewayProfile {
        name: "GATEWAY-GRPC",
        core: &["GRPCRoute", "Gateway", "ReferenceGrant"],
        extended: &[GATEWAY, BACKEND_TLS],
    },
    GatewayProfile {
        name: "MESH-HTTP",
        core: &["HTTPRoute", "Mesh"],
        extended: &[MESH],
    },
    GatewayProfile {
        name: "MESH-GRPC",
        core: &["GRPCRoute", "Mesh"],
        extended: &[MESH],
    },
];

/// What a Gateway may do besides.
const GATEWAY: &[&str] = &[
    "ClusterTrustBundle",
    "GatewayAddressEmpty",
    "GatewayAddressRoutability",
    "GatewayAddressRoutabilityCluster",
    "GatewayBackendClientCertificate",
    "GatewayFrontendClientCertificateValidation",
    "GatewayFrontendClientCertificateValidationInsecureFallback",
    "GatewayHTTPListenerIsolation",
    "GatewayHTTPSListenerDetectMisdirectedRequests",
    "GatewayInfrastructure",
    "GatewayListenerFilters",
    "GatewayPort8080",
    "GatewayRouteHostnameIntersectionPrecedence",
    "GatewayStaticAddresses",
    "ListenerSet",
];

/// What an HTTPRoute may do besides.
const HTTP_ROUTE: &[&str] = &[
    "HTTPRoute303RedirectStatusCode",
    "HTTPRoute307RedirectStatusCode",
    "HTTPRoute308RedirectStatusCode",
    "HTTPRouteBackendProtocolH2C",
    "HTTPRouteBackendProtocolWebSocket",
    "HTTPRouteBackendRequestHeaderModification",
    "HTTPRouteBackendTimeout",
    "HTTPRouteBackendURLRewrite",
    "HTTPRouteCORS",
    "HTTPRouteDestinationPortMatching",
    "HTTPRouteHostRewrite",
    "HTTPRouteMethodMatching",
    "HTTPRouteNamedRouteRule",
    "HTTPRouteParentRefPort",
    "HTTPRoutePathRedirect",
    "HTTPRoutePathRewrite",
    "HTTPRoutePortRedirect",
    "HTTPRouteQueryParamMatching",
    "HTTPRouteRequestMirror",
    "HTTPRouteRequestMultipleMirrors",
    "HTTPRouteRequestPercentageMirror",
    "HTTPRouteRequestTimeout",
    "HTTPRouteResponseHeaderModification",
    "HTTPRouteRetryCodes",
    "HTTPRouteRetryConnectionError",
    "HTTPRouteSchemeRedirect",
];

/// What a TLSRoute may do besides.
const TLS_ROUTE: &[&str] = &["TLSRouteModeMixed", "TLSRouteModeTerminate"];

/// TLS between a Gateway and what is behind it.
const BACKEND_TLS: &[&str] = &[
    "BackendTLSPolicy",
    "BackendTLSPolicySANValidation",
    "ClusterTrustBundle",
];

/// What a mesh may do besides.
const MESH: &[&str] = &[
    "MeshClusterIPMatching",
    "MeshConsumerRoute",
    "MeshHTTPRouteBackendRequestHeaderModification",
    "MeshHTTPRouteNamedRouteRule",
    "MeshHTTPRouteQueryParamMatching",
    "MeshHTTPRouteRedirectPath",
    "MeshHTTPRouteRedirectPort",
    "MeshHTTPRouteRewritePath",
    "MeshHTTPRouteSchemeRedirect",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_core_or_extended() {
        for profile in gateway_profiles() {
            let extended = profile.extended_features();
            assert!(!extended.is_empty());
            assert!(!profile.core.iter().any(|feature| extended.contains(feature)));
        }
        let http = gateway_profiles()[0];
        assert_eq!((http.name, http.core.len()), ("GATEWAY-HTTP", 3));
        assert!(http.extended_features().contains("HTTPRouteCORS"));
    }
}
