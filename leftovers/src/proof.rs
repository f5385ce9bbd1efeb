//! The one rule: who made an object.

use conform_crds::Maker;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ManagedFieldsEntry, ObjectMeta};
use serde_json::Value;

use crate::Kind;

/// The attempt whose test process made this object of `kind`, if the API server recorded one.
///
/// It is recorded if such a process owns the field that only a creation sets ([`Kind::birth`]), by an update of the
/// object itself: server-side apply lets anybody share a field, and a test that only changes somebody's object owns
/// what it changed. It has to have written the object in the second in which it was made. Where nobody can take that
/// field over ([`Kind::fixed`]), it may have written again since, unless somebody else wrote in that second.
pub fn made_by(kind: &Kind, metadata: &ObjectMeta) -> Option<Maker> {
    let entries = || {
        let all = metadata.managed_fields.iter().flatten();
        all.filter(|entry| entry.subresource.as_deref().is_none_or(str::is_empty))
    };
    let (entry, maker) = entries().find_map(|entry| {
        let maker = entry.manager.as_deref()?.parse().ok()?;
        (entry.operation.as_deref() == Some("Update") && owns(entry, kind.birth)).then_some((entry, maker))
    })?;
    let at_birth =
        |entry: &ManagedFieldsEntry| entry.time.is_some() && entry.time == metadata.creation_timestamp;
    let others = entries().any(|other| other.manager != entry.manager && at_birth(other));
    (at_birth(entry) || (kind.fixed && !others)).then_some(maker)
}

