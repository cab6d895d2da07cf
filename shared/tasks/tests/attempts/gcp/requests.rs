//! What Google answers.

use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use axum::{
    Json as Document,
    body::Body,
    extract::{Path, Query, State as In},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::StreamExt;
use serde_json::{Value as Json, json};

use super::google::{Fault, Session, State};

type Shared = In<Arc<Mutex<State>>>;

fn error(status: u16, reason: &str, message: &str) -> Response {
    let one = json!({ "reason": reason, "message": message, "domain": "global" });
    answer(status, json!({ "error": { "code": status, "message": message, "errors": [one] } }))
}

fn answer(status: u16, body: Json) -> Response {
    (StatusCode::from_u16(status).unwrap(), Document(body)).into_response()
}

/// RFC 7523: who signed is given a token.
pub(super) async fn token(In(state): Shared, body: String) -> Response {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let mut state = state.lock().unwrap();
    let value = |name: &str| form.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str());
    assert_eq!(value("grant_type"), Some("urn:ietf:params:oauth:grant-type:jwt-bearer"));
    let (signed, signature) = value("assertion").unwrap().rsplit_once('.').unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let read = |text: &str| serde_json::from_slice::<Json>(&decoded(text)).unwrap();
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &state.public);
    if key.verify(signed.as_bytes(), &decoded(signature)).is_err() {
        let wrong = json!({ "error": "invalid_grant", "error_description": "Invalid JWT Signature." });
        return answer(400, wrong);
    }
    assert_eq!(read(head), json!({ "alg": "RS256", "typ": "JWT", "kid": "k1" }));
    state.claims.push(read(claims));
    state.tokens += 1;
    let token = format!("ya29.{}", state.tokens);
    answer(200, json!({ "access_token": token, "expires_in": 3_599, "token_type": "Bearer" }))
}

/// Writes the request down; an answer when it may not go on.
fn admitted<'s>(
    state: &'s Mutex<State>,
    headers: &HeaderMap,
    request: String,
) -> Result<MutexGuard<'s, State>, Box<Response>> {
    let mut state = state.lock().unwrap();
    state.requests.push(request);
    let token = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    let token = token.and_then(|it| it.strip_prefix("Bearer ")).unwrap_or_default();
    if !token.starts_with("ya29.") || state.revoked.as_deref() == Some(token) {
        return Err(Box::new(error(401, "authError", "Invalid Credentials")));
    }
    Ok(state)
}

/// Begins an upload.
pub(super) async fn open(
    In(state): Shared,
    Path(project): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    Document(request): Document<Json>,
) -> Response {
    let mut state = match admitted(&state, &headers, format!("POST {project}")) {
        Ok(state) => state,
        Err(response) => return *response,
    };
    assert_eq!(query, [("uploadType".to_owned(), "resumable".to_owned())]);
    assert_eq!(headers["x-upload-content-type"], "application/octet-stream");
    let size = headers["x-upload-content-length"].to_str().unwrap().parse().unwrap();
    match state.opening.pop_front() {
        Some(Fault::Answer(status, body)) => return answer(status, body),
        Some(Fault::Elsewhere(place)) => {
            return (StatusCode::OK, [(header::LOCATION, place)]).into_response();
        }
        Some(fault) => panic!("{fault:?}"),
        None => {}
    }
    let id = format!("s{}", state.sessions.len());
    let location = format!(
        "http://{}/upload/bigquery/v2/projects/{project}/jobs?uploadType=resumable&upload_id={id}",
        headers[header::HOST].to_str().unwrap()
    );
    state.sessions.insert(id, Session { request, size, content: Vec::new() });
    (StatusCode::OK, [(header::LOCATION, location)]).into_response()
}

