//! What an error of the client means to the person at the keyboard.

use kube::core::Status;

use crate::error::Error;

/// Where requests go, for errors that must name it.
#[derive(Clone, Debug)]
pub struct Destination {
    /// Address of the API server.
    pub server: String,
    /// Name of the kubeconfig context.
    pub context: String,
}

impl Destination {
    /// Turns an error of the client into a sentence.
    pub fn explain(&self, error: kube::Error) -> Error {
        match error {
            kube::Error::Api(status) => of_status(&status),
            kube::Error::Auth(error) => Error::Unauthorized(deepest(&error)),
            kube::Error::SerdeError(error) => Error::Answer(error.to_string()),
            kube::Error::HyperError(error) => self.unreachable(deepest(&error)),
            // Failures of a credential plugin arrive wrapped by the layer that called it.
            kube::Error::Service(error) => match credentials(error.as_ref()) {
                Some(cause) => Error::Unauthorized(cause),
                None => self.unreachable(deepest(error.as_ref())),
            },
            kube::Error::ReadEvents(error) => self.unreachable(error.to_string()),
            error => Error::Api(deepest(&error)),
        }
    }

    /// Turns an error of a watch into a sentence.
    pub fn explain_watch(&self, error: kube::runtime::watcher::Error) -> Error {
        use kube::runtime::watcher::Error as Watch;
        match error {
            Watch::InitialListFailed(error) | Watch::WatchStartFailed(error) | Watch::WatchFailed(error) => {
                self.explain(error)
            }
            Watch::WatchError(status) => of_status(&status),
            error @ Watch::NoResourceVersion => Error::Answer(error.to_string()),
        }
    }

    fn unreachable(&self, cause: String) -> Error {
        Error::Unreachable {
            server: self.server.clone(),
            context: self.context.clone(),
            cause,
        }
    }
}

/// True if waiting does not help: the server answered, and its answer will be the same.
pub const fn is_final(error: &Error) -> bool {
    matches!(
        error,
        Error::NotInstalled
            | Error::Unauthorized(_)
            | Error::Forbidden(_)
            | Error::NotFound { .. }
            | Error::Answer(_)
    )
}

fn of_status(status: &Status) -> Error {
    let details = status.details.as_ref();
    let name = details
        .map(|details| details.name.clone())
        .filter(|name| !name.is_empty());
    let kind = details
        .map(|details| resource(&details.kind, &details.group))
        .unwrap_or_default();
    // An unknown path answers in plain text, which carries no reason, only the code.
    let absent = status.is_not_found() || status.code == 404;
    match name {
        _ if status.code == 401 => Error::Unauthorized(sentence(&status.message)),
        _ if status.is_forbidden() => Error::Forbidden(sentence(&status.message)),
        _ if status.is_invalid() => Error::Invalid(causes(status)),
        Some(name) if absent => Error::NotFound { kind, name },
        // A path that no resource serves has no object's name in its answer.
        None if absent => Error::NotInstalled,
        Some(name) if status.is_already_exists() => Error::Exists { kind, name },
        _ => Error::Api(format!("{} ({})", sentence(&status.message), status.code)),
    }
}

fn resource(kind: &str, group: &str) -> String {
    if group.is_empty() {
        kind.to_owned()
    } else {
        format!("{kind}.{group}")
    }
}

/// The server's words, ready to be continued.
fn sentence(message: &str) -> String {
    message.trim().trim_end_matches('.').to_owned()
}

/// One line for each field that is refused.
fn causes(status: &Status) -> String {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    let lines: Vec<String> = causes
        .map(|cause| match cause.field.as_str() {
            "" | "<nil>" => format!("\n  {}", cause.message),
            field => format!("\n  {field}: {}", cause.message),
        })
        .collect();
    if lines.is_empty() {
        format!(" {}", status.message)
    } else {
        lines.concat()
    }
}

