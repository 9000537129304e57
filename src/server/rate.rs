//! How much one address may ask. This machine itself is not limited, unless it forwards for others.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::NoOpMiddleware,
    state::keyed::HashMapStateStore,
};

use super::address::{Peer, Proxies, group};
use crate::{config::Limits, http::Failure};

/// The route that counts for more than one request.
const EXPORT: &str = "/v1/export";

/// Requests after which addresses that have asked nothing for a while are forgotten.
const SWEEP: u64 = 1024;

type Limiter<C> =
    RateLimiter<IpAddr, HashMapStateStore<IpAddr>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// The rate of every address that has asked lately.
pub struct Rate<C: Clock = DefaultClock> {
    limiter: Option<Limiter<C>>,
    clock: C,
    burst: NonZeroU32,
    export_cost: NonZeroU32,
    proxies: Proxies,
    asked: AtomicU64,
    refused: AtomicU64,
}

impl Rate {
    /// As settings have it.
    pub fn new(limits: &Limits) -> Self {
        Self::with_clock(limits, DefaultClock::default())
    }
}

impl<C: Clock + Clone> Rate<C> {
    fn with_clock(limits: &Limits, clock: C) -> Self {
        let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let burst = at_least_one(limits.rate_burst);
        let limiter = NonZeroU32::new(limits.rate_per_second).map(|rate| {
            let quota = Quota::per_second(rate).allow_burst(burst);
            RateLimiter::hashmap_with_clock(quota, clock.clone())
        });
        Self {
            limiter,
            clock,
            burst,
            export_cost: at_least_one(limits.export_cost).min(burst),
            proxies: Proxies::new(&limits.trusted_proxies),
            asked: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }
    }

    /// How many requests were refused since the start.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Lets a request through, or tells how long to wait.
    fn take(&self, asker: IpAddr, cost: NonZeroU32) -> Result<(), Duration> {
        let Some(limiter) = self.limiter.as_ref() else {
            return Ok(());
        };
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        let cost = cost.min(self.burst);
        match limiter.check_key_n(&group(asker), cost) {
            Ok(Err(early)) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                Err(early.wait_time_from(self.clock.now()))
            }
            // The cost is never more than the burst.
            Ok(Ok(())) | Err(_) => Ok(()),
        }
    }

    fn cost(&self, route: Option<&MatchedPath>) -> NonZeroU32 {
        match route {
            Some(route) if route.as_str() == EXPORT => self.export_cost,
            _ => NonZeroU32::MIN,
        }
    }
}

/// Refuses whoever asks more than his share. Requests without a peer did not come through a socket.
pub async fn limit(State(rate): State<Arc<Rate>>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>();
    let peer = peer.filter(|peer| !rate.proxies.is_own(**peer, request.headers()));
    let asker = peer.map(|peer| rate.proxies.asker(*peer, request.headers()));
    let cost = rate.cost(request.extensions().get());
    match asker.map_or(Ok(()), |asker| rate.take(asker, cost)) {
        Ok(()) => next.run(request).await,
        Err(wait) => Failure::too_often(whole_seconds(wait)).into(),
    }
}

/// Rounded up, and never 0.
fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn rate(rate_per_second: u32) -> (Rate<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let limits = Limits {
            rate_per_second,
            rate_burst: 3,
            ..Limits::default()
        };
        (Rate::with_clock(&limits, clock.clone()), clock)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    const ONE: NonZeroU32 = NonZeroU32::MIN;

    #[test]
    fn an_address_has_a_burst_and_then_its_rate() {
        let (rate, clock) = rate(1);
        let asks = || rate.take(address("192.0.2.7"), ONE);
        assert_eq!([asks(), asks(), asks()], [Ok(()); 3]);
        assert_eq!(asks(), Err(Duration::from_secs(1)));
        assert_eq!(rate.take(address("192.0.2.8"), ONE), Ok(()));
        clock.advance(Duration::from_secs(1));
        assert_eq!(asks(), Ok(()));
        assert!(asks().is_err());
        assert_eq!(rate.refused(), 2);
    }

    #[test]
    fn an_export_costs_more_and_never_more_than_a_burst() {
        let (rate, _) = rate(1);
        assert_eq!(rate.export_cost.get(), 3);
        assert_eq!(rate.take(address("2001:db8::1"), rate.export_cost), Ok(()));
        assert!(rate.take(address("2001:db8::2"), ONE).is_err());
    }

    #[test]
    fn nobody_is_limited_with_a_rate_of_none() {
        let (unlimited, _) = rate(0);
        for _ in 0..10 {
            assert_eq!(unlimited.take(address("192.0.2.7"), ONE), Ok(()));
        }
    }

    #[test]
    fn addresses_that_ask_no_more_are_forgotten() {
        let (rate, clock) = rate(1);
        for n in 0..5000_u32 {
            assert_eq!(rate.take(IpAddr::from(n.to_be_bytes()), ONE), Ok(()));
            clock.advance(Duration::from_millis(100));
        }
        let known = rate.limiter.as_ref().map_or(0, RateLimiter::len);
        assert!(known <= SWEEP as usize + 30, "{known}");
    }

    #[test]
    fn waiting_is_told_in_whole_seconds() {
        let seconds = [0, 20, 1000, 1001].map(|ms| whole_seconds(Duration::from_millis(ms)));
        assert_eq!(seconds, [1, 1, 1, 2]);
    }
}
