//! An API server that keeps one Lease, and operators that want it. Time is tokio's, and passes when nobody has anything to do.

use std::sync::{Arc, Mutex};

use conform_crds::names;
use http::{Method, Request, Response};
use kube::{Client, client::Body};
use serde_json::{Value, json};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Duration, Instant, sleep},
};

use crate::{
    leader::{Election, Fence, Standing, Terms},
    stop::Stop,
};

pub const LEASE: Duration = Duration::from_secs(15);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Answers,
    Silent,
    Forbids,
}

#[derive(Default)]
pub struct State {
    pub lease: Option<Value>,
    pub mood: Mood,
    version: u64,
}

/// The API server.
#[derive(Clone, Default)]
pub struct Server(pub Arc<Mutex<State>>);

impl Server {
    pub fn set(&self, mood: Mood) {
        self.0.lock().unwrap().mood = mood;
    }

    pub fn holder(&self) -> Option<String> {
        let state = self.0.lock().unwrap();
        let holder = state.lease.as_ref()?.pointer("/spec/holderIdentity")?.as_str()?;
        Some(holder.to_owned())
    }

    pub fn transitions(&self) -> Option<i64> {
        let state = self.0.lock().unwrap();
        state.lease.as_ref()?.pointer("/spec/leaseTransitions")?.as_i64()
    }

    /// Somebody writes the Lease, whoever holds it.
    pub fn write(&self, spec: &Value) {
        let mut state = self.0.lock().unwrap();
        state.put(json!({ "metadata": { "name": names::OPERATOR_LEASE }, "spec": spec }));
    }

    pub fn client(&self) -> Client {
        let (service, mut handle) = tower_test::mock::pair::<Request<Body>, Response<Body>>();
        let server = self.clone();
        tokio::spawn(async move {
            let mut silent = Vec::new();
            while let Some((request, send)) = handle.next_request().await {
                let (parts, body) = request.into_parts();
                let body = body.collect_bytes().await.unwrap();
                let answer = server.0.lock().unwrap().answer(&parts.method, &body);
                let Some((code, object)) = answer else {
                    silent.push(send);
                    continue;
                };
                let body = Body::from(object.to_string().into_bytes());
                send.send_response(Response::builder().status(code).body(body).unwrap());
            }
        });
        Client::new(service, "default")
    }
}

impl State {
    fn answer(&mut self, method: &Method, body: &[u8]) -> Option<(u16, Value)> {
        match self.mood {
            Mood::Silent => return None,
            Mood::Forbids => return Some(refused(403, "Forbidden")),
            Mood::Answers => {}
        }
        let current = self
            .lease
            .as_ref()
            .map(|lease| lease["metadata"]["resourceVersion"].clone());
        if *method == Method::GET {
            return Some(
                self.lease
                    .clone()
                    .map_or_else(|| refused(404, "NotFound"), |lease| (200, lease)),
            );
        }
        let wanted: Value = serde_json::from_slice(body).unwrap();
        let seen = wanted.pointer("/metadata/resourceVersion").cloned();
        match (method, current) {
            (&Method::POST, Some(_)) => return Some(refused(409, "AlreadyExists")),
            (&Method::PUT, None) => return Some(refused(404, "NotFound")),
            (&Method::PUT, current) if current != seen => return Some(refused(409, "Conflict")),
            _ => {}
        }
        Some((200, self.put(wanted)))
    }

    fn put(&mut self, mut lease: Value) -> Value {
        self.version += 1;
        lease["apiVersion"] = json!("coordination.k8s.io/v1");
        lease["kind"] = json!("Lease");
        lease["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.lease = Some(lease.clone());
        lease
    }
}

fn refused(code: u16, reason: &str) -> (u16, Value) {
    let status = json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "message": reason, "code": code });
    (code, status)
}

/// A process that takes part.
pub struct Operator {
    pub fence: Fence,
    pub standing: watch::Receiver<Standing>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Operator {
    /// Starts one. Its work does not end by itself, but ends when it is asked to stop.
    pub fn start(server: &Server, name: &str) -> Self {
        let fence = Fence::default();
        let (standing, told) = watch::channel(Standing::NoLease);
        let (stop, asked) = watch::channel(false);
        let election = Election::new(
            server.client(),
            "default",
            name.to_owned(),
            Terms::of(LEASE),
            fence.clone(),
            standing,
        );
        let task = tokio::spawn(async move {
            let stop = Stop::when(asked);
            election.lead(&stop, || stop.asked()).await;
        });
        Self {
            fence,
            standing: told,
            stop,
            task,
        }
    }

    pub fn leads(&self) -> bool {
        *self.standing.borrow() == Standing::Leads
    }

    /// How long it takes until it leads.
    pub async fn until_it_leads(&mut self) -> Duration {
        let since = Instant::now();
        self.standing
            .wait_for(|standing| *standing == Standing::Leads)
            .await
            .unwrap();
        since.elapsed()
    }

    pub async fn until_it_does_not_lead(&mut self) -> Duration {
        let since = Instant::now();
        self.standing
            .wait_for(|standing| *standing != Standing::Leads)
            .await
            .unwrap();
        since.elapsed()
    }

    /// SIGKILL.
    pub fn kill(self) {
        self.task.abort();
    }

    /// SIGTERM.
    pub async fn terminate(self) {
        self.stop.send_replace(true);
        self.task.await.unwrap();
    }
}

/// Lets time pass.
pub async fn pass(time: Duration) {
    sleep(time).await;
}
