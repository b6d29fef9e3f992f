//! The session cookie.

use axum::http::{HeaderMap, HeaderName, header::COOKIE};

/// Its name where the site comes by http, which is on one machine.
const SESSION: &str = "session";
/// Its name where the site comes by https: a browser takes a cookie of this name from this very host alone,
/// so that a page of a sibling domain can't put its own in the place.
const HOST_SESSION: &str = "__Host-session";
/// How the client's request came, where something in between took it.
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// What a browser says of the page that a request is from, and no page can say for it.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether the client's request came by https.
fn is_https(headers: &HeaderMap) -> bool {
    let proto = headers.get(&FORWARDED).and_then(|value| value.to_str().ok()).unwrap_or_default();
    proto.split(',').next().is_some_and(|first| first.trim().eq_ignore_ascii_case("https"))
}

/// Its value in a request, among other cookies. A browser that came by https has it by its longer name only;
/// programs may send either.
pub(super) fn cookie(headers: &HeaderMap) -> Option<&str> {
    named(headers, HOST_SESSION).or_else(|| {
        let is_browser = headers.contains_key(&FETCH_SITE);
        (!(is_browser && is_https(headers))).then(|| named(headers, SESSION)).flatten()
    })
}

fn named<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
}

/// The cookie that carries `token`, for the client whose request had these `headers`; an empty one takes it
/// away.
pub fn session_cookie(headers: &HeaderMap, token: &str, seconds: u64) -> String {
    let name = if is_https(headers) { HOST_SESSION } else { SESSION };
    format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(of: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in of {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_session_cookie_is_found_among_others() {
        assert_eq!(cookie(&headers(&[("cookie", "a=1; session=abc; b=2")])), Some("abc"));
        assert_eq!(cookie(&headers(&[("cookie", "xsession=abc")])), None);
        let both = headers(&[("cookie", "session=abc; __Host-session=def")]);
        assert_eq!(cookie(&both), Some("def"));
    }

    #[test]
    fn a_browser_by_https_has_it_by_its_longer_name_only() {
        let plain = ("cookie", "session=abc");
        let (https, page) = (("x-forwarded-proto", "https"), ("sec-fetch-site", "same-origin"));
        assert_eq!(
            cookie(&headers(&[plain, https, page])),
            None,
            "a sibling domain may have set it"
        );
        assert_eq!(cookie(&headers(&[plain, https])), Some("abc"), "a program");
        assert_eq!(cookie(&headers(&[plain, page])), Some("abc"), "on one machine");
        let own = ("cookie", "__Host-session=def");
        assert_eq!(cookie(&headers(&[own, https, page])), Some("def"));
    }

    #[test]
    fn its_name_follows_from_how_the_site_comes() {
        let https = headers(&[("x-forwarded-proto", "https, http")]);
        assert!(session_cookie(&https, "t", 9).starts_with("__Host-session=t; Path=/; Max-Age=9;"));
        for http in [headers(&[]), headers(&[("x-forwarded-proto", "http")])] {
            let cookie = session_cookie(&http, "", 0);
            assert!(
                cookie.starts_with("session=; Path=/; Max-Age=0; HttpOnly; Secure"),
                "{cookie}"
            );
        }
    }
}
