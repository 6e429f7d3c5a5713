//! From which address somebody comes: that of the connection, or what a proxy says that is trusted.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};

/// The address that somebody comes from, among a request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// A network, or one address, such as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "write an address or a network, such as 192.0.2.7 or 10.0.0.0/8";
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| wrong)?;
        if bits > most {
            return Err(wrong);
        }
        Ok(Self { address, bits })
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        // What both have in common at their beginning.
        let same = match (self.address, address) {
            (IpAddr::V4(one), IpAddr::V4(other)) => {
                (one.to_bits() ^ other.to_bits()).leading_zeros()
            }
            (IpAddr::V6(one), IpAddr::V6(other)) => {
                (one.to_bits() ^ other.to_bits()).leading_zeros()
            }
            _ => return false,
        };
        same >= u32::from(self.bits)
    }
}

/// Finds it out, for whatever answers the request.
pub async fn find(
    State(trusted): State<Arc<[Network]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip());
    if let Some(peer) = peer {
        let address = client(peer, request.headers(), &trusted);
        request.extensions_mut().insert(ClientAddress(address));
    }
    next.run(request).await
}

/// The last address that no trusted proxy has: what stands before it anybody may have written.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut address = peer.to_canonical();
    // Bytes: what is no text before an address does not hide it.
    let hops: Vec<&[u8]> = headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .collect();
    for hop in hops.into_iter().rev() {
        if !is_trusted(address) {
            break;
        }
        match parsed(hop) {
            Some(hop) => address = hop,
            // The proxy itself does not know.
            None => break,
        }
    }
    address
}

/// An address as proxies write it, with a port or without.
fn parsed(hop: &[u8]) -> Option<IpAddr> {
    let hop = std::str::from_utf8(hop).ok()?.trim();
    hop.parse()
        .or_else(|_| hop.parse().map(|with_port: SocketAddr| with_port.ip()))
        .ok()
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn found(peer: &str, forwarded: &[&'static str], trusted: &str) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_static(value));
        }
        let trusted: Vec<Network> = trusted
            .split_terminator(',')
            .map(|network| network.parse().expect("a network"))
            .collect();
        client(peer.parse().expect("an address"), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_who_is_no_trusted_proxy() {
        assert_eq!(found("192.0.2.7", &["203.0.113.1"], ""), "192.0.2.7");
        assert_eq!(
            found("192.0.2.7", &["203.0.113.1"], "10.0.0.0/8"),
            "192.0.2.7"
        );
    }

    #[test]
    fn behind_proxies_it_is_the_last_address_that_none_of_them_has() {
        let trusted = "10.0.0.0/8,2001:db8::/32,127.0.0.1";
        for (peer, forwarded, expected) in [
            ("10.1.2.3", &["203.0.113.1"][..], "203.0.113.1"),
            ("10.1.2.3", &["1.1.1.1, 203.0.113.1"], "203.0.113.1"),
            (
                "10.1.2.3",
                &["1.1.1.1", "203.0.113.1, 10.9.9.9"],
                "203.0.113.1",
            ),
            ("2001:db8::5", &["[2001:db9::1]:443"], "2001:db9::1"),
            ("::ffff:10.1.2.3", &["203.0.113.1:5000"], "203.0.113.1"),
            ("127.0.0.1", &["unknown"], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.1, unknown"], "127.0.0.1"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("10.1.2.3", &["10.0.0.1"], "10.0.0.1"),
        ] {
            assert_eq!(found(peer, forwarded, trusted), expected, "{forwarded:?}");
        }
    }

    #[test]
    fn what_is_no_text_hides_nobody() {
        let trusted: Network = "10.0.0.0/8".parse().expect("a network");
        let peer: IpAddr = "10.1.2.3".parse().expect("an address");
        for (forwarded, expected) in [
            (&["?, 203.0.113.1"][..], "203.0.113.1"),
            (&["?", "203.0.113.1, 10.9.9.9"], "203.0.113.1"),
            (&["203.0.113.1, ?"], "10.1.2.3"),
            (&["203.0.113.1, ?, 10.9.9.9"], "10.9.9.9"),
        ] {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                let bytes: Vec<u8> = value
                    .bytes()
                    .map(|byte| if byte == b'?' { 0xff } else { byte })
                    .collect();
                let value = HeaderValue::from_bytes(&bytes).expect("a header");
                headers.append("x-forwarded-for", value);
            }
            let found = client(peer, &headers, &[trusted]).to_string();
            assert_eq!(found, expected, "{forwarded:?}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for bad in [
            "",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "proxy",
            "10.0.0.0/-1",
        ] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
        let all: Network = "0.0.0.0/0".parse().expect("a network");
        assert!(all.contains("255.255.255.255".parse().expect("an address")));
        assert!(!all.contains("::1".parse().expect("an address")));
    }
}