/// Takes a chunk, or says how far the upload is.
pub(super) async fn chunk(
    In(state): Shared,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let id = query.iter().find(|(name, _)| name == "upload_id").unwrap().1.clone();
    let range = headers[header::CONTENT_RANGE].to_str().unwrap().strip_prefix("bytes ").unwrap().to_owned();
    let (part, size) = range.split_once('/').unwrap();
    let size: u64 = size.parse().unwrap();
    let mut bytes = Vec::new();
    let mut body = body.into_data_stream();
    while let Some(piece) = body.next().await {
        let Ok(piece) = piece else { return error(400, "badRequest", "cut short") };
        state.lock().unwrap().received += piece.len() as u64;
        bytes.extend_from_slice(&piece);
    }
    let mut state = match admitted(&state, &headers, format!("PUT {range}")) {
        Ok(state) => state,
        Err(response) => return *response,
    };
    let fault = if part == "*" { None } else { state.chunks.pop_front() };
    if let Some(Fault::Answer(status, body)) = fault {
        return answer(status, body);
    }
    let Some(session) = state.sessions.get_mut(&id) else { return error(404, "notFound", "no such upload") };
    assert_eq!(session.size, size);
    if let Some((start, end)) = part.split_once('-') {
        let (start, end): (usize, usize) = (start.parse().unwrap(), end.parse().unwrap());
        assert_eq!((start, bytes.len()), (session.content.len(), end + 1 - start), "{range}");
        assert!(end as u64 + 1 == size || bytes.len() % (256 * 1024) == 0, "{range} is not whole chunks");
        let taken = match fault {
            Some(Fault::Break(most) | Fault::Short(most)) => usize::try_from(most).unwrap(),
            Some(Fault::Unheard | Fault::Elsewhere(_) | Fault::Answer(..)) | None => bytes.len(),
        };
        session.content.extend_from_slice(&bytes[..taken.min(bytes.len())]);
    }
    if let Some(Fault::Break(_)) = fault {
        return error(503, "backendError", "not now");
    }
    let arrived = session.content.len() as u64;
    if arrived < size {
        let mut response = StatusCode::PERMANENT_REDIRECT.into_response();
        if arrived > 0 {
            let told = format!("bytes=0-{}", arrived - 1).parse().unwrap();
            response.headers_mut().insert(header::RANGE, told);
        }
        return response;
    }
    let request = session.request.clone();
    let response = begin(&mut state, request, size);
    if fault == Some(Fault::Unheard) { error(503, "backendError", "not now") } else { response }
}

fn begin(state: &mut State, mut job: Json, size: u64) -> Response {
    let id = job["jobReference"]["jobId"].as_str().unwrap().to_owned();
    if let Some(known) = state.jobs.get(&id) {
        // The end of an upload that was told already is told again; another upload is refused.
        let is_same = known["configuration"] == job["configuration"] && state.sessions.len() == 1;
        return if is_same {
            answer(200, known.clone())
        } else {
            error(409, "duplicate", &format!("Already Exists: Job {id}"))
        };
    }
    let location = job["jobReference"]["location"].as_str().unwrap_or("EU").to_owned();
    job["jobReference"]["location"] = json!(location);
    job["status"] = json!({ "state": "PENDING" });
    job["statistics"] = json!({ "load": { "inputFiles": "1", "inputFileBytes": size.to_string() } });
    state.jobs.insert(id, job.clone());
    answer(200, job)
}

/// A job: PENDING, RUNNING, and then as it is to end.
pub(super) async fn look(
    In(state): Shared,
    Path((project, id)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Response {
    let location = query.first().map_or(String::new(), |(name, value)| format!("?{name}={value}"));
    let mut state = match admitted(&state, &headers, format!("GET {project}/{id}{location}")) {
        Ok(state) => state,
        Err(response) => return *response,
    };
    if let Some(Fault::Answer(status, body)) = state.looks.pop_front() {
        return answer(status, body);
    }
    let State { jobs, ends, endless, .. } = &mut *state;
    let Some(job) = jobs.get_mut(&id) else { return error(404, "notFound", "Not found: Job") };
    match job["status"]["state"].as_str() {
        Some("PENDING") => job["status"] = json!({ "state": "RUNNING" }),
        Some("RUNNING") if !*endless => {
            let end = if ends.len() > 1 { ends.pop_front() } else { ends.front().cloned() };
            job["status"] = end.unwrap_or_else(|| json!({}));
            job["status"]["state"] = json!("DONE");
            job["statistics"]["startTime"] = json!("1000");
            job["statistics"]["endTime"] = json!("3500");
            for (name, value) in [("outputRows", "2"), ("outputBytes", "32"), ("badRecords", "0")] {
                job["statistics"]["load"][name] = json!(value);
            }
        }
        Some(_) | None => {}
    }
    answer(200, job.clone())
}

pub(super) async fn cancel(
    In(state): Shared,
    Path((project, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    match admitted(&state, &headers, format!("CANCEL {project}/{id}")) {
        Ok(_) => answer(200, json!({ "kind": "bigquery#jobCancelResponse" })),
        Err(response) => *response,
    }
}
