//! Where a request comes from, as the proxies that are believed say, and under which address people
//! reach this server.
//!
//! This program speaks HTTP alone, so that only a proxy can know whether the browser spoke HTTPS and
//! what its address is. It says so in `X-Forwarded-*`, which anybody can send: it is believed of
//! this machine and of the networks that were named, and of nobody else.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, Uri};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// A range of addresses, such as `10.0.0.0/8`, or a single one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

/// Not an address, nor one with the length of a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address or network, such as 10.0.0.1 or 10.0.0.0/8")]
pub struct NotANetwork;

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match bits {
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= most).ok_or(NotANetwork)?,
            None => most,
        };
        Ok(Self { address, prefix_bits })
    }
}

impl Network {
    /// Whether the address lies in the network.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (network, address, bits) = match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                (u128::from(u32::from(network)), u128::from(u32::from(address)), 32)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (u128::from(network), u128::from(address), 128)
            }
            _ => return false,
        };
        let host_bits = bits - u32::from(self.prefix_bits);
        (network ^ address).checked_shr(host_bits).unwrap_or(0) == 0
    }
}

/// Not an address that people could reach a server by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address such as https://photos.example.org")]
pub struct NotAnAddress;

/// The address under which people reach this server: a scheme and a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalUrl {
    is_https: bool,
    host: String,
}

impl FromStr for ExternalUrl {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let uri: Uri = text.trim_end_matches('/').parse().map_err(|_| NotAnAddress)?;
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(NotAnAddress),
        };
        let has_more = !matches!(uri.path(), "" | "/") || uri.query().is_some();
        let authority = uri.authority().filter(|a| !a.as_str().contains('@') && !has_more);
        let host = authority.ok_or(NotAnAddress)?.as_str().to_ascii_lowercase();
        Ok(Self { is_https, host })
    }
}

impl std::fmt::Display for ExternalUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = if self.is_https { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.host)
    }
}

/// What is known of the way from browsers to this server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The networks whose proxies are believed, beside this machine.
    pub proxies: Vec<Network>,
    /// The address under which people reach the server.
    pub external_url: Option<ExternalUrl>,
}

/// Who sent a request, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The client's address; `None` when it is not known.
    pub address: Option<IpAddr>,
    /// Whether the client spoke HTTPS.
    pub is_https: bool,
    /// The name and port that the client asked for, in lower case.
    pub host: Option<String>,
}

impl Site {
    /// Who sent the request that came from `peer` with these headers.
    pub fn client(&self, peer: Option<SocketAddr>, uri: &Uri, headers: &HeaderMap) -> Client {
        let peer = peer.map(|peer| peer.ip().to_canonical());
        let said = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let asked = uri.authority().map(Authority::as_str).or_else(|| said(&HOST));
        let is_believed = peer.is_some_and(|peer| self.believes(peer));
        if !is_believed {
            return Client {
                address: peer,
                is_https: self.is_external_https(asked),
                host: asked.map(str::to_ascii_lowercase),
            };
        }
        let host = said(&FORWARDED_HOST).and_then(first).or(asked);
        let scheme = said(&FORWARDED_PROTO).and_then(first);
        Client {
            address: self.forwarded_for(headers).or(peer),
            is_https: match scheme {
                Some(scheme) => scheme.eq_ignore_ascii_case("https"),
                None => self.is_external_https(host),
            },
            host: host.map(str::to_ascii_lowercase),
        }
    }

    fn believes(&self, address: IpAddr) -> bool {
        address.is_loopback() || self.proxies.iter().any(|proxy| proxy.contains(address))
    }

    /// Every proxy appends the address that it was asked from, so the last one that is no proxy of
    /// ours is the client; what stands before it is only claimed.
    fn forwarded_for(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let lines = headers.get_all(FORWARDED_FOR).into_iter();
        let said: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
        let mut client = None;
        for hop in said.iter().flat_map(|line| line.split(',')).rev() {
            let Some(address) = hop_address(hop.trim()) else { break };
            client = Some(address);
            if !self.believes(address) {
                break;
            }
        }
        client
    }

    /// Whether that host is the one which people reach by HTTPS.
    fn is_external_https(&self, host: Option<&str>) -> bool {
        let external = self.external_url.as_ref().filter(|external| external.is_https);
        external.is_some_and(|external| {
            host.is_some_and(|host| host.eq_ignore_ascii_case(&external.host))
        })
    }

    /// Whether `origin`, as in an `Origin` header, is this server itself for this client.
    pub fn is_own_origin(&self, client: &Client, origin: &str) -> bool {
        let Ok(origin) = origin.parse::<ExternalUrl>() else { return false };
        self.external_url.as_ref() == Some(&origin)
            || client.host.as_deref().is_some_and(|host| {
                without_default_port(host) == without_default_port(&origin.host)
            })
    }
}

fn first(list: &str) -> Option<&str> {
    list.split(',').next().map(str::trim).filter(|first| !first.is_empty())
}

/// The address of a hop, which may have a port.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().or_else(|_| hop.parse::<SocketAddr>().map(|hop| hop.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

