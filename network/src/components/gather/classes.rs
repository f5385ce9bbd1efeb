//! IngressClasses, GatewayClasses and Calico's configuration.

use k8s_openapi::api::networking::v1::IngressClass;
use kube::{
    Api, Client, ResourceExt,
    api::{ApiResource, DynamicObject},
    core::GroupVersionKind,
};
use serde_json::Value;

use super::MAX_TEXT;
use crate::{
    components::facts::Class,
    list::{all_if_served, explain},
    text::bounded,
};

/// Most features of a GatewayClass that are kept.
const MAX_FEATURES: usize = 256;

/// Reads the three.
pub async fn read(
    client: &Client,
) -> (
    Result<Vec<Class>, String>,
    Result<Vec<Class>, String>,
    Result<Option<bool>, String>,
) {
    let ingress: Api<IngressClass> = Api::all(client.clone());
    let gateway = dynamic(
        client,
        "gateway.networking.k8s.io",
        "GatewayClass",
        "gatewayclasses",
    );
    let felix = dynamic(
        client,
        "crd.projectcalico.org",
        "FelixConfiguration",
        "felixconfigurations",
    );
    let (ingress, gateway, felix) = tokio::join!(
        all_if_served(&ingress),
        all_if_served(&gateway),
        felix.get("default"),
    );
    (
        ingress.map(|classes| classes.iter().map(of_ingress).collect()),
        gateway.map(|classes| classes.iter().map(of_gateway).collect()),
        bpf(felix),
    )
}

fn dynamic(client: &Client, group: &str, kind: &str, plural: &str) -> Api<DynamicObject> {
    let kind = GroupVersionKind::gvk(group, "v1", kind);
    Api::all_with(client.clone(), &ApiResource::from_gvk_with_plural(&kind, plural))
}

/// Calico's own word on its eBPF data path; none in a cluster without Calico.
fn bpf(felix: Result<DynamicObject, kube::Error>) -> Result<Option<bool>, String> {
    match felix {
        Ok(felix) => Ok(felix.data.pointer("/spec/bpfEnabled").and_then(Value::as_bool)),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(None),
        Err(error) => Err(explain(&error)),
    }
}

fn of_ingress(class: &IngressClass) -> Class {
    let spec = class.spec.as_ref();
    let controller = spec.and_then(|spec| spec.controller.as_deref());
    Class {
        name: class.name_any(),
        controller: bounded(controller.unwrap_or_default(), MAX_TEXT),
        accepted: None,
        features: Vec::new(),
    }
}

/// What a GatewayClass says of itself, or an XMesh, which says it in the same places.
pub fn of_gateway(class: &DynamicObject) -> Class {
    let text = |pointer: &str| class.data.pointer(pointer).and_then(Value::as_str);
    let list = |pointer: &str| class.data.pointer(pointer).and_then(Value::as_array);
    let accepted = list("/status/conditions")
        .into_iter()
        .flatten()
        .find_map(|condition| {
            let is = condition.get("type")?.as_str()? == "Accepted";
            is.then(|| condition.get("status").and_then(Value::as_str) == Some("True"))
        });
    // Each is an object with a name; releases before Gateway API 1.3 wrote the names alone.
    let features = list("/status/supportedFeatures").into_iter().flatten();
    let features = features.filter_map(|feature| {
        let name = feature.get("name").unwrap_or(feature);
        name.as_str().map(|name| bounded(name, MAX_TEXT))
    });
    Class {
        name: class.name_any(),
        controller: bounded(text("/spec/controllerName").unwrap_or_default(), MAX_TEXT),
        accepted,
        features: features.take(MAX_FEATURES).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn without_calico_nothing_is_said_and_a_refusal_is_told() {
        let error = |code| kube::Error::Api(Box::new(kube::core::Status::failure("no", "x").with_code(code)));
        assert_eq!(bpf(Err(error(404))), Ok(None));
        assert_eq!(bpf(Err(error(403))), Err("no".to_owned()));
    }

    #[test]
    fn a_gateway_class_is_read_as_any_release_wrote_it() {
        let class: DynamicObject = serde_json::from_value(json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": { "name": "x" },
            "spec": { "controllerName": "istio.io/gateway-controller" },
            "status": {
                "conditions": [{ "type": "Accepted", "status": "True" }],
                "supportedFeatures": ["HTTPRoute", { "name": "Gateway" }, 7],
            },
        }))
        .unwrap();
        let class = of_gateway(&class);
        assert_eq!(
            (class.controller.as_str(), class.accepted),
            ("istio.io/gateway-controller", Some(true))
        );
        assert_eq!(class.features, ["HTTPRoute", "Gateway"]);
    }
}