/// What a credential plugin or token refresh said, if that is what failed.
fn credentials(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(error) = error.downcast_ref::<kube::client::AuthError>() {
            return Some(error.to_string());
        }
        if let Some(kube::Error::Auth(error)) = error.downcast_ref::<kube::Error>() {
            return Some(error.to_string());
        }
        current = error.source();
    }
    None
}

/// The first cause, which says most: "connection refused" rather than "client error (Connect)".
fn deepest(error: &(dyn std::error::Error + 'static)) -> String {
    let mut current = error;
    while let Some(source) = current.source() {
        current = source;
    }
    sentence(&current.to_string())
}

#[cfg(test)]
mod tests {
    use kube::core::response::{StatusCause, StatusDetails};

    use super::*;

    fn sentence_of(status: Status) -> String {
        let destination = Destination {
            server: "https://example:6443/".to_owned(),
            context: "kind".to_owned(),
        };
        destination.explain(kube::Error::Api(status.boxed())).to_string()
    }

    fn details(kind: &str, name: &str) -> StatusDetails {
        StatusDetails {
            name: name.to_owned(),
            group: "conform.dev".to_owned(),
            kind: kind.to_owned(),
            uid: String::new(),
            causes: Vec::new(),
            retry_after_seconds: 0,
        }
    }

    #[test]
    fn missing_crds_and_missing_objects_differ() {
        let no_path = Status::failure("404 page not found", "Failed to parse error data").with_code(404);
        let no_run = Status::failure("conformanceruns.conform.dev \"x\" not found", "NotFound")
            .with_code(404)
            .with_details(details("conformanceruns", "x"));
        insta::assert_snapshot!(sentence_of(no_path), @"conform is not installed in this cluster: run `kubectl conform install`");
        insta::assert_snapshot!(sentence_of(no_run), @r#"conformanceruns.conform.dev "x" not found: `kubectl conform get` lists what there is"#);
    }

    #[test]
    fn forbidden_says_verb_and_resource() {
        let message = "conformanceruns.conform.dev is forbidden: User \"jane\" cannot create resource \"conformanceruns\" in API group \"conform.dev\" at the cluster scope";
        let status = Status::failure(message, "Forbidden").with_code(403);
        insta::assert_snapshot!(sentence_of(status), @r#"you may not do this: conformanceruns.conform.dev is forbidden: User "jane" cannot create resource "conformanceruns" in API group "conform.dev" at the cluster scope. Ask an administrator of the cluster for the role conform-edit, or for cluster-admin to install"#);
    }

    #[test]
    fn invalid_lists_the_fields() {
        let mut details = details("ConformanceRun", "x");
        details.causes = vec![
            StatusCause {
                reason: "FieldValueInvalid".to_owned(),
                message: "should be greater than or equal to 60".to_owned(),
                field: "spec.execution.activeDeadlineSeconds".to_owned(),
            },
            StatusCause {
                reason: "FieldValueInvalid".to_owned(),
                message: "throughRelease bounds future requirements".to_owned(),
                field: "<nil>".to_owned(),
            },
        ];
        let status = Status::failure("is invalid", "Invalid")
            .with_code(422)
            .with_details(details);
        insta::assert_snapshot!(sentence_of(status), @"
        the API server refuses the object:
          spec.execution.activeDeadlineSeconds: should be greater than or equal to 60
          throughRelease bounds future requirements
        ");
    }

    #[test]
    fn unauthorized_and_unreachable() {
        let status = Status::failure("Unauthorized", "Unauthorized").with_code(401);
        insta::assert_snapshot!(sentence_of(status), @"the API server does not accept your credentials: Unauthorized. Log in again, or choose another --context");
        let destination = Destination {
            server: "https://example:6443/".to_owned(),
            context: "kind".to_owned(),
        };
        let refused = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "connection refused");
        let error = destination.explain(kube::Error::Service(Box::new(refused)));
        insta::assert_snapshot!(error, @"cannot reach the API server https://example:6443/ (context kind): connection refused. Is the cluster up, and is this the right context?");
    }
}
