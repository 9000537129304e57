//! How many connections there are, in all and of one address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::address::{Proxies, group};

/// The places for connections.
pub struct Seats {
    most: usize,
    most_per_address: usize,
    places: Arc<Semaphore>,
    by_address: Mutex<HashMap<IpAddr, usize>>,
    proxies: Proxies,
    refused: AtomicU64,
}

/// The place of one connection, until it is dropped.
pub struct Seat {
    _place: OwnedSemaphorePermit,
    /// The address under which it is counted, if it is.
    counted: Option<IpAddr>,
    seats: Arc<Seats>,
}

impl Seats {
    /// So many in all and for each address that is no proxy.
    pub fn new(most: usize, most_per_address: usize, proxies: Proxies) -> Arc<Self> {
        let most = most.clamp(1, u32::MAX as usize);
        Arc::new(Self {
            most,
            most_per_address,
            places: Arc::new(Semaphore::new(most)),
            by_address: Mutex::default(),
            proxies,
            refused: AtomicU64::new(0),
        })
    }

    /// A place for a connection, if there is one.
    pub fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Seat> {
        let seat = self.seat(peer);
        if seat.is_none() {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        seat
    }

    fn seat(self: &Arc<Self>, peer: IpAddr) -> Option<Seat> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let peer = peer.to_canonical();
        let counted = !peer.is_loopback() && !self.proxies.trust(peer);
        let counted = counted.then(|| group(peer));
        if let Some(address) = counted {
            let mut by_address = self.by_address();
            let taken = by_address.get(&address).copied().unwrap_or(0);
            if taken >= self.most_per_address {
                return None;
            }
            by_address.insert(address, taken + 1);
        }
        Some(Seat {
            _place: place,
            counted,
            seats: self.clone(),
        })
    }

    /// How many are taken.
    pub fn taken(&self) -> usize {
        self.most - self.places.available_permits()
    }

    /// How many connections were refused since the start.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Waits until none is taken; nobody gets one afterwards.
    pub async fn all_left(&self) {
        let all = u32::try_from(self.most).unwrap_or(u32::MAX);
        if let Ok(all) = self.places.acquire_many(all).await {
            all.forget();
        }
    }

    fn by_address(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(address) = self.counted else { return };
        let mut by_address = self.seats.by_address();
        match by_address.get_mut(&address) {
            Some(taken) if *taken > 1 => *taken -= 1,
            _ => {
                by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_share_and_proxies_have_more() {
        let proxies = Proxies::new(&["10.0.0.0/8".parse().unwrap()]);
        let seats = Seats::new(6, 2, proxies);
        let first = seats.take(address("192.0.2.7"));
        let second = seats.take(address("192.0.2.7"));
        assert!(first.is_some() && second.is_some());
        assert!(seats.take(address("192.0.2.7")).is_none());
        drop(first);
        let third = seats.take(address("::ffff:192.0.2.7"));
        assert!(third.is_some() && seats.take(address("192.0.2.7")).is_none());
        let proxied = [(); 4].map(|()| seats.take(address("10.1.1.1")));
        assert!(proxied.iter().all(Option::is_some));
        assert!(seats.take(address("203.0.113.9")).is_none());
        assert_eq!((seats.taken(), seats.refused()), (6, 3));
        drop((second, third, proxied));
        assert_eq!(seats.taken(), 0);
        assert!(seats.by_address().is_empty());
    }
}