fn owns(entry: &ManagedFieldsEntry, path: &[&str]) -> bool {
    let Some(fields) = &entry.fields_v1 else {
        return false;
    };
    path.iter()
        .try_fold(&fields.0, |fields: &Value, key| match *key {
            "." => fields.get("."),
            key => fields.get(format!("f:{key}")),
        })
        .is_some()
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::{KINDS, fixtures::metadata};

    const MAKER: &str = "conform:nightly:0ae2b6a0-59b1-4c9c-9b52-3d2f1b4f8a11:present-1";

    fn kind(kind: &str) -> &'static Kind {
        KINDS.iter().find(|known| known.kind == kind).unwrap()
    }

    /// What the API server 1.36 wrote for objects that `e2e.test` made under that name.
    #[rstest]
    #[case("Namespace", json!({ "f:metadata": { "f:labels": { ".": {}, "f:e2e-run": {}, "f:kubernetes.io/metadata.name": {} } } }))]
    #[case("CustomResourceDefinition", json!({ "f:spec": { "f:conversion": { ".": {}, "f:strategy": {} }, "f:group": {}, "f:scope": {} } }))]
    #[case("ValidatingWebhookConfiguration", json!({ "f:webhooks": { ".": {}, "k:{\"name\":\"deny.k8s.io\"}": { ".": {}, "f:clientConfig": {} } } }))]
    #[case("RoleBinding", json!({ "f:metadata": { "f:annotations": { ".": {} } }, "f:roleRef": {}, "f:subjects": {} }))]
    #[case("StorageClass", json!({ "f:metadata": { "f:generateName": {} }, "f:provisioner": {}, "f:reclaimPolicy": {} }))]
    fn a_creation_by_a_test_is_proof(#[case] name: &str, #[case] fields: Value) {
        let made = made_by(kind(name), &metadata(MAKER, "Update", "", fields));
        assert_eq!(made.unwrap().to_string(), MAKER);
    }

    #[rstest]
    #[case::somebody_elses("kubectl-create", "Update", "", json!({ "f:spec": { "f:group": {} } }))]
    #[case::a_change_of_somebodys_object(MAKER, "Update", "", json!({ "f:spec": { "f:versions": {} } }))]
    #[case::a_label_on_somebodys_object(MAKER, "Update", "", json!({ "f:metadata": { "f:labels": { "f:e2e-run": {} } } }))]
    #[case::a_shared_field(MAKER, "Apply", "", json!({ "f:spec": { "f:group": {} } }))]
    #[case::the_status_alone(MAKER, "Update", "status", json!({ "f:spec": { "f:group": {} } }))]
    #[case::a_name_that_only_resembles("conform:nightly:present-1", "Update", "", json!({ "f:spec": { "f:group": {} } }))]
    #[case::no_fields(MAKER, "Update", "", json!(null))]
    fn anything_less_is_none(
        #[case] manager: &str,
        #[case] operation: &str,
        #[case] subresource: &str,
        #[case] fields: Value,
    ) {
        let metadata = metadata(manager, operation, subresource, fields);
        assert_eq!(made_by(kind("CustomResourceDefinition"), &metadata), None);
    }

    #[test]
    fn who_was_there_first_made_it() {
        let at = |second| Some(Time(jiff::Timestamp::from_second(second).unwrap()));
        let role_ref = || json!({ "f:roleRef": {} });
        let with_another = |made: i64, written: i64| {
            let mut both = metadata(MAKER, "Update", "", role_ref());
            let other = metadata("kube-apiserver", "Update", "", json!({ "f:metadata": {} }));
            let mut entries = both.managed_fields.take().unwrap();
            entries[0].time = at(written);
            entries.extend(other.managed_fields.unwrap());
            entries[1].time = at(made);
            both.managed_fields = Some(entries);
            both.creation_timestamp = at(10);
            both
        };
        let binding = kind("ClusterRoleBinding");
        assert_eq!(
            made_by(binding, &with_another(10, 90)),
            None,
            "it was there, and a test wrote later"
        );
        assert!(
            made_by(binding, &with_another(11, 10)).is_some(),
            "a controller came after"
        );
        assert!(
            made_by(binding, &with_another(10, 10)).is_some(),
            "in the same second"
        );
        assert!(
            made_by(binding, &with_another(11, 90)).is_some(),
            "the test changed it again"
        );
    }

    /// What a probe of a run adds signs with the suite's name, so that it goes if the run was killed.
    #[test]
    fn a_range_that_a_probe_of_the_run_added_is_proof() {
        let at = |second| Some(Time(jiff::Timestamp::from_second(second).unwrap()));
        let fields = json!({
            "f:metadata": { "f:labels": { ".": {}, "f:conform.dev/probe": {} } }, "f:spec": { "f:cidrs": {} },
        });
        let range = |written| {
            let mut range = metadata(MAKER, "Update", "", fields.clone());
            range.creation_timestamp = at(10);
            range
                .managed_fields
                .iter_mut()
                .flatten()
                .for_each(|entry| entry.time = at(written));
            range
        };
        let made = made_by(kind("ServiceCIDR"), &range(10));
        assert_eq!(made.unwrap().to_string(), MAKER);
        assert_eq!(
            made_by(kind("ServiceCIDR"), &range(11)),
            None,
            "it was only changed"
        );
    }

    #[test]
    fn who_overwrote_everything_did_not_make_it() {
        let at = |second| Some(Time(jiff::Timestamp::from_second(second).unwrap()));
        let written = |made: i64, written: i64| {
            // Whoever made it owns nothing any more, and is not recorded.
            let mut role = metadata(MAKER, "Update", "", json!({ "f:rules": {} }));
            role.creation_timestamp = at(made);
            for entry in role.managed_fields.iter_mut().flatten() {
                entry.time = at(written);
            }
            role
        };
        assert_eq!(made_by(kind("ClusterRole"), &written(10, 13)), None);
        assert!(made_by(kind("ClusterRole"), &written(10, 10)).is_some());
    }

    #[test]
    fn names_and_labels_prove_nothing() {
        let mut metadata = ObjectMeta {
            name: Some("e2e-test-webhook-1".into()),
            ..ObjectMeta::default()
        };
        metadata.labels = Some([("e2e-run".to_owned(), "0ae2b6a0".to_owned())].into());
        assert_eq!(made_by(kind("Namespace"), &metadata), None);
    }
}
