//! `options`: in their present spelling, and as flows wrote them before Kestra 0.21.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use encoding_rs::{Encoding, UTF_8};
use engine::flow::{PropertyType, Shape};
use hyper::header::HeaderValue;
use url::Host;

use super::{
    dial::Way,
    log::Logged,
    proxy::{Kind, Proxy},
};
use crate::properties::{Properties, property};

/// How long a connection may take to be opened, unless a flow says otherwise.
const CONNECT_MAX: Duration = Duration::from_secs(30);
/// How long a server may say nothing, unless a flow says otherwise.
const READ_IDLE_MAX: Duration = Duration::from_mins(5);
/// How long a connection is kept for the next request, unless a flow says otherwise.
const POOL_IDLE_MAX: Duration = Duration::from_secs(10);
/// No longer than this, whatever a flow says.
const POOL_IDLE_LIMIT: Duration = Duration::from_mins(5);

const PROXY_TYPES: Shape = Shape::OneOf(&["DIRECT", "HTTP", "SOCKS"]);
const LEVELS: Shape =
    Shape::OneOf(&["ALL", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF", "NOT_SPECIFIED"]);

pub(super) const SSL: Shape = Shape::Map {
    class: "io.kestra.core.http.client.configurations.SslOptions",
    properties: &[property("insecureTrustAllCertificates", Shape::Boolean)],
};

pub(super) const OPTIONS: Shape = Shape::Map {
    class: "io.kestra.core.http.client.configurations.HttpConfiguration",
    properties: &[
        property("timeout", TIMEOUT),
        property("proxy", PROXY),
        property("auth", AUTH),
        property("ssl", SSL),
        property("followRedirects", Shape::Boolean),
        property("allowFailed", Shape::Boolean),
        property("allowedResponseCodes", Shape::Strings),
        property("defaultCharset", Shape::String),
        property("logs", Shape::Strings),
        property("connectTimeout", Shape::Duration),
        property("readTimeout", Shape::Duration),
        property("readIdleTimeout", Shape::Duration),
        property("connectionPoolIdleTimeout", Shape::Duration),
        property("maxContentLength", Shape::Integer),
        property("proxyType", PROXY_TYPES),
        property("proxyAddress", Shape::String),
        property("proxyPort", Shape::Integer),
        property("proxyUsername", Shape::String),
        property("proxyPassword", Shape::String),
        property("basicAuthUser", Shape::String),
        property("basicAuthPassword", Shape::String),
        property("logLevel", LEVELS),
    ],
};

const TIMEOUT: Shape = Shape::Map {
    class: "io.kestra.core.http.client.configurations.TimeoutConfiguration",
    properties: &[property("connectTimeout", Shape::Duration), property("readIdleTimeout", Shape::Duration)],
};

const PROXY: Shape = Shape::Map {
    class: "io.kestra.core.http.client.configurations.ProxyConfiguration",
    properties: &[
        property("type", PROXY_TYPES),
        property("address", Shape::String),
        property("port", Shape::Integer),
        property("username", Shape::String),
        property("password", Shape::String),
    ],
};

const AUTH: Shape = Shape::Plugin { types: &["BASIC", "BEARER"], properties: CREDENTIALS };
const CREDENTIALS: &[PropertyType] = &[
    property("username", Shape::String),
    property("password", Shape::String),
    property("token", Shape::String),
];

/// How a request is sent.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) way: Way,
    pub(super) connect_max: Duration,
    pub(super) read_idle_max: Duration,
    pub(super) pool_idle_max: Duration,
    /// Bytes of a response, when the flow says.
    pub(super) content_bytes_max: Option<u64>,
    /// Of the body that is sent.
    pub(super) charset: &'static Encoding,
    pub(super) follows_redirects: bool,
    pub(super) allows_failed: bool,
    /// Any that is no failure when empty.
    pub(super) allowed_codes: Vec<u16>,
    pub(super) logged: Logged,
    pub(super) authorization: Option<HeaderValue>,
}

impl Options {
    /// Reads `options`, and what stands beside them for older flows.
    pub(super) fn read(task: &mut Properties<'_>) -> Self {
        let insecure = task.section("sslOptions", |ssl| ssl.flag("insecureTrustAllCertificates", false));
        let allows_failed = task.flag("allowFailed", false);
        task.section("options", |options| {
            let timeout = options
                .section("timeout", |it| (it.duration("connectTimeout"), it.duration("readIdleTimeout")));
            let connect_max = timeout.0.or(options.duration("connectTimeout"));
            let read_max = options.duration("readTimeout");
            let read_idle_max = options.duration("readIdleTimeout");
            let ssl = options.section("ssl", |ssl| ssl.flag("insecureTrustAllCertificates", false));
            Self {
                way: Way { insecure: insecure || ssl, proxy: proxy(options) },
                connect_max: some_time(connect_max).unwrap_or(CONNECT_MAX),
                read_idle_max: some_time(timeout.1.or(read_max).or(read_idle_max)).unwrap_or(READ_IDLE_MAX),
                pool_idle_max: options
                    .duration("connectionPoolIdleTimeout")
                    .map_or(POOL_IDLE_MAX, |it| it.min(POOL_IDLE_LIMIT)),
                content_bytes_max: options.whole("maxContentLength"),
                charset: charset(options),
                follows_redirects: options.flag("followRedirects", true),
                allows_failed: options.flag("allowFailed", allows_failed),
                allowed_codes: options.words("allowedResponseCodes", |code| code.parse().ok()),
                logged: Logged::read(options),
                authorization: authorization(options),
            }
        })
    }

    /// Of a task that looks at every response by itself, and is led nowhere.
    pub(super) fn plain() -> Self {
        Self {
            way: Way::default(),
            connect_max: CONNECT_MAX,
            read_idle_max: READ_IDLE_MAX,
            pool_idle_max: POOL_IDLE_MAX,
            content_bytes_max: None,
            charset: UTF_8,
            follows_redirects: false,
            allows_failed: true,
            allowed_codes: Vec::new(),
            logged: Logged::default(),
            authorization: None,
        }
    }

    /// Whether a response with this code is a failure of the task.
    pub(super) fn fails(&self, code: u16) -> bool {
        if self.allowed_codes.is_empty() {
            code >= 400 && !self.allows_failed
        } else {
            !self.allowed_codes.contains(&code)
        }
    }
}

/// Java: no time is any time.
fn some_time(duration: Option<Duration>) -> Option<Duration> {
    duration.filter(|it| !it.is_zero())
}

fn charset(options: &mut Properties<'_>) -> &'static Encoding {
    let read = |name: &str| {
        // A charset that the standard knows for reading alone would be written as UTF-8.
        Encoding::for_label(name.as_bytes()).filter(|it| it.output_encoding() == *it)
    };
    options.word("defaultCharset", read).unwrap_or(UTF_8)
}

fn authorization(options: &mut Properties<'_>) -> Option<HeaderValue> {
    let basic = |user: Option<String>, password: Option<String>| {
        let pair = format!("{}:{}", user.unwrap_or_default(), password.unwrap_or_default());
        format!("Basic {}", STANDARD.encode(pair))
    };
    let said = options.section("auth", |auth| {
        let (user, password) = (auth.text("username"), auth.text("password"));
        match auth.text("type").as_deref() {
            Some("BEARER") => Some(format!("Bearer {}", auth.required_text("token"))),
            Some(_) => Some(basic(user, password)),
            None => None,
        }
    });
    let (user, password) = (options.text("basicAuthUser"), options.text("basicAuthPassword"));
    let old = || (user.is_some() || password.is_some()).then(|| basic(user, password));
    let Ok(mut value) = HeaderValue::try_from(said.or_else(old)?) else {
        options.problem("the token has signs that no header can have".to_owned());
        return None;
    };
    value.set_sensitive(true);
    Some(value)
}

fn proxy(options: &mut Properties<'_>) -> Option<Proxy> {
    let now =
        options.section("proxy", |it| read_proxy(it, ["type", "address", "port", "username", "password"]));
    let names = ["proxyType", "proxyAddress", "proxyPort", "proxyUsername", "proxyPassword"];
    now.or_else(|| read_proxy(options, names))
}

fn read_proxy(from: &mut Properties<'_>, [kind, address, port, user, password]: [&str; 5]) -> Option<Proxy> {
    let kind = match from.text(kind).as_deref() {
        Some("DIRECT") => return None,
        Some("SOCKS") => Kind::Socks,
        Some(_) | None => Kind::Http,
    };
    let address = from.text(address).filter(|it| !it.is_empty())?;
    let host = Host::parse(&address);
    let host = host.map_err(|error| from.problem(format!("the proxy's address `{address}`: {error}"))).ok();
    let port = from.whole(port).and_then(|it| u16::try_from(it).ok()).filter(|it| *it > 0);
    if port.is_none() {
        from.problem(format!("the proxy {address} needs a port"));
    }
    let credentials = from.text(user).zip(from.text(password));
    Some(Proxy { kind, host: host?, port: port?, credentials })
}
