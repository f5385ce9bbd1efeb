//! What the operator asks the API server for while nothing happens: never the outcomes of every run.

use std::sync::{Arc, Mutex};

use http::{Request, Response, header::ACCEPT};
use kube::{
    Client,
    client::Body,
    runtime::events::{Recorder, Reporter},
};
use serde_json::json;
use tokio::sync::watch;

use crate::{
    metrics::{NotificationMetrics, ReconcileMetrics, registry},
    notify::notifier,
    profile,
    run::{World, controller, fixtures::settings},
    schedule,
    stop::Stop,
};

/// Path and form of what was asked for.
type Asked = Vec<(String, String)>;

/// An API server without objects, which tells of each request.
fn empty(asked: watch::Sender<Asked>) -> Client {
    let (service, mut handle) = tower_test::mock::pair::<Request<Body>, Response<Body>>();
    tokio::spawn(async move {
        let watches = Arc::new(Mutex::new(Vec::new()));
        while let Some((request, send)) = handle.next_request().await {
            let form = request.headers().get(ACCEPT).and_then(|form| form.to_str().ok());
            let (path, form) = (request.uri().to_string(), form.unwrap_or_default().to_owned());
            let is_watch = path.contains("watch=true");
            asked.send_modify(|asked| asked.push((path, form)));
            if is_watch {
                // It is never answered, as a watch of nothing is not.
                watches.lock().unwrap().push(send);
                continue;
            }
            let list = json!({ "kind": "List", "apiVersion": "v1", "metadata": { "resourceVersion": "1" }, "items": [] });
            send.send_response(Response::new(Body::from(list.to_string().into_bytes())));
        }
    });
    Client::new(service, "default")
}

#[tokio::test]
async fn results_are_watched_by_their_metadata_alone() {
    let (sender, mut asked) = watch::channel(Asked::new());
    let client = empty(sender);
    let world = World {
        recorder: Recorder::new(client.clone(), Reporter::from("conform-operator")),
        client,
        settings: settings(),
        notifier: notifier(NotificationMetrics::register(&mut registry()), false).0,
        storage: None,
        metrics: ReconcileMetrics::register(&mut registry()),
    };
    let (known, touched, of_runs) = controller::run(world.clone(), Stop::when(watch::channel(false).1));
    let (_, of_schedules) = schedule::controller::run(world.clone(), known.runs, touched);
    let working = async { futures::join!(of_runs, of_schedules, profile::controller::run(world)) };
    // Runs, results, Jobs; schedules; profiles for both: six are listed, then watched.
    let all_watched = asked.wait_for(|asked| {
        asked
            .iter()
            .filter(|(path, _)| path.contains("watch=true"))
            .count()
            >= 6
    });
    tokio::select! {
        asked = all_watched => {
            let asked = asked.unwrap();
            let mut of_results = asked.iter().filter(|(path, _)| path.contains("/conformanceresults")).peekable();
            assert!(of_results.peek().is_some());
            for (path, form) in of_results {
                assert!(form.contains("as=PartialObjectMetadata"), "{path} as {form}");
            }
        }
        _ = working => panic!("the controllers ended"),
    }
}
