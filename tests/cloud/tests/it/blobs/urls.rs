//! URLs that work for whoever has them, tried by a stranger.

use std::time::Duration;

use bytes::Bytes;
use ports::blobs::Blobs as _;
use tests::http::{Client, Request, Response};

use super::{bucket, path, read, whole};

const VALID: Duration = Duration::from_mins(1);

/// What a stranger gets, who has nothing but the URL.
async fn send(url: &str, request: impl FnOnce(&str) -> Request + Send + 'static) -> Response {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (host, target) = rest.split_once('/').unwrap();
    let (base, target) = (format!("{scheme}://{host}"), format!("/{target}"));
    // The client blocks its thread, and the emulator is another process.
    tokio::task::spawn_blocking(move || Client::new(&base).send(&request(&target))).await.unwrap()
}

#[tokio::test]
async fn a_stranger_uploads_what_was_agreed() {
    let bucket = bucket().await;
    for name in ["folder/file.csv", "a b+c%/ä \"日本\"?.csv"] {
        let path = path(name);
        let url = bucket.blobs.upload_url(&path, 5, VALID).await.unwrap().unwrap();
        let put = |url: String, body: &'static str| async move {
            send(&url, move |target| Request::put(target).body("text/csv", body)).await
        };
        assert_eq!(put(url.clone(), "hello").await.status, 200, "{name}");
        assert_eq!(read(&bucket.blobs, &path).await, "hello");
        // Any other length has another signature.
        assert!(url.contains("X-Amz-SignedHeaders=content-length%3Bhost"), "{url}");
        for body in ["hell", "hello!", ""] {
            assert_eq!(put(url.clone(), body).await.status, 403, "{body}");
        }
        assert_eq!(put(url.replace("csv", "exe"), "hello").await.status, 403);
        assert_eq!(send(&url, Request::get).await.status, 403);
        assert_eq!(read(&bucket.blobs, &path).await, "hello");
    }
}

#[tokio::test]
async fn what_no_request_can_carry_gets_no_url() {
    let bucket = bucket().await;
    let five_gib = 5 * 1024 * 1024 * 1024;
    assert!(bucket.blobs.upload_url(&path("file"), five_gib, VALID).await.unwrap().is_some());
    for size in [five_gib + 1, u64::MAX] {
        assert_eq!(bucket.blobs.upload_url(&path("file"), size, VALID).await, Ok(None));
    }
}

#[tokio::test]
async fn a_stranger_downloads_a_file_by_its_name() {
    let bucket = bucket().await;
    let content = Bytes::from((0..100_000).map(|at| u8::try_from(at % 251).unwrap()).collect::<Vec<_>>());
    for (name, told) in [("folder/file.csv", "file.csv"), ("f/ä+%.csv", "%C3%A4%2B%25.csv")] {
        let path = path(name);
        bucket.blobs.put(&path, whole(content.clone()), u64::MAX).await.unwrap();
        let url = bucket.blobs.download_url(&path, VALID).await.unwrap().unwrap();
        let got = send(&url, Request::get).await;
        assert_eq!(got.status, 200, "{}", got.text());
        assert!(got.body == content, "{name}");
        let disposition = got.header("content-disposition").unwrap();
        assert!(disposition.starts_with("attachment; filename=\""), "{disposition}");
        assert!(disposition.ends_with(&format!("filename*=UTF-8''{told}")), "{disposition}");
        let part = send(&url, |target| Request::get(target).header("Range", "bytes=10-19")).await;
        assert!(part.status == 206 && part.body == content.slice(10..20));
        assert_eq!(send(&url.replace("csv", "exe"), Request::get).await.status, 403);
    }
}

#[tokio::test]
async fn a_url_is_valid_for_a_week_at_most() {
    let bucket = bucket().await;
    let url =
        bucket.blobs.download_url(&path("file"), Duration::from_hours(24 * 365)).await.unwrap().unwrap();
    assert!(url.contains("X-Amz-Expires=604800"), "{url}");
}
