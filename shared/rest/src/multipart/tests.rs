use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use proptest::prelude::*;

use super::{Form, Part};
use crate::error::Error;

/// A part as it is sent: name, file name, content.
type Sent = (String, Option<String>, Vec<u8>);

fn body(parts: &[Sent]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file_name, content) in parts {
        let file_name = file_name.as_ref().map_or_else(String::new, |it| format!("; filename=\"{it}\""));
        let head = format!("--B0\r\nContent-Disposition: form-data; name=\"{name}\"{file_name}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--B0--\r\n");
    body
}

async fn open(body: Body) -> Form {
    let form = Form::open("multipart/form-data; boundary=B0", body, u64::MAX).await;
    form.unwrap_or_else(|error| panic!("{}", error.message())).unwrap()
}

async fn read(body: Body) -> Result<Vec<Sent>, Error> {
    let mut form = open(body).await;
    let mut parts = Vec::new();
    while let Some(part) = form.next().await? {
        parts.push(match part {
            Part::Text { name, value } => (name, None, value.into_bytes()),
            Part::File { name, file_name, content } => {
                let chunks: Vec<Bytes> = content.map(Result::unwrap).collect().await;
                (name, Some(file_name), chunks.concat())
            }
        });
    }
    Ok(parts)
}

fn part() -> impl Strategy<Value = Sent> {
    // Contents that look like boundaries are the hard ones.
    let content = prop_oneof![
        "[a-z\r\n-]{0,40}".prop_map(String::into_bytes),
        Just(b"\r\n--B".to_vec()),
        Just(b"\r\n--B\r\n--".to_vec()),
    ];
    ("[a-z]{1,5}", proptest::option::of("[a-z.]{1,5}"), content)
}

proptest! {
    #[test]
    fn what_was_sent_is_read_however_it_is_cut(
        parts in proptest::collection::vec(part(), 0..6),
        sizes in proptest::collection::vec(1_usize..30, 1..20),
    ) {
        let whole = body(&parts);
        let mut rest = &whole[..];
        let mut chunks = Vec::new();
        for size in sizes.iter().cycle() {
            if rest.is_empty() { break }
            let (chunk, later) = rest.split_at((*size).min(rest.len()));
            chunks.push(Ok::<_, std::io::Error>(Bytes::copy_from_slice(chunk)));
            rest = later;
        }
        // A body that is not there yet now and then.
        let slow = stream::iter(chunks).then(|chunk| async {
            tokio::task::yield_now().await;
            chunk
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let read = runtime.block_on(read(Body::from_stream(slow)));
        prop_assert_eq!(read.map_err(|error| error.message()).unwrap(), parts);
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 1..200)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let _ = runtime.block_on(read(Body::from(bytes)));
    }
}

#[tokio::test]
async fn a_file_is_read_no_faster_than_it_is_taken() {
    let file = vec![b'x'; 1_000_000];
    let whole = body(&[("f".to_owned(), Some("f".to_owned()), file)]);
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    let chunks: Vec<Bytes> = whole.chunks(1_000).map(Bytes::copy_from_slice).collect();
    let chunks = stream::iter(chunks).map(move |chunk| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok::<_, std::io::Error>(chunk)
    });
    let mut form = open(Body::from_stream(chunks)).await;
    let Some(Part::File { mut content, .. }) = form.next().await.unwrap_or(None) else { panic!("no file") };
    let mut bytes = 0;
    while let Some(chunk) = content.next().await {
        bytes += chunk.unwrap().len();
        let ahead = taken.load(Ordering::Relaxed) * 1_000 - bytes;
        assert!(ahead <= 2_000, "{ahead} bytes are held");
    }
    assert_eq!(bytes, 1_000_000);
}
