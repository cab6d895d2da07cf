//! Names and folders that a URL or an XML answer could spoil.

use ports::blobs::Blobs as _;

use super::{bucket, path, read, whole};

#[tokio::test]
async fn no_name_is_mistaken_for_another() {
    let bucket = bucket().await;
    let folder = "a + b%2F/ä<&>\"'";
    let names = [
        "a b",
        "a+b",
        "a%20b",
        "a%2Bb",
        "%",
        "?x=1",
        "#",
        " a ",
        "a&amp;b",
        "日本語.csv",
        "a;b=c",
        "x//y".trim_end_matches("//y"),
    ];
    for (number, name) in names.iter().enumerate() {
        let path = path(&format!("{folder}/{name}"));
        bucket.blobs.put(&path, whole(number.to_string()), 10).await.unwrap();
    }
    for (number, name) in names.iter().enumerate() {
        let path = path(&format!("{folder}/{name}"));
        assert_eq!(read(&bucket.blobs, &path).await, number.to_string(), "{name}");
    }
    assert_eq!(bucket.blobs.delete_under(folder).await, Ok(names.len() as u64));
    let left = bucket.client.list_objects_v2().bucket(&bucket.name).send().await.unwrap();
    assert_eq!(left.contents(), []);
}

#[tokio::test]
async fn a_folder_of_several_pages_is_removed() {
    let bucket = bucket().await;
    // A page lists 1,000.
    let puts = (0..1_050).map(|number| {
        let bucket = &bucket;
        async move { bucket.blobs.put(&path(&format!("a/{number}")), whole(""), 0).await.unwrap() }
    });
    futures_util::StreamExt::collect::<Vec<_>>(futures_util::StreamExt::buffer_unordered(
        futures_util::stream::iter(puts),
        8,
    ))
    .await;
    bucket.blobs.put(&path("ab"), whole(""), 0).await.unwrap();
    assert_eq!(bucket.blobs.delete_under("a").await, Ok(1_050));
    assert_eq!(bucket.blobs.size(&path("ab")).await, Ok(0));
}
