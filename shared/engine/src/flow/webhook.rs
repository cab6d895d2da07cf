//! What starts an execution by a request.

use std::time::Duration;

use expression::Template;

use super::Rendered;

/// `io.kestra.plugin.core.trigger.Webhook`.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The end of its address. Whoever knows it may call.
    pub key: Template,
    /// A map; rendered with the request as `trigger`, then read as a caller's.
    pub inputs: Option<Rendered>,
    pub reply: Reply,
    /// Who calls has to sign as well.
    pub signature: Option<Signature>,
    /// Requests for which it renders to the same text start one execution; a blank text is none.
    pub idempotency_key: Option<Template>,
}

/// What a caller is told. Without `wait`, the execution as it begins, and nothing else here counts.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// Not before the execution has ended.
    pub wait: bool,
    /// The outputs of the flow instead of the execution.
    pub outputs: bool,
    /// The outputs as `text/plain` instead of JSON.
    pub plain: bool,
    /// An HTTP status, or a text that renders to one when the execution has ended.
    pub code: Option<Template>,
}

/// How a sender signs its requests. Beyond Kestra.
#[derive(Debug, Clone)]
pub struct Signature {
    pub secret: Template,
    pub scheme: Scheme,
}

/// What is signed, and where the signature stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scheme {
    /// `X-Hub-Signature-256: sha256=<hex>` over the body.
    GitHub,
    /// `Stripe-Signature: t=<seconds>,v1=<hex>` over the time, a dot and the body; several `v1` while a secret changes.
    Stripe { tolerance: Duration },
    /// `X-Slack-Signature: v0=<hex>` over `v0:<seconds>:` and the body, the time from `X-Slack-Request-Timestamp`.
    Slack { tolerance: Duration },
    /// The prefix and the digits of a hash, over the body.
    Hmac { header: String, algorithm: Algorithm, encoding: Encoding, prefix: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    Sha1,
    Sha256,
    Sha512,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Hex,
    Base64,
}

impl Signature {
    /// How far the time of a request may be from ours, when nothing is said.
    pub const TOLERANCE: Duration = Duration::from_mins(5);
    /// How far it may be said to be.
    pub const TOLERANCE_MAX: Duration = Duration::from_hours(24);
}
