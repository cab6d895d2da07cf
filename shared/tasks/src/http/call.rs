//! What an attempt sends, as its properties say.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use encoding_rs::Encoding;
use hyper::{
    HeaderMap, Method,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT},
};
use ports::{
    blobs::Blobs,
    run::{Attempt, Surroundings},
};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use url::Url;

use super::{form, options::Options, payload::Payload, target};
use crate::properties::Properties;

/// Headers of one request.
const HEADERS_MAX: usize = 100;
const MULTIPART: &str = "multipart/form-data";
pub(super) const AGENT: &str = concat!("Roundtrip/", env!("CARGO_PKG_VERSION"));

/// A request, and how it is sent.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) url: Url,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) payload: Payload,
    pub(super) options: Options,
    pub(super) blobs: Arc<dyn Blobs>,
}

impl Call {
    /// Reads what every task here has; what is a task's own is read by `own`.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(super) async fn read<T>(
        attempt: &Attempt,
        surroundings: &Surroundings,
        own: impl FnOnce(&mut Properties<'_>) -> T,
    ) -> Result<(Self, T), String> {
        let mut properties = Properties::new(&attempt.properties);
        let own = own(&mut properties);
        let uri = properties.required_text("uri");
        let method = properties.text("method").unwrap_or_else(|| "GET".to_owned());
        let method = Method::from_bytes(method.to_uppercase().as_bytes());
        if method.is_err() {
            properties.problem("`method` has to be a word such as GET or POST".to_owned());
        }
        let options = Options::read(&mut properties);
        let given = properties.texts_by_name("headers");
        let params = properties.map("params");
        let fields = properties.map("formData");
        let content_type = properties.text("contentType").unwrap_or_else(|| "application/json".to_owned());
        let mut headers = headers(given).unwrap_or_else(|problem| {
            properties.problem(problem);
            HeaderMap::new()
        });
        let body = properties.any("body").map(as_text);
        properties.finish()?;

        let mut url = target::parse(uri.trim())?;
        add_to(&mut url, &params);
        let (payload, content_type) = if fields.is_empty() {
            match body {
                Some(body) => {
                    let payload = Payload::Text(encoded(&body, options.charset)?);
                    (payload, with_charset(content_type, options.charset))
                }
                None => (Payload::Nothing, content_type),
            }
        } else if content_type.trim().eq_ignore_ascii_case(MULTIPART) {
            let boundary = boundary(attempt);
            let payload = form::multipart(&fields, &boundary, &*surroundings.blobs, attempt).await?;
            headers.remove(CONTENT_TYPE);
            (payload, format!("{MULTIPART}; boundary={boundary}"))
        } else {
            (form::url_encoded(&fields), "application/x-www-form-urlencoded; charset=UTF-8".to_owned())
        };
        let content_type = HeaderValue::try_from(content_type)
            .map_err(|_| "`contentType` has signs that no header can have".to_owned())?;
        headers.entry(CONTENT_TYPE).or_insert(content_type);
        headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(AGENT));
        if let Some(authorization) = &options.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        let method = method.map_err(|_| "`method` is no word".to_owned())?;
        let blobs = Arc::clone(&surroundings.blobs);
        Ok((Self { url, method, headers, payload, options, blobs }, own))
    }
}

fn headers(given: Vec<(String, String)>) -> Result<HeaderMap, String> {
    if given.len() > HEADERS_MAX {
        return Err(format!("a request may have at most {HEADERS_MAX} headers"));
    }
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let key = HeaderName::try_from(name.trim())
            .map_err(|_| format!("`headers`: `{name}` is not the name of a header"))?;
        if matches!(key.as_str(), "host" | "content-length" | "transfer-encoding" | "connection" | "upgrade")
        {
            return Err(format!(
                "`headers`: `{name}` is not set by a flow, but by what it sends and where to"
            ));
        }
        let value = HeaderValue::try_from(value.trim())
            .map_err(|_| format!("`headers.{name}` has signs that no header can have"))?;
        headers.append(key, value);
    }
    Ok(headers)
}

fn as_text(body: &Json) -> String {
    match body {
        Json::String(text) => text.clone(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => body.to_string(),
    }
}

/// `params` come after what the URI has already.
fn add_to(url: &mut Url, params: &Map<String, Json>) {
    if params.is_empty() {
        return;
    }
    let mut query = url.query_pairs_mut();
    for (name, value) in params {
        match value {
            Json::Null => {}
            Json::Array(values) => {
                for value in values {
                    query.append_pair(name, &as_text(value));
                }
            }
            Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => {
                query.append_pair(name, &as_text(value));
            }
        }
    }
}

fn encoded(text: &str, charset: &'static Encoding) -> Result<Bytes, String> {
    let (bytes, _, lossy) = charset.encode(text);
    if lossy {
        return Err(format!("`body` has signs that `defaultCharset` {} does not have", charset.name()));
    }
    Ok(Bytes::from(bytes.into_owned()))
}

fn with_charset(content_type: String, charset: &'static Encoding) -> String {
    if content_type.contains("charset=") {
        content_type
    } else {
        format!("{content_type}; charset={}", charset.name())
    }
}

/// No content has it in it, unless somebody knows the ids before they are given.
fn boundary(attempt: &Attempt) -> String {
    let digest = Sha256::new()
        .chain_update(attempt.execution.as_u128().to_be_bytes())
        .chain_update(attempt.task_run.as_u128().to_be_bytes())
        .chain_update(attempt.number.to_be_bytes())
        .finalize();
    URL_SAFE_NO_PAD.encode(&digest[..24])
}
