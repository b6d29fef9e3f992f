//! Cookies, kept as long as whoever asks keeps them: some sites answer a page only to those who
//! bring back what they were given.

use url::Url;

/// Cookies kept at most.
const MAX_COOKIES: usize = 30;
/// The longest cookie that is kept, in bytes.
const MAX_BYTES: usize = 4_096;

/// A cookie, for the host that gave it alone.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cookie {
    host: String,
    path: String,
    secure: bool,
    name: String,
    value: String,
}

/// The cookies of some hosts. How long they live is not looked at: a jar lives for one crawl.
#[derive(Debug, Clone, Default)]
pub struct CookieJar(Vec<Cookie>);

impl CookieJar {
    /// Takes in what an answer from `url` set, the values of its `Set-Cookie` fields.
    pub fn take(&mut self, url: &Url, set: &[String]) {
        for cookie in set.iter().filter(|cookie| cookie.len() <= MAX_BYTES) {
            let mut parts = cookie.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            let Some(host) = url.host_str().map(str::to_owned) else { continue };
            let (mut path, mut secure, mut over) = ("/".to_owned(), false, false);
            for part in parts {
                let (key, of) = part.split_once('=').unwrap_or((part, ""));
                match key.trim().to_ascii_lowercase().as_str() {
                    "path" if of.trim().starts_with('/') => of.trim().clone_into(&mut path),
                    "secure" => secure = true,
                    "max-age" => over = of.trim().parse::<i64>().is_ok_and(|age| age <= 0),
                    _ => {}
                }
            }
            let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
            self.0.retain(|kept| !(kept.host == host && kept.path == path && kept.name == name));
            if !over && !name.is_empty() && self.0.len() < MAX_COOKIES {
                self.0.push(Cookie { host, path, secure, name, value });
            }
        }
    }

    /// The value of `Cookie` for a request of `url`, if there is any.
    pub fn header(&self, url: &Url) -> Option<String> {
        let fits = |cookie: &&Cookie| {
            let below = url.path().strip_prefix(cookie.path.as_str());
            let within = below.is_some_and(|rest| {
                rest.is_empty() || rest.starts_with('/') || cookie.path.ends_with('/')
            });
            url.host_str() == Some(&cookie.host)
                && within
                && (!cookie.secure || url.scheme() == "https")
        };
        let pairs: Vec<String> =
            self.0.iter().filter(fits).map(|c| format!("{}={}", c.name, c.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_goes_back_to_its_host_and_path_alone() {
        let at = |url: &str| Url::parse(url).unwrap();
        let mut jar = CookieJar::default();
        let set =
            ["a=1; Path=/docs", "b=2; Secure", "c=3; Max-Age=0", "nonsense"].map(str::to_owned);
        jar.take(&at("http://one.example/"), &set);
        assert_eq!(jar.header(&at("http://one.example/docs/x")).as_deref(), Some("a=1"));
        assert_eq!(jar.header(&at("https://one.example/docs")).as_deref(), Some("a=1; b=2"));
        assert_eq!(jar.header(&at("http://one.example/docsets")), None);
        assert_eq!(jar.header(&at("http://two.example/docs")), None);
        jar.take(&at("http://one.example/"), &["a=4; Path=/docs".to_owned()]);
        assert_eq!(jar.header(&at("http://one.example/docs/x")).as_deref(), Some("a=4"));
    }
}
