//! Settings: defaults < file < environment < flags, resolved once, printable. One struct per concern.

mod limits;
mod network;
mod sources;
mod telemetry;

pub use limits::Limits;
pub use network::Network;
pub use sources::names;
pub use telemetry::{LogFormat, Telemetry};

use std::{net::SocketAddr, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::http::{Closing, Token};

/// Everything that can be set. A file has these names, and a table for each struct among them; the
/// environment has them in capitals behind `MEMCON_`, joined by `_` (`MEMCON_DATA`,
/// `MEMCON_LIMITS_EXPORTS`).
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
    /// What is closed to readers without a token. Default: nothing.
    pub closed: Vec<Closing>,
    /// Tokens that see or write more. Default: none, so that nothing is written.
    pub tokens: Vec<Token>,
    /// What outsiders may send and hold.
    pub limits: Limits,
    /// What is told of the server's work.
    pub telemetry: Telemetry,
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
            closed: Vec::new(),
            tokens: Vec::new(),
            limits: Limits::default(),
            telemetry: Telemetry::default(),
        }
    }
}
