//! A token that the suite prints leaves the pod nowhere.

use crate::stories::{PRESENT, Pod, plan};

/// Shaped like a ServiceAccount's; its signature is made up.
const TOKEN: &str =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6IkEifQ.eyJpc3MiOiJrdWJlcm5ldGVzL3NlcnZpY2VhY2NvdW50In0.c2ln-bmF0_dXJl";

#[tokio::test]
async fn tokens_are_in_no_log_file_or_status() {
    let pod = Pod::new().await;
    let mut command = pod.command("leaky", &plan(PRESENT));
    let output = crate::stories::end(command.env("TOKEN", TOKEN).spawn().unwrap()).await;
    let leaks = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("c2ln-bmF0_dXJl");

    assert!(!leaks(&output.stdout) && !leaks(&output.stderr), "the pod's log");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("Authorization: Bearer [redacted]\n"), "{said}");

    let attempt = pod.server.attempt();
    assert_eq!(attempt.artifacts.len(), 2);
    for artifact in &attempt.artifacts {
        let kept = pod.kept(artifact);
        assert!(!leaks(&kept), "{}", artifact.name);
        assert!(
            String::from_utf8_lossy(&kept).contains("[redacted]"),
            "{}",
            artifact.name
        );
    }
    for status in pod.server.with(|known| known.applied.clone()) {
        assert!(!leaks(status.to_string().as_bytes()), "{status}");
    }
}