/// Browsers leave the port of the scheme out, and so do proxies, but not always both.
fn without_default_port(host: &str) -> &str {
    host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        map
    }

    fn site() -> Site {
        Site {
            proxies: vec!["10.0.0.0/8".parse().unwrap(), "2001:db8::1".parse().unwrap()],
            external_url: Some("https://photos.example.org/".parse().unwrap()),
        }
    }

    fn client(peer: &str, pairs: &[(&'static str, &'static str)]) -> Client {
        let peer = Some(peer.parse().unwrap());
        site().client(peer, &Uri::from_static("/x"), &headers(pairs))
    }

    #[test]
    fn networks_hold_what_shares_their_prefix() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("10.0.0.1", "10.0.0.1", "10.0.0.2"),
            ("192.168.1.128/25", "192.168.1.200", "192.168.1.100"),
            ("0.0.0.0/0", "255.0.0.1", "::1"),
            ("2001:db8::/32", "2001:db8:1::1", "2001:db9::1"),
            ("::/0", "::1", "10.0.0.1"),
            ("10.0.0.0/8", "::ffff:10.0.0.1", "::ffff:11.0.0.1"),
        ] {
            let network: Network = network.parse().unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{network:?} {inside}");
            assert!(!network.contains(outside.parse().unwrap()), "{network:?} {outside}");
        }
        for text in ["", "10.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/", "x/8", "10.0.0.0/-1"] {
            assert_eq!(text.parse::<Network>(), Err(NotANetwork), "{text}");
        }
    }

    #[test]
    fn only_proxies_that_are_believed_say_where_a_request_comes_from() {
        let says = [("x-forwarded-for", "198.51.100.7"), ("x-forwarded-proto", "https")];
        for (peer, address, is_https) in [
            ("127.0.0.1:9", "198.51.100.7", true),
            ("[::1]:9", "198.51.100.7", true),
            ("[::ffff:127.0.0.1]:9", "198.51.100.7", true),
            ("10.1.2.3:9", "198.51.100.7", true),
            ("[2001:db8::1]:9", "198.51.100.7", true),
            ("203.0.113.1:9", "203.0.113.1", false),
            ("[2001:db8::2]:9", "2001:db8::2", false),
        ] {
            let client = client(peer, &says);
            assert_eq!(client.address, Some(address.parse().unwrap()), "{peer}");
            assert_eq!(client.is_https, is_https, "{peer}");
        }
        assert_eq!(site().client(None, &Uri::from_static("/"), &headers(&says)).address, None);
    }

    #[test]
    fn what_a_client_claims_before_the_proxies_is_not_believed() {
        let forwarded = |lines: &[&'static str]| {
            let pairs: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
            client("127.0.0.1:9", &pairs).address.unwrap().to_string()
        };
        assert_eq!(forwarded(&["1.2.3.4, 198.51.100.7, 10.0.0.5"]), "198.51.100.7");
        assert_eq!(forwarded(&["1.2.3.4", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(forwarded(&["10.0.0.4, 10.0.0.5"]), "10.0.0.4");
        assert_eq!(forwarded(&["198.51.100.7:1234"]), "198.51.100.7");
        assert_eq!(forwarded(&["[2001:db8::7]:1234"]), "2001:db8::7");
        assert_eq!(forwarded(&["[2001:db8::7]"]), "2001:db8::7");
        assert_eq!(forwarded(&["unknown"]), "127.0.0.1");
        assert_eq!(forwarded(&["1.2.3.4, garbage, 10.0.0.5"]), "10.0.0.5");
        assert_eq!(forwarded(&[]), "127.0.0.1");
    }

    #[test]
    fn https_is_what_a_proxy_says_or_the_external_address_has() {
        let https = |peer, pairs: &[(&'static str, &'static str)]| client(peer, pairs).is_https;
        assert!(https("127.0.0.1:9", &[("x-forwarded-proto", "HTTPS")]));
        assert!(!https("127.0.0.1:9", &[("x-forwarded-proto", "http")]));
        assert!(https("127.0.0.1:9", &[("host", "Photos.example.org")]));
        assert!(!https("127.0.0.1:9", &[("host", "localhost:2283")]));
        let contradicted = [("host", "photos.example.org"), ("x-forwarded-proto", "http")];
        assert!(!https("127.0.0.1:9", &contradicted));
        assert!(https("203.0.113.1:9", &[("host", "photos.example.org")]));
    }

    #[test]
    fn a_server_knows_its_own_origins() {
        let behind = client("10.0.0.1:9", &[("host", "kalends:2283"), ("x-forwarded-host", "a.b")]);
        let direct = client("203.0.113.1:9", &[("host", "kalends:2283")]);
        for (client, origin, is_own) in [
            (&direct, "http://kalends:2283", true),
            (&direct, "http://KALENDS:2283", true),
            (&direct, "https://photos.example.org", true),
            (&direct, "http://photos.example.org", false),
            (&direct, "http://kalends:2284", false),
            (&direct, "http://evil.example", false),
            (&direct, "http://kalends:2283.evil.example", false),
            (&direct, "null", false),
            (&direct, "", false),
            (&behind, "https://a.b", true),
            (&behind, "https://a.b:443", true),
            (&behind, "http://kalends:2283", false),
        ] {
            assert_eq!(site().is_own_origin(client, origin), is_own, "{origin}");
        }
    }

    #[test]
    fn external_addresses_are_a_scheme_and_a_host() {
        let shown = |text: &str| text.parse::<ExternalUrl>().map(|url| url.to_string());
        assert_eq!(shown("https://A.example/"), Ok("https://a.example".into()));
        assert_eq!(shown("http://a.example:81"), Ok("http://a.example:81".into()));
        for text in ["", "a.example", "ftp://a.example", "https://", "https://a/b", "https://u@a"] {
            assert_eq!(shown(text), Err(NotAnAddress), "{text}");
        }
    }
}
