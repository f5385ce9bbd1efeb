//! Asks the agents, and holds what they say against the model: eventually, then once more.

mod control;
mod each_node;
mod health;
mod pod_ports;
mod settings;
#[cfg(test)]
mod tests;
mod told;

use std::{collections::HashMap, time::Duration};

use conform_service_proxy::{NEWEST_MINOR, Settings};
use futures::future::join_all;
use k8s_openapi::api::{core::v1::Node, networking::v1::ServiceCIDR};
use kube::Api;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{
    super::{
        cell::compare,
        expect::{Proxies, expect},
        feature::Feature,
        ground::Ground,
        patience::{ROUNDS, TIMEOUT, Visits},
        question::{CONNECTIONS, Question, questions_about},
        session::Session,
        table::Table,
        verdict::Asked,
    },
    Options,
    cluster::{Cluster, INTERVAL},
};
use crate::{
    agent::{Made, Order, Transport},
    list::{all, all_if_served},
};

/// How long a proxy may take to do what the API says.
const EVENTUALLY: Duration = Duration::from_secs(20);
/// How long one connection may take. Packets inside a cluster take milliseconds; a resend after a second counts.
const TIMEOUT_MILLISECONDS: u32 = 1500;
/// How often the time begins anew because an agent did not answer.
const ANEW: usize = 2;
/// How long agents may take for all their orders.
const PATIENCE: Duration = Duration::from_mins(1);

/// Agents that can be asked.
pub struct Measuring<'a> {
    cluster: &'a Cluster<'a>,
    ground: Ground,
    sessions: HashMap<(usize, bool), Session>,
    closed: Vec<String>,
    settings: Vec<Settings>,
    minor: u16,
    told: usize,
    /// How often an agent did not tell all that it was asked for.
    lost: usize,
}

impl<'a> Measuring<'a> {
    /// Opens the way to every agent. What cannot be opened cannot measure, which its cells then say.
    pub async fn open(cluster: &'a Cluster<'a>, ground: Ground, options: &Options) -> Self {
        let manned = ground
            .places
            .iter()
            .enumerate()
            .filter(|(_, place)| !place.pod.is_empty());
        let agents = manned.flat_map(|(number, _)| [(number, false), (number, true)]);
        let opened = agents.map(async |(number, host)| {
            let agent = (number, host);
            (agent, Session::open(&cluster.pods(host), &pod_of(agent)).await)
        });
        let mut sessions = HashMap::new();
        let mut closed = Vec::new();
        for (agent, session) in join_all(opened).await {
            match session {
                Ok(session) => {
                    sessions.insert(agent, session);
                }
                Err(why) => closed.push(format!("the agent of place {} cannot be asked: {why}", agent.0)),
            }
        }
        let mut measuring = Self {
            cluster,
            ground,
            sessions,
            closed,
            settings: Vec::new(),
            minor: options.minor.unwrap_or(NEWEST_MINOR),
            told: 0,
            lost: 0,
        };
        measuring.ground.minor = options.minor;
        measuring.learn_settings().await;
        measuring.ground.without_sctp = measuring.without_sctp().await;
        measuring
    }

    /// The ground, with what the agents told of it.
    pub const fn ground(&self) -> &Ground {
        &self.ground
    }

