//! What outsiders may send and hold: sizes, times, numbers.

use serde::{Deserialize, Serialize};

use super::Network;

/// Bounds on everything that comes from outside; searches have theirs in [`super::Settings`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Connections at once; further ones are answered 503 and closed. Default 512.
    pub connections: usize,
    /// Connections of one address at once; trusted proxies and this machine itself have no such bound.
    /// Default 64.
    pub connections_per_address: usize,
    /// Seconds after which a connection is closed once its present request is answered. Default 3600.
    pub connection_seconds: u64,
    /// Bytes of a request's head, at least 8192; a longer one is answered 431. Default 65536.
    pub header_bytes: usize,
    /// Headers of a request; more are answered 431. Default 100.
    pub headers: usize,
    /// Seconds in which a request's head must have come, also the next one of a connection. Default 10.
    pub header_seconds: u64,
    /// Bytes of a request's body, where a route takes one; a longer one is answered 413. Default 16777216.
    pub body_bytes: usize,
    /// Seconds in which a request's body must have come. Default 30.
    pub body_seconds: u64,
    /// Seconds in which a client must take the next part of an answer. Default 30.
    pub write_seconds: u64,
    /// Seconds in which a client must have taken a whole answer, exports among them. Default 900.
    pub answer_seconds: u64,
    /// Exports at once; further ones are refused with 503. Default 4.
    pub exports: usize,
    /// Requests of one address in a second, in the long run; more are answered 429. An IPv6 address
    /// stands for its /64. 0 switches this off. Default 50.
    pub rate_per_second: u32,
    /// Requests that one address may send at once after a pause. Default 300.
    pub rate_burst: u32,
    /// Requests that an export counts for. Default 20.
    pub export_cost: u32,
    /// Addresses and networks (`10.0.0.0/8`) of proxies whose `X-Forwarded-For` is believed. Default: none.
    pub trusted_proxies: Vec<Network>,
    /// Seconds between a signal to stop, when `/readyz` begins to answer 503, and the end of listening.
    /// Default 1.
    pub drain_seconds: u64,
    /// Seconds that requests under way are then given to end. Default 20.
    pub stop_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            connections_per_address: 64,
            connection_seconds: 3600,
            header_bytes: 65_536,
            headers: 100,
            header_seconds: 10,
            body_bytes: 16 << 20,
            body_seconds: 30,
            write_seconds: 30,
            answer_seconds: 900,
            exports: 4,
            rate_per_second: 50,
            rate_burst: 300,
            export_cost: 20,
            trusted_proxies: Vec::new(),
            drain_seconds: 1,
            stop_seconds: 20,
        }
    }
}
