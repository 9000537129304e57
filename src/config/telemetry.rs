//! What is told of the server's work: log lines, figures, spans.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// How the server's work is told, and what of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    /// How log lines are written: `text` or `json`. Default `text`.
    pub log_format: LogFormat,
    /// Whether log lines of requests have the words of the query, which are the reader's own. Default
    /// false.
    pub log_queries: bool,
    /// A request that takes longer is logged once more, with the plan of its search. Default 1000.
    pub slow_milliseconds: u64,
    /// Where figures for Prometheus are had, under `/metrics`; never to be open to outsiders. Default:
    /// nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Where spans go by OTLP over HTTP, as `http://127.0.0.1:4318/v1/traces`; only a program built with
    /// the feature `otel` can. Default: nowhere.
    pub otel_endpoint: Option<String>,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            log_format: LogFormat::Text,
            log_queries: false,
            slow_milliseconds: 1000,
            metrics_listen: None,
            otel_endpoint: None,
        }
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}
