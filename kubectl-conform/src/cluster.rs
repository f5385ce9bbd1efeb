//! The way to the API server.

use std::time::Duration;

use conform_crds::{ConformanceProfile, ConformanceResult, ConformanceRun, ConformanceSchedule};
use kube::{
    Api, Client, Config,
    config::{KubeConfigOptions, Kubeconfig, KubeconfigError},
    runtime::watcher,
};

use crate::{cli::Global, error::Error, explain::Destination};

/// A connection to one cluster.
#[derive(Clone)]
pub struct Cluster {
    /// For single requests, which time out.
    pub client: Client,
    /// For watches and logs, which may be silent for long.
    pub streaming: Client,
    /// For what others answer behind the API server: who is away is not asked again for minutes.
    pub proxied: Client,
    /// The operator's namespace.
    pub namespace: String,
    destination: Destination,
}

impl Cluster {
    /// Reads the kubeconfig as kubectl does. No request is made yet.
    pub async fn connect(global: &Global) -> Result<Self, Error> {
        let (mut config, context) = load(global).await?;
        if let Some(user) = &global.impersonate {
            config.auth_info.impersonate = Some(user.clone());
        }
        let destination = Destination {
            server: config.cluster_url.to_string(),
            context,
        };
        let limit = Some(global.request_timeout).filter(|limit| *limit > Duration::ZERO);
        config.connect_timeout = limit;
        let streaming = Client::try_from(config.clone()).map_err(|error| unusable(&error))?;
        config.read_timeout = limit;
        let client = Client::try_from(config.clone()).map_err(|error| unusable(&error))?;
        config.default_retry = false;
        let proxied = Client::try_from(config).map_err(|error| unusable(&error))?;
        Ok(Self {
            client,
            streaming,
            proxied,
            namespace: global.namespace.clone(),
            destination,
        })
    }

    /// The runs.
    pub fn runs(&self) -> Api<ConformanceRun> {
        Api::all(self.client.clone())
    }

    /// The schedules.
    pub fn schedules(&self) -> Api<ConformanceSchedule> {
        Api::all(self.client.clone())
    }

    /// The profiles that users wrote.
    pub fn profiles(&self) -> Api<ConformanceProfile> {
        Api::all(self.client.clone())
    }

    /// The runs, for watches.
    pub fn watched_runs(&self) -> Api<ConformanceRun> {
        Api::all(self.streaming.clone())
    }

    /// The results.
    pub fn results(&self) -> Api<ConformanceResult> {
        Api::all(self.client.clone())
    }

    /// Turns an error of the client into a sentence.
    pub fn explain(&self, error: kube::Error) -> Error {
        self.destination.explain(error)
    }

    /// Turns an error of a watch into a sentence.
    pub fn explain_watch(&self, error: watcher::Error) -> Error {
        self.destination.explain_watch(error)
    }

    /// The run of this name.
    pub async fn run(&self, name: &str) -> Result<ConformanceRun, Error> {
        self.runs().get(name).await.map_err(|error| self.explain(error))
    }

    /// What a run measured so far, if anything.
    pub async fn result_of(&self, run: &ConformanceRun) -> Result<Option<ConformanceResult>, Error> {
        let named = run.status.as_ref().and_then(|status| status.result_name.clone());
        let name = named.or_else(|| run.metadata.name.clone()).unwrap_or_default();
        self.results()
            .get_opt(&name)
            .await
            .map_err(|error| self.explain(error))
    }

    #[cfg(test)]
    pub fn for_test(client: Client) -> Self {
        Self {
            streaming: client.clone(),
            proxied: client.clone(),
            client,
            namespace: "conform-system".to_owned(),
            destination: Destination {
                server: "https://test/".to_owned(),
                context: "test".to_owned(),
            },
        }
    }
}

/// The kubeconfig that kubectl would read.
pub fn kubeconfig(global: &Global) -> Result<Kubeconfig, Error> {
    read(global).map_err(|error| of_kubeconfig(&error))
}

fn read(global: &Global) -> Result<Kubeconfig, KubeconfigError> {
    match &global.kubeconfig {
        Some(path) => Kubeconfig::read_from(path),
        None => Kubeconfig::read(),
    }
}

async fn load(global: &Global) -> Result<(Config, String), Error> {
    let kubeconfig = match read(global) {
        Ok(kubeconfig) => kubeconfig,
        Err(error) => return in_cluster(global).ok_or_else(|| of_kubeconfig(&error)),
    };
    let context = global
        .context
        .clone()
        .or_else(|| kubeconfig.current_context.clone())
        .unwrap_or_default();
    let known: Vec<String> = kubeconfig
        .contexts
        .iter()
        .map(|context| context.name.clone())
        .collect();
    let options = KubeConfigOptions {
        context: global.context.clone(),
        ..KubeConfigOptions::default()
    };
    match Config::from_custom_kubeconfig(kubeconfig, &options).await {
        Ok(config) => Ok((config, context)),
        Err(KubeconfigError::LoadContext(name)) => Err(Error::NoContext {
            name,
            known: known.join(", "),
        }),
        Err(error) => Err(of_kubeconfig(&error)),
    }
}

/// In a pod the ServiceAccount serves, unless a kubeconfig or a context was asked for.
fn in_cluster(global: &Global) -> Option<(Config, String)> {
    let asked =
        global.kubeconfig.is_some() || global.context.is_some() || std::env::var_os("KUBECONFIG").is_some();
    if asked || std::env::var_os("KUBERNETES_SERVICE_HOST").is_none() {
        return None;
    }
    Config::incluster()
        .ok()
        .map(|config| (config, "in-cluster".to_owned()))
}

fn of_kubeconfig(error: &KubeconfigError) -> Error {
    match error {
        KubeconfigError::ReadConfig(source, path) if source.kind() == std::io::ErrorKind::NotFound => {
            Error::NoKubeconfig {
                path: path.display().to_string(),
            }
        }
        KubeconfigError::FindPath => Error::NoKubeconfig {
            path: "~/.kube/config".to_owned(),
        },
        KubeconfigError::CurrentContextNotSet => {
            Error::Kubeconfig("it sets no current context: name one with --context".to_owned())
        }
        error => Error::Kubeconfig(error.to_string()),
    }
}

fn unusable(error: &kube::Error) -> Error {
    Error::Kubeconfig(error.to_string())
}
