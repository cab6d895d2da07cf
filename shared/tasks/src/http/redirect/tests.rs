use hyper::header::HeaderValue;

use super::*;

fn led(from: &str, method: &Method, status: u16, to: &str) -> Result<Option<Next>, String> {
    let mut headers = HeaderMap::new();
    for name in ["authorization", "x-api-key", "cookie", "content-type", "accept"] {
        headers.insert(name, HeaderValue::from_static("it"));
    }
    let mut response = HeaderMap::new();
    response.insert(LOCATION, HeaderValue::from_str(to).unwrap());
    let status = StatusCode::from_u16(status).unwrap();
    next((&target::parse(from).unwrap(), method, &headers), status, &response)
}

fn story(next: &Next) -> String {
    let mut names: Vec<&str> = next.headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    format!("{} {} {} body={}", next.method, next.url, names.join(","), next.keeps_body)
}

#[test]
fn methods_and_bodies_go_along_as_the_code_says() {
    let table = [
        (Method::POST, 301, "GET"),
        (Method::POST, 302, "GET"),
        (Method::PUT, 302, "PUT"),
        (Method::PUT, 303, "GET"),
        (Method::HEAD, 303, "HEAD"),
        (Method::POST, 307, "POST"),
        (Method::POST, 308, "POST"),
    ];
    for (method, status, expected) in table {
        let next = led("http://a.test/x", &method, status, "/y").unwrap().unwrap();
        assert_eq!(next.method, expected, "{method} {status}");
        assert_eq!(next.keeps_body, next.method == method, "{method} {status}");
    }
    assert_eq!(led("http://a.test/x", &Method::GET, 304, "/y"), Ok(None));
    assert_eq!(led("http://a.test/x", &Method::GET, 200, "/y"), Ok(None));
}

#[test]
fn credentials_stay_with_their_origin() {
    let same = led("https://a.test/x", &Method::GET, 302, "https://a.test:443/y?z").unwrap().unwrap();
    insta::assert_snapshot!(story(&same), @"GET https://a.test/y?z accept,authorization,content-type,cookie,x-api-key body=true");
    for other in ["https://b.test/", "https://a.test:444/", "//b.a.test/"] {
        let next = led("https://a.test/x", &Method::GET, 302, other).unwrap().unwrap();
        assert!(story(&next).ends_with(" accept,content-type body=true"), "{}", story(&next));
    }
}

#[test]
fn what_may_not_be_followed_is_told() {
    let refused = |to| led("https://a.test/x", &Method::GET, 302, to).unwrap_err();
    insta::assert_snapshot!(refused("http://a.test/y"), @"a redirect is not followed: it leads from https to http://a.test/y, and the request has credentials");
    insta::assert_snapshot!(refused("file:///etc/passwd"), @"a redirect is not followed: the URI `file:///etc/passwd` must start with `http://` or `https://`");
    insta::assert_snapshot!(refused("https://me@b.test/"), @"a redirect is not followed: the URI must not name a user; `options.auth` says who asks");
}
