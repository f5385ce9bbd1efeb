//! Checks before a run: what they are called and what they found.

use std::{fmt, str::FromStr};

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a run looks at before it spends hours.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Preflight {
    /// Checks that are not made. The files of such a run cannot be submitted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    #[x_kube(merge_strategy = kube::core::ListMerge::Set)]
    pub skip: Vec<Check>,

    /// End after the checks, without running a test.
    #[serde(default)]
    pub only: bool,
}

/// One check. The operator makes those up to `GatewayApi` through the API before it makes anything; the runner makes the rest
/// from within the suite's pod before the suite starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Check {
    /// The API server's version names a release, and no kubelet is too old or too new for it.
    ServerVersion,
    /// Nodes that tests can use, and none that the suite would wait for in vain.
    Nodes,
    /// Room for the suite's own pod and for what its tests start.
    Capacity,
    /// The API groups that tests use are served, and no aggregated API is unavailable.
    Apis,
    /// Quota, limits and policy of the operator's namespace let the suite's pod in.
    OwnNamespace,
    /// No webhook that must answer has nobody to answer.
    Webhooks,
    /// Kueue is there if the run goes through a queue of it.
    Queue,
    /// What suites of Gateway API's would measure is there, of one release, and claims features; if the run has such a suite.
    GatewayApi,
    /// Every node can pull the images that the selected tests use.
    Images,
    /// No admission policy refuses pods as tests make them.
    Admission,
    /// New namespaces come without quota and limits.
    NewNamespaces,
    /// Cluster DNS answers.
    Dns,
    /// Logs of pods can be read and commands executed in them, on every node.
    LogsAndExec,
    /// The clocks of API server and nodes agree.
    Clocks,
}

impl Check {
    /// Every check, in the order in which they are told.
    pub const ALL: [Self; 14] = [
        Self::ServerVersion,
        Self::Nodes,
        Self::Capacity,
        Self::Apis,
        Self::OwnNamespace,
        Self::Webhooks,
        Self::Queue,
        Self::GatewayApi,
        Self::Images,
        Self::Admission,
        Self::NewNamespaces,
        Self::Dns,
        Self::LogsAndExec,
        Self::Clocks,
    ];

    /// The name, as `spec.preflight.skip` and conditions have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ServerVersion => "ServerVersion",
            Self::Nodes => "Nodes",
            Self::Capacity => "Capacity",
            Self::Apis => "Apis",
            Self::OwnNamespace => "OwnNamespace",
            Self::Webhooks => "Webhooks",
            Self::Queue => "Queue",
            Self::GatewayApi => "GatewayApi",
            Self::Images => "Images",
            Self::Admission => "Admission",
            Self::NewNamespaces => "NewNamespaces",
            Self::Dns => "Dns",
            Self::LogsAndExec => "LogsAndExec",
            Self::Clocks => "Clocks",
        }
    }

    /// A result of this check.
    pub fn found(self, state: CheckState, message: impl Into<String>) -> CheckResult {
        let mut message: String = message.into();
        let mut end = message.len().min(MAX_CHECK_MESSAGE);
        while !message.is_char_boundary(end) {
            end -= 1;
        }
        message.truncate(end);
        CheckResult {
            check: self,
            state,
            message,
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No check has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is no check; the checks are: {}", Check::ALL.map(Check::name).join(", "))]
pub struct UnknownCheck {
    /// The name that was given, shortened.
    pub name: String,
}

impl FromStr for Check {
    type Err = UnknownCheck;

    /// Reads a name in any spelling that people type: `LogsAndExec`, `logs-and-exec`, `logsandexec`.
    fn from_str(text: &str) -> Result<Self, UnknownCheck> {
        let plain = |name: &str| name.replace(['-', '_'], "").to_ascii_lowercase();
        let found = Self::ALL
            .into_iter()
            .find(|check| plain(check.name()) == plain(text.trim()));
        found.ok_or_else(|| UnknownCheck {
            name: text.chars().take(63).collect(),
        })
    }
}

/// Longest message of a check, in bytes.
pub const MAX_CHECK_MESSAGE: usize = 1024;

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckResult {
    /// The check.
    pub check: Check,
    /// What came of it.
    pub state: CheckState,
    /// What it saw, in words.
    #[schemars(length(max = 1024))]
    pub message: String,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum CheckState {
    /// All is as tests need it.
    Passed,
    /// Some tests may fail or wait, or the check could not be made. The run goes on.
    Warned,
    /// The run would be in vain and does not start.
    Failed,
    /// The run asked not to make it.
    Skipped,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_api_and_can_be_typed_in_any_way() {
        for check in Check::ALL {
            assert_eq!(serde_json::to_value(check).unwrap(), check.name());
            assert_eq!(check.name().parse(), Ok(check));
            assert_eq!(check.name().to_lowercase().parse(), Ok(check));
        }
        assert_eq!("logs-and-exec".parse(), Ok(Check::LogsAndExec));
        let error = "nonesuch".parse::<Check>().unwrap_err().to_string();
        assert!(error.contains("the checks are: ServerVersion, Nodes"), "{error}");
    }

    #[test]
    fn a_message_is_cut_between_characters() {
        let long = Check::Dns.found(CheckState::Failed, "é".repeat(MAX_CHECK_MESSAGE));
        assert_eq!(long.message.len(), MAX_CHECK_MESSAGE);
    }
}
