//! Whether a request was addressed to this very machine by a name that says so.
//!
//! A server on loopback that answers without credentials can be reached by any web page through a
//! name that its author points at 127.0.0.1. Such a request carries that name in `Host`; a person's
//! own carries `localhost` or a loopback address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::header::HOST;
use http::{HeaderMap, Uri};

/// Whether the request names this machine: `localhost`, an address in 127.0.0.0/8 or `[::1]`, with
/// any port. A request with no `Host`, with several, or with one that contradicts its own address
/// does not.
pub fn names_loopback(uri: &Uri, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let named = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok(),
        (None, _) => None,
        (Some(_), Some(_)) => return false,
    };
    // HTTP/2 sends the name as part of the address; when both are there, both must hold.
    match (named, uri.authority()) {
        (Some(host), Some(authority)) => is_loopback(host) && is_loopback(authority.as_str()),
        (Some(host), None) => is_loopback(host),
        (None, Some(authority)) => headers.get(HOST).is_none() && is_loopback(authority.as_str()),
        (None, None) => false,
    }
}

/// Whether `host`, as in a `Host` header, names the machine itself.
pub fn is_loopback(host: &str) -> bool {
    let Some(name) = without_port(host) else { return false };
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let bracketed = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match bracketed {
        Some(inner) => inner.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()),
        None => name.parse::<Ipv4Addr>().is_ok_and(|address| IpAddr::V4(address).is_loopback()),
    }
}

fn without_port(host: &str) -> Option<&str> {
    let end_of_name = host.rfind(']').map_or(0, |bracket| bracket + 1);
    let Some(colon) = host[end_of_name..].find(':').map(|at| at + end_of_name) else {
        return Some(host);
    };
    let port = &host[colon + 1..];
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && port.len() <= 5;
    is_port.then(|| &host[..colon])
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn only_names_of_this_machine_pass() {
        for host in [
            "localhost",
            "LocalHost:2283",
            "127.0.0.1",
            "127.0.0.1:2283",
            "127.255.1.2:80",
            "[::1]",
            "[::1]:2283",
            "localhost:",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            ":80",
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "127.1",
            "0127.0.0.1",
            "2130706433",
            "0.0.0.0",
            "10.0.0.1",
            "::1",
            "[::2]:80",
            "[::ffff:127.0.0.1]",
            "localhost:80:80",
            "localhost:x",
            "user@localhost",
            "localhost@example.com",
            "localhost/",
            " localhost",
            "]",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn several_hosts_none_and_contradictions_are_refused() {
        let headers = |hosts: &[&'static str]| {
            let mut map = HeaderMap::new();
            for host in hosts {
                map.append(HOST, HeaderValue::from_static(host));
            }
            map
        };
        let path: Uri = "/x".parse().unwrap();
        let absolute: Uri = "http://localhost:1/x".parse().unwrap();
        assert!(names_loopback(&path, &headers(&["localhost"])));
        assert!(names_loopback(&absolute, &headers(&[])));
        assert!(names_loopback(&absolute, &headers(&["localhost:1"])));
        assert!(!names_loopback(&path, &headers(&[])));
        assert!(!names_loopback(&path, &headers(&["localhost", "localhost"])));
        assert!(!names_loopback(&absolute, &headers(&["evil.example"])));
    }
}
