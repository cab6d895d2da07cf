//! Files of namespaces: what a reader sees while others write, and what is left of what was replaced.

use futures_util::{TryStreamExt, future::join_all, stream};
use ports::{
    blobs::ByteStream,
    engine::{Engine, Error as Refused, Existing},
    store::Key,
};
use service::Class;

use crate::{
    climates::{answered, in_every_climate},
    world::{TENANT, World},
};

/// Larger than what is read from a file at once.
const LARGE_BYTES: usize = 200_000;

fn content(text: impl Into<String>) -> ByteStream {
    let text: String = text.into();
    Box::pin(stream::once(std::future::ready(Ok(text.into()))))
}

async fn write(world: &World, path: &str, text: &str) -> Result<(), service::Error> {
    answered(|| world.service.store_namespace_file((TENANT, "test"), path, content(text))).await
}

async fn read(world: &World, path: &str) -> Result<String, service::Error> {
    let file = world.service.namespace_file(TENANT, "test", path)?;
    let reading = answered(|| file.open(None)).await?;
    let pieces: Vec<_> = reading.stream.try_collect().await.unwrap();
    let text = String::from_utf8(pieces.concat()).unwrap();
    assert_eq!(reading.facts.size, text.len() as u64);
    Ok(text)
}

#[test]
fn a_reader_sees_one_write_from_its_first_byte_to_its_last() {
    in_every_climate(async |world| {
        write(&world, "/a/shared.txt", &"0".repeat(LARGE_BYTES)).await.unwrap();
        let writers = join_all((0..4).map(|number: u8| {
            let (world, text) = (&world, char::from(b'a' + number).to_string().repeat(LARGE_BYTES));
            async move {
                for _ in 0..10 {
                    if let Err(error) = write(world, "/a/shared.txt", &text).await {
                        assert_eq!(error.class(), Class::Contention);
                    }
                }
            }
        }));
        let reader = async {
            for _ in 0..60 {
                let text = read(&world, "/a/shared.txt").await.unwrap();
                assert_eq!(text.len(), LARGE_BYTES);
                assert!(text.bytes().all(|byte| byte == text.as_bytes()[0]), "parts of two writes");
                tokio::task::yield_now().await;
            }
        };
        tokio::join!(writers, reader);
    });
}

#[test]
fn what_was_acknowledged_is_there_and_nothing_names_what_is_gone() {
    in_every_climate(async |world| {
        let paths = ["a", "b/c", "b/d"];
        for round in 0..12 {
            for path in paths {
                write(&world, path, &format!("{path} {round}")).await.unwrap();
                assert_eq!(read(&world, path).await.unwrap(), format!("{path} {round}"));
            }
            let gone = paths[round % 3];
            let removed = answered(|| world.service.delete_namespace_file(TENANT, "test", gone)).await;
            // Whoever repeats what took place unheard is told that nothing is there.
            assert!(removed.is_ok() || !world.as_it_is, "{removed:?}");
            read(&world, gone).await.unwrap_err();
            let files = answered(|| world.service.search_namespace_files(TENANT, "test", "")).await.unwrap();
            for file in &files {
                assert_eq!(read(&world, &file.path).await.unwrap(), format!("{} {round}", file.path));
            }
            assert_eq!(files.len(), 2);
        }
        if world.as_it_is {
            assert_eq!(world.blobs_of("test").await, 2, "what was replaced or removed is gone");
        }
    });
}

#[tokio::test]
async fn a_file_that_is_there_may_be_kept() {
    let world = World::new();
    let write = async |text: &str, existing| {
        world.service.asked().write_file(TENANT, "test", "a/b.txt", content(text), existing).await
    };
    let uri = "kestra:///test/_files/a/b.txt".to_owned();
    assert_eq!(write("first", Existing::Kept).await, Ok(Some(uri.clone())));
    assert_eq!(write("second", Existing::Kept).await, Ok(None));
    assert_eq!(read(&world, "a/b.txt").await.unwrap(), "first");
    assert_eq!(write("third", Existing::Replaced).await, Ok(Some(uri.clone())));
    let files = world.service.asked().files(TENANT, "test").await.unwrap();
    assert_eq!((&*files[0].path, &files[0].uri, files[0].size), ("a/b.txt", &uri, 5));
    assert_eq!(world.service.asked().files("other", "test").await, Ok(Vec::new()), "a tenant sees its own");
    assert_eq!(
        world.service.asked().remove_file(TENANT, "test", "a").await,
        Ok(false),
        "a directory is no file"
    );
    assert_eq!(world.service.asked().remove_file(TENANT, "test", "a/b.txt").await, Ok(true));
    assert_eq!(world.service.asked().remove_file(TENANT, "test", "a/b.txt").await, Ok(false));
    assert_eq!(world.blobs_of("test").await, 0);
    let refused =
        world.service.asked().write_file(TENANT, "test", "../b.txt", content("x"), Existing::Kept).await;
    assert!(matches!(refused, Err(Refused::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn many_who_keep_what_is_there_write_once() {
    let world = World::new();
    let asked = world.service.asked();
    let writes = (0..8).map(|number: u8| {
        asked.write_file(TENANT, "test", "once", content(number.to_string()), Existing::Kept)
    });
    let written = join_all(writes).await;
    assert_eq!(written.iter().filter(|it| matches!(it, Ok(Some(_)))).count(), 1, "{written:?}");
    assert_eq!(world.blobs_of("test").await, 1);
}

#[tokio::test]
async fn a_namespace_has_no_more_files_than_are_listed() {
    let world = World::new();
    write(&world, "many/0", "x").await.unwrap();
    let first = Key { partition: format!("{TENANT}/files/test"), sort: "many/0".to_owned() };
    world.copy(&first, (1..service::FILES_LISTED_MAX).map(|number| format!("many/{number}"))).await;
    let files = world.service.search_namespace_files(TENANT, "test", "").await.unwrap();
    assert_eq!(files.len(), service::FILES_LISTED_MAX);
    write(&world, "many/10000", "y").await.unwrap();
    let refused = world.service.search_namespace_files(TENANT, "test", "").await.unwrap_err();
    assert!(refused.to_string().contains("more than 10000 files"), "{refused}");
    assert_eq!(read(&world, "many/10000").await.unwrap(), "y");
}
