//! Who asks: the other end of the connection or, where that is a trusted proxy, whom it names. Addresses are
//! counted in groups of which one party has many for nothing: IPv6 by /64.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::{HeaderMap, HeaderName};

use crate::config::Network;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The other end of the connection: an extension of every request that came through a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// The proxies whose word is taken.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<Network>);

impl Proxies {
    /// Those of some networks.
    pub fn new(networks: &[Network]) -> Self {
        Self(networks.to_vec())
    }

    /// Whether an address is one of them.
    pub fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// Whether this machine asks for itself: nobody else is said to ask through it.
    pub fn is_own(&self, peer: Peer, headers: &HeaderMap) -> bool {
        let peer = peer.0.to_canonical();
        peer.is_loopback() && !self.trust(peer) && !headers.contains_key(FORWARDED_FOR)
    }

    /// Who asks. Each proxy adds the address from which it was asked at the right of `X-Forwarded-For`;
    /// what stands further left than the first that is not trusted, anybody may have written.
    pub fn asker(&self, peer: Peer, headers: &HeaderMap) -> IpAddr {
        let mut asker = peer.0.to_canonical();
        let lines = headers.get_all(FORWARDED_FOR).into_iter();
        let lines: Vec<&str> = lines
            .map(|line| line.to_str().unwrap_or_default())
            .collect();
        for entry in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            if !self.trust(asker) {
                break;
            }
            match read(entry.trim()) {
                Some(address) => asker = address,
                None => break,
            }
        }
        asker
    }
}

/// An address, with or without a port.
fn read(entry: &str) -> Option<IpAddr> {
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    let alone = bare.parse::<IpAddr>().ok();
    let with_port = || entry.parse::<std::net::SocketAddr>().ok().map(|s| s.ip());
    alone.or_else(with_port).map(|a| a.to_canonical())
}

/// The address under which a party is counted.
pub fn group(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asker(trusted: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let networks: Vec<Network> = trusted.iter().map(|n| n.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let peer = Peer(peer.parse().unwrap());
        Proxies::new(&networks).asker(peer, &headers).to_string()
    }

    #[test]
    fn this_machine_asks_for_itself_unless_it_forwards() {
        let own = |trusted: &[Network], peer: &str, forwarded: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append(FORWARDED_FOR, line.parse().unwrap());
            }
            Proxies::new(trusted).is_own(Peer(peer.parse().unwrap()), &headers)
        };
        let proxy = ["127.0.0.1".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        assert!(own(&[], "127.0.0.1", &[]) && own(&[], "::1", &[]));
        assert!(!own(&[], "127.0.0.1", &["203.0.113.9"]));
        assert!(!own(&proxy, "127.0.0.1", &[]));
        // Whoever says that he is this machine is not.
        assert!(!own(&proxy, "10.1.2.3", &["127.0.0.1"]));
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let own = ["127.0.0.1", "10.0.0.0/8"];
        for (peer, forwarded, expected) in [
            ("198.51.100.1", &["203.0.113.9"][..], "198.51.100.1"),
            ("127.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", &["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", &["203.0.113.9, 10.1.2.3"], "203.0.113.9"),
            (
                "127.0.0.1",
                &["1.1.1.1", "203.0.113.9,10.1.2.3"],
                "203.0.113.9",
            ),
            ("127.0.0.1", &["203.0.113.9:4711"], "203.0.113.9"),
            ("127.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("127.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            ("127.0.0.1", &["203.0.113.9, nonsense"], "127.0.0.1"),
            ("::ffff:127.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("10.0.0.1", &["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
        ] {
            assert_eq!(
                asker(&own, peer, forwarded),
                expected,
                "{peer} {forwarded:?}"
            );
        }
        assert_eq!(asker(&[], "127.0.0.1", &["203.0.113.9"]), "127.0.0.1");
    }

    #[test]
    fn a_party_has_one_address() {
        let grouped = |text: &str| group(text.parse().unwrap()).to_string();
        assert_eq!(grouped("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(grouped("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