    /// What is to be known about the whole table.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = self.closed.clone();
        let all = self.ground.places.len();
        remarks.push(match self.mode() {
            Some(mode) => format!("kube-proxy told its own configuration (mode {mode}), which the model goes by"),
            None if self.told == all => {
                "the nodes' kube-proxies are configured differently: where it matters, either outcome is taken as right"
                    .to_owned()
            }
            None => format!(
                "the service proxy told its configuration on {} of {all} nodes: where it matters, either outcome is taken \
                 as right",
                self.told
            ),
        });
        remarks
    }

    /// Measures features, each with all its questions. A cell is asked until it is as expected, and then once more; one that is
    /// not when the time is over stays as it was found last, unless the way to it is closed without a Service too.
    pub async fn measure<'f>(
        &mut self,
        features: &[&'f Feature],
    ) -> Result<Vec<(&'f Feature, Vec<Asked>)>, String> {
        let mut deadline = Instant::now() + EVENTUALLY;
        let mut table = Table::default();
        let mut late = false;
        let mut anew = 0;
        loop {
            let lost = self.lost;
            self.round(features, &mut table, late).await?;
            if self.lost > lost && anew < ANEW {
                // The time was an agent's that told nothing, and no proxy's.
                anew += 1;
                deadline = Instant::now() + EVENTUALLY;
            }
            late = Instant::now() >= deadline;
            if !table.is_open(late) {
                let mut rows = table.into_rows(features.len());
                self.control(&mut rows).await;
                return Ok(features.iter().copied().zip(rows).collect());
            }
            if !table.is_as_expected() {
                sleep(INTERVAL).await;
            }
        }
    }

    /// Has the clients of a feature's Services come again and again, each time after the time-out. Gives who answered whom.
    pub async fn visits(&mut self, feature: &Feature) -> Result<Vec<(String, Visits)>, String> {
        let objects = self.objects().await?;
        let all = questions_about(feature, &objects, &self.ground);
        let asked: Vec<(usize, Question)> = all.map(|question| (0, question)).collect();
        let mut visits: Vec<Visits> = vec![Vec::new(); asked.len()];
        for _ in 0..=ROUNDS {
            let mut made = self.ask(&asked, CONNECTIONS / 8).await;
            for (at, visits) in visits.iter_mut().enumerate() {
                visits.push(made.remove(&at).map(|made| made.answered));
            }
            // Longer than the time-out by a half: proxies look at it now and then.
            sleep(Duration::from_secs(TIMEOUT) + Duration::from_secs(TIMEOUT) / 2).await;
        }
        let clients = asked.into_iter().map(|(_, question)| question.words());
        Ok(clients.zip(visits).collect())
    }

    /// Asks what is due, and holds it against the objects of now.
    async fn round(&mut self, features: &[&Feature], table: &mut Table, late: bool) -> Result<(), String> {
        let objects = self.objects().await?;
        let aware = self.proxies(&objects)?;
        let mut asked: Vec<(usize, Question)> = Vec::new();
        for (number, feature) in features.iter().enumerate() {
            let all = questions_about(feature, &objects, &self.ground);
            let due = all.filter(|question| table.is_due(number, question, late));
            asked.extend(due.map(|question| (number, question)));
        }
        let made = self.ask(&asked, CONNECTIONS).await;
        for (number, feature) in features.iter().enumerate() {
            let unaware = self.proxies(&feature.unaware_of(&objects))?;
            for (at, (_, question)) in asked.iter().enumerate().filter(|(_, (of, _))| *of == number) {
                let expected = expect(&aware, question);
                let cell = compare(&expected, made.get(&at));
                let asked = Asked {
                    unaware: expect(&unaware, question),
                    question: question.clone(),
                    expected,
                    cell,
                };
                table.note(number, asked);
            }
        }
        Ok(())
    }

    fn proxies(&self, objects: &[Value]) -> Result<Proxies, String> {
        Proxies::read(objects, self.settings.clone(), self.minor, &self.ground)
    }

    /// What the proxies see, as far as it matters to the probe's Services.
    async fn objects(&self) -> Result<Vec<Value>, String> {
        let nodes: Api<Node> = Api::all(self.cluster.client.clone());
        let cidrs: Api<ServiceCIDR> = Api::all(self.cluster.client.clone());
        let (services, slices) = (self.cluster.services(), self.cluster.slices());
        let (services, slices, nodes, cidrs) = tokio::join!(
            all(&services, ""),
            all(&slices, ""),
            all(&nodes, ""),
            all_if_served(&cidrs),
        );
        let mut objects = Vec::new();
        typed(&mut objects, "v1", "Service", &services?);
        typed(&mut objects, "discovery.k8s.io/v1", "EndpointSlice", &slices?);
        typed(&mut objects, "v1", "Node", &nodes?);
        typed(&mut objects, "networking.k8s.io/v1", "ServiceCIDR", &cidrs?);
        Ok(objects)
    }

    /// Has every agent work on its questions at once. Gives what came of each, by its place in the list.
    async fn ask(&mut self, asked: &[(usize, Question)], count: u32) -> HashMap<usize, Made> {
        let namespace = self.cluster.making.namespace();
        let mut orders: HashMap<(usize, bool), Vec<Order>> = HashMap::new();
        for (id, (_, question)) in asked.iter().enumerate() {
            let looks_up = question.transport == Transport::Lookup;
            orders.entry(question.sender).or_default().push(Order {
                id: u64::try_from(id).unwrap_or_default(),
                to: question.to,
                transport: question.transport,
                // One answer of a resolver is as good as many.
                count: if looks_up { 1 } else { count },
                timeout_milliseconds: TIMEOUT_MILLISECONDS,
                path: None,
                name: looks_up.then(|| format!("{}.{namespace}.svc", question.service)),
            });
        }
        let pods = [false, true].map(|host| self.cluster.pods(host));
        let each = self.sessions.iter_mut().filter_map(|(agent, session)| {
            let orders = orders.get(agent)?;
            let [own, nodes] = &pods;
            let pods = if agent.1 { nodes } else { own };
            Some(async move {
                let made = session.ask(orders, PATIENCE).await;
                // Its way may be broken, or it may be busy with what nobody waits for any more. The next round is another's.
                if made.len() < orders.len() {
                    let told = made.len();
                    tracing::warn!("agent {} told {told} of {} answers", pod_of(*agent), orders.len());
                    let anew = Session::open(pods, &pod_of(*agent)).await.ok();
                    return (made, Some((*agent, anew)));
                }
                (made, None)
            })
        });
        let mut told = HashMap::new();
        for (made, troubled) in join_all(each).await {
            told.extend(made);
            let Some((agent, anew)) = troubled else {
                continue;
            };
            self.lost += 1;
            match anew {
                Some(anew) => self.sessions.insert(agent, anew),
                // Its node may be lost: to wait for it again and again would only take everybody's time.
                None => self.sessions.remove(&agent),
            };
        }
        let told = told.into_iter();
        told.filter_map(|(id, made)| Some((usize::try_from(id).ok()?, made)))
            .collect()
    }
}

/// The pod of an agent: the number of its place, and whether it is in the node's own network.
fn pod_of((number, host): (usize, bool)) -> String {
    format!("{}-{number}", if host { "node" } else { "stay" })
}

fn typed<K: serde::Serialize>(objects: &mut Vec<Value>, api_version: &str, kind: &str, found: &[K]) {
    for one in found {
        if let Ok(Value::Object(mut fields)) = serde_json::to_value(one) {
            fields.insert("apiVersion".to_owned(), json!(api_version));
            fields.insert("kind".to_owned(), json!(kind));
            objects.push(Value::Object(fields));
        }
    }
}
