//! What nodes see of the Services.

use super::State;
use crate::{
    category::{Categories, Chooser, Place},
    frontend::{Frontend, FrontendPort},
};

/// One service port as a node sees it.
#[derive(Clone, Debug)]
pub struct PortView<'a> {
    /// `namespace/name` of the Service.
    pub service: &'a str,
    /// The Service in the family.
    pub frontend: &'a Frontend,
    /// The port.
    pub port: &'a FrontendPort,
    /// Which of its endpoints the node uses.
    pub categories: Categories,
}

impl State {
    /// Every service port of both families as a node sees it, sorted by Service, family and order of ports.
    pub fn view(&self, node: &str) -> Vec<PortView<'_>> {
        self.views(&[node]).pop().unwrap_or_default()
    }

    /// The same for several nodes. What they have in common is worked out once.
    pub fn views(&self, nodes: &[&str]) -> Vec<Vec<PortView<'_>>> {
        let places: Vec<Place> = nodes.iter().map(|node| self.place(node)).collect();
        let ports = self.frontends().map(|(_, frontend)| frontend.ports.len()).sum();
        let mut views: Vec<Vec<PortView<'_>>> = places.iter().map(|_| Vec::with_capacity(ports)).collect();
        for (service, frontend) in self.frontends() {
            for port in &frontend.ports {
                let mut chooser = self.chooser(frontend, port);
                for (&place, view) in places.iter().zip(&mut views) {
                    view.push(PortView {
                        service,
                        frontend,
                        port,
                        categories: chooser.choose(place),
                    });
                }
            }
        }
        views
    }

    /// The ports of one Service as a node sees them.
    pub fn view_of(&self, node: &str, service: &str) -> Vec<PortView<'_>> {
        let place = self.place(node);
        let entry = self.services.get_key_value(service);
        let frontends = entry.into_iter().flat_map(|(name, entry)| {
            let name: &str = name;
            let frontends = entry.frontends.iter().flatten();
            frontends.map(move |frontend| (name, frontend))
        });
        let ports = frontends.flat_map(|(name, frontend)| {
            let ports = frontend.ports.iter();
            ports.map(move |port| (name, frontend, port))
        });
        let views = ports.map(|(service, frontend, port)| PortView {
            service,
            frontend,
            port,
            categories: self.chooser(frontend, port).choose(place),
        });
        views.collect()
    }

    /// Every Service in every family that it exists in.
    pub(crate) fn frontends(&self) -> impl Iterator<Item = (&str, &Frontend)> {
        self.services.iter().flat_map(|(name, entry)| {
            let frontends = entry.frontends.iter().flatten();
            frontends.map(move |frontend| (&**name, frontend))
        })
    }

    /// What `place` uses of one port.
    pub(crate) fn choose(&self, frontend: &Frontend, port: &FrontendPort, place: Place) -> Categories {
        self.chooser(frontend, port).choose(place)
    }

    fn chooser<'a>(&'a self, frontend: &'a Frontend, port: &'a FrontendPort) -> Chooser<'a> {
        let uses = frontend.uses(port);
        Chooser::new(&port.backends, uses, frontend.follows_hints, self.context())
    }
}
