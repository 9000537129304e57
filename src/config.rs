//! Settings: defaults < file < environment < flags, resolved once, printable.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use config::{Config, Environment, File, FileFormat};
use serde::{Deserialize, Serialize};

use crate::http::{Closing, Token};

/// Everything that can be set. A file has these names; the environment has them in capitals behind
/// `MEMCON_` (`MEMCON_DATA`, `MEMCON_LISTEN`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The data folder. Default `./data`.
    pub data: PathBuf,
    /// Where `serve` listens. Default `127.0.0.1:8080`: this machine only.
    pub listen: SocketAddr,
    /// Threads that read and normalise in `ingest`. Default: one per processor.
    pub threads: usize,
    /// Searches that run at once; further ones wait. Default: two per processor.
    pub searches: usize,
    /// Searches that may wait; further ones are refused with 503. Default 64.
    pub waiting: usize,
    /// Seconds that a request may take. Default 10.
    pub deadline_seconds: u64,
    /// What is logged, in the syntax of `tracing`. Default `info`.
    pub log: String,
    /// The longest body that is taken in, in megabytes. Default 16.
    pub body_megabytes: usize,
    /// What is closed to readers without a token. Default nothing.
    pub closed: Vec<Closing>,
    /// Tokens that see or write more. Default none: everything is open and nothing is written.
    pub tokens: Vec<Token>,
}

impl Default for Settings {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            data: "data".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            threads: processors,
            searches: processors * 2,
            waiting: 64,
            deadline_seconds: 10,
            log: "info".into(),
            body_megabytes: 16,
            closed: Vec::new(),
            tokens: Vec::new(),
        }
    }
}

impl Settings {
    /// Defaults, then the file, then the environment.
    ///
    /// # Errors
    /// A sentence that names the file or the setting.
    pub fn load(file: Option<&Path>) -> Result<Self, config::ConfigError> {
        let defaults = Config::try_from(&Self::default())?;
        let mut sources = Config::builder().add_source(defaults);
        if let Some(file) = file {
            sources = sources.add_source(File::from(file).format(FileFormat::Toml));
        }
        sources.add_source(environment()).build()?.try_deserialize()
    }
}

/// Variables whose names are settings; others that begin with `MEMCON_` belong to flags.
fn environment() -> Environment {
    let names = serde_json::to_value(Settings::default()).unwrap_or_default();
    let known = |name: &str| {
        let bare = name
            .strip_prefix("MEMCON_")
            .unwrap_or_default()
            .to_lowercase();
        names.get(bare).is_some()
    };
    let own = std::env::vars().filter(|(name, _)| known(name)).collect();
    Environment::with_prefix("MEMCON")
        .prefix_separator("_")
        .try_parsing(true)
        .source(Some(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_overrides_defaults_and_unknown_names_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("memcon.toml");
        std::fs::write(&file, "listen = \"0.0.0.0:9000\"\nthreads = 3\n").unwrap();
        let settings = Settings::load(Some(&file)).unwrap();
        assert_eq!((settings.listen.port(), settings.threads), (9000, 3));
        std::fs::write(&file, "thread = 3\n").unwrap();
        let error = Settings::load(Some(&file)).unwrap_err().to_string();
        assert!(error.contains("thread"), "{error}");
    }
}
