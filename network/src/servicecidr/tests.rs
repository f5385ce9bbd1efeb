//! Clusters as they are found, and what they say about further ranges.

use conform_crds::{Readiness, ServiceCidrReport};
use rstest::rstest;

use super::{
    facts::{Account, DryRun, Facts, Object, Owned, Text, Trial},
    judge,
};

fn owned(address: &str, service: &str) -> Owned {
    Owned {
        address: address.parse().unwrap(),
        service: service.to_owned(),
    }
}

fn well() -> Facts {
    let services = vec![
        owned("10.96.0.1", "default/kubernetes"),
        owned("10.96.0.10", "kube-system/kube-dns"),
    ];
    Facts {
        served: true,
        objects: Ok(vec![Object {
            name: "kubernetes".to_owned(),
            ranges: vec!["10.96.0.0/16".to_owned()],
            ready: Some((true, String::new())),
            leaving: false,
        }]),
        addresses: Ok(services.clone()),
        services: Ok(services),
        nodes: vec![("a".to_owned(), vec!["192.168.1.2".parse().unwrap()])],
        pod_ranges: vec![("a".to_owned(), vec!["10.244.0.0/24".to_owned()])],
        trial: Some(Trial {
            range: "203.0.113.0/30".to_owned(),
            said: DryRun::Accepted,
        }),
        texts: Vec::new(),
        accounts: Vec::new(),
        unseen: Vec::new(),
    }
}

fn with(change: impl FnOnce(&mut Facts)) -> ServiceCidrReport {
    let mut facts = well();
    change(&mut facts);
    judge(&facts)
}

fn default(change: impl FnOnce(&mut Object)) -> ServiceCidrReport {
    with(|facts| change(&mut facts.objects.as_mut().unwrap()[0]))
}

fn text(owner: &str, text: &str) -> Text {
    Text {
        owner: owner.to_owned(),
        place: format!("ConfigMap kube-system/{owner}"),
        text: text.to_owned(),
    }
}

fn account(project: &str, mode: Option<&str>, may_list: Result<bool, String>) -> Account {
    Account {
        component: project.to_owned(),
        project: (project.to_owned(), mode.map(str::to_owned)),
        user: format!("system:serviceaccount:kube-system:{project}"),
        may_list,
    }
}

const DENIED: &str = "servicecidrs.networking.k8s.io \"conform-dry-run\" is forbidden: ValidatingAdmissionPolicy \
                      'servicecidrs.deny' with binding 'servicecidrs-deny' denied request: not supported here";

#[rstest]
#[case::well(judge(&well()), Readiness::Unknown, "NotProbed", "only a probe can show")]
#[case::old(judge(&Facts::unread()), Readiness::NotReady, "NotServed", "since Kubernetes 1.33")]
#[case::unready(default(|found| found.ready = Some((false, "overlap".into()))), Readiness::NotReady, "RangesNotReady", "overlap")]
#[case::no_condition(default(|found| found.ready = None), Readiness::NotReady, "RangesNotReady", "no condition")]
#[case::no_default(default(|found| found.name = "x".into()), Readiness::NotReady, "RangesNotReady", "no default")]
#[case::leaving(default(|found| found.leaving = true), Readiness::NotReady, "RangesNotReady", "waits for its last Services")]
#[case::no_address(
    with(|facts| facts.addresses = Ok(vec![])), Readiness::NotReady, "InconsistentAddresses", "10.96.0.1 of Service default/kubernetes"
)]
#[case::foreign_address(
    with(|facts| facts.addresses.as_mut().unwrap()[1].service = "other/one".into()), Readiness::NotReady, "InconsistentAddresses", "10.96.0.10"
)]
#[case::outside(default(|found| found.ranges = vec!["10.97.0.0/16".into()]), Readiness::NotReady, "InconsistentAddresses", "In no ServiceCIDR")]
#[case::over_pods(
    with(|facts| facts.pod_ranges[0].1 = vec!["10.96.128.0/24".into()]), Readiness::NotReady, "OverlappingRanges", "the pods of node a"
)]
#[case::over_nodes(
    with(|facts| facts.nodes[0].1 = vec!["203.0.113.1".parse().unwrap()]), Readiness::NotReady, "OverlappingRanges", "node a"
)]
#[case::opted_out(
    with(|facts| facts.trial.as_mut().unwrap().said = DryRun::refused(422, DENIED)), Readiness::Unknown, "OptedOut", "ValidatingAdmissionPolicy servicecidrs.deny"
)]
#[case::may_not_ask(
    with(|facts| facts.trial.as_mut().unwrap().said = DryRun::refused(403, "User \"x\" cannot create resource")), Readiness::Unknown, "NotAllSeen", "Not everything"
)]
#[case::unread(with(|facts| facts.objects = Err("no".into())), Readiness::Unknown, "NotAllSeen", "Not everything")]
#[case::written_down(
    with(|facts| facts.texts = vec![text("cni", "range: 10.96.0.0/16")]), Readiness::Unknown, "ComponentsAtRisk", "May not notice a further range: cni."
)]
#[case::harmless(
    with(|facts| facts.texts = vec![text("kubeadm-config", "serviceSubnet: 10.96.0.0/16")]), Readiness::Unknown, "NotProbed", "only a probe"
)]
#[case::may_not_list(
    with(|facts| facts.accounts = vec![account("kube-proxy", Some("nftables"), Ok(false))]), Readiness::Unknown, "ComponentsAtRisk", "kube-proxy"
)]
#[case::need_not_list(
    with(|facts| facts.accounts = vec![account("kube-proxy", Some("iptables"), Ok(false))]), Readiness::Unknown, "NotProbed", "only a probe"
)]
#[case::failure_before_opt_out(
    with(|facts| {
        facts.trial.as_mut().unwrap().said = DryRun::refused(422, DENIED);
        facts.objects.as_mut().unwrap()[0].ready = None;
    }), Readiness::NotReady, "RangesNotReady", "no condition"
)]
fn says(
    #[case] report: ServiceCidrReport,
    #[case] readiness: Readiness,
    #[case] reason: &str,
    #[case] words: &str,
) {
    assert_eq!(
        (report.readiness, report.reason.as_str()),
        (readiness, reason),
        "{report:#?}"
    );
    assert!(report.message.contains(words), "{}", report.message);
}

#[test]
fn nothing_measured_is_never_ready() {
    assert_ne!(judge(&well()).readiness, Readiness::Ready);
}
