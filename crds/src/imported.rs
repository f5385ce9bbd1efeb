//! Runs whose outcomes come from elsewhere.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the outcomes of an imported run come from. The operator starts nothing for such a run: it waits for its
/// ConformanceResult and says what that means. It is never certifiable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Imported {
    /// What the outcomes were read from, as the one who imported it named it.
    #[schemars(length(min = 1, max = 253))]
    pub source: String,
    /// Version or release of the API server that they speak of, such as `v1.36.3` or `1.36`.
    #[schemars(length(max = 64), regex(pattern = r"^v?1\.[0-9]{1,3}(\..*)?$"))]
    pub server_version: String,
}
