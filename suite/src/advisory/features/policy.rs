//! What a cluster need not have.

use super::super::{Feature, LeadTime, Needs};
use super::{renamed, test};
use crate::{Area, Release};

pub(super) const INGRESS_CLASS_PARAMETERS: Feature = Feature {
    reference: "KEP-2365",
    title: "Parameters of an IngressClass may live in a namespace",
    areas: &[Area::Ingress],
    available: Some(Release::new(1, 23)),
    optional: true,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 1,
        ..Needs::NODE
    },
    tests: &[renamed(
        &test(
            Area::Ingress,
            "[sig-network] IngressClass should allow IngressClass to have Namespace-scoped parameters [Serial]",
        ),
        &[
            "[sig-network] IngressClass [Feature:Ingress] should allow IngressClass to have Namespace-scoped parameters [Serial]",
        ],
    )],
    shown_by: &[],
    remark: "No test asks an Ingress controller; only the API is looked at.",
};

pub(super) const NETWORK_POLICY_END_PORT: Feature = Feature {
    reference: "KEP-2079",
    title: "NetworkPolicy with a range of ports",
    areas: &[Area::NetworkPolicy],
    available: Some(Release::new(1, 25)),
    optional: true,
    demoted: None,
    lead_time: LeadTime::TwoYearsOfTests,
    needs: Needs {
        nodes: 1,
        ..Needs::NODE
    },
    tests: &[test(
        Area::NetworkPolicy,
        "[sig-network] Netpol API should support creating NetworkPolicy API with endport field",
    )],
    shown_by: &[],
    remark: "No test sends traffic; only the API is looked at.",
};
