//! Files for an execution that is still to be: announced, then streamed to wherever the server says.

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
};

use futures_util::TryStreamExt;
use reqwest::Method;
use serde_json::json;
use tokio::fs::File;
use tokio_util::io::ReaderStream;

use super::server::{Body, Server};
use crate::report;

/// Uploads the file of each input; gives their URIs by input.
pub(super) async fn upload(
    server: &Server,
    path: &str,
    key: &str,
    files: &[(String, PathBuf)],
) -> Result<Vec<(String, String)>, report::Error> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let mut announced = Vec::with_capacity(files.len());
    for (input, file) in files {
        let metadata = tokio::fs::metadata(file)
            .await
            .and_then(|it| if it.is_file() { Ok(it) } else { Err(std::io::Error::other("it is no file")) })
            .map_err(|error| unreadable(file, error))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        announced.push((input.clone(), name, metadata.len()));
    }
    let listed =
        announced.iter().map(|(input, name, size)| json!({"input": input, "fileName": name, "size": size}));
    let body = Body::Json(json!({ "files": listed.collect::<Vec<_>>() }).to_string());
    let reserved =
        server.send(Method::POST, &format!("{path}/uploads"), Some(key), body).await?.expect()?.json()?;
    let uploads = reserved["uploads"].as_array().filter(|it| it.len() == files.len()).ok_or_else(|| {
        report::Error::plain("the server does not say where to upload the files".to_owned())
    })?;
    let mut uris = Vec::with_capacity(files.len());
    for ((upload, (input, file)), (_, _, size)) in uploads.iter().zip(files).zip(&announced) {
        let text = |name: &str| upload[name].as_str().unwrap_or_default();
        let opened = File::open(file).await.map_err(|error| unreadable(file, error))?;
        let progress = Progress::of(file.display().to_string(), *size);
        let content = ReaderStream::new(opened).inspect_ok({
            let mut progress = progress;
            move |chunk| progress.add(chunk.len())
        });
        server.put_file(text("url"), *size, reqwest::Body::wrap_stream(content)).await?;
        uris.push((input.clone(), text("uri").to_owned()));
    }
    Ok(uris)
}

fn unreadable(file: &std::path::Path, error: std::io::Error) -> report::Error {
    report::Error::new(format!("cannot read {}", file.display()), error)
}

/// How far an upload is, on a terminal alone.
struct Progress {
    name: String,
    size: u64,
    sent: u64,
    shown: Option<u64>,
    live: bool,
}

impl Progress {
    fn of(name: String, size: u64) -> Self {
        Self { name, size, sent: 0, shown: None, live: std::io::stderr().is_terminal() }
    }

    fn add(&mut self, bytes: usize) {
        self.sent += bytes as u64;
        let percent = (u128::from(self.sent) * 100 / u128::from(self.size.max(1))).min(100);
        let percent = u64::try_from(percent).unwrap_or(100);
        if self.live && self.shown.replace(percent) != Some(percent) {
            let end = if self.sent >= self.size { "\n" } else { "" };
            // Whoever reads it may be gone; the upload goes on.
            let _ = write!(std::io::stderr(), "\ruploading {} {percent}%{end}", self.name);
        }
    }
}
