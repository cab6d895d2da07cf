//! Files that no execution has any more.

use std::time::Duration;

use engine::id::ExecutionId;
use ports::{
    blobs::Path,
    engine::{Engine, Purge},
};
use service::{Service, Settings};

use crate::world::{TENANT, World};

const DAY: Duration = Duration::from_hours(24);
/// The clock of the tests is behind that of the files, so that it takes this long until they are old.
const YEARS: Duration = Duration::from_hours(24 * 365 * 50);

fn path(text: &str) -> Path {
    Path::new(text).unwrap()
}

async fn put(world: &World, text: &str) {
    let content = Box::pin(futures_util::stream::empty());
    world.blobs().put(&path(text), content, 0).await.unwrap();
}

async fn is_there(world: &World, text: &str) -> bool {
    world.blobs().size(&path(text)).await.is_ok()
}

fn sweeping(world: &World) -> Service {
    world.set(Settings { swept: vec![TENANT.to_owned()], ..Settings::default() })
}

async fn run(world: &World) -> ExecutionId {
    let started = world.call("f", Some(Duration::from_secs(10))).await.unwrap();
    assert!(started.ended);
    started.execution.id
}

/// Where the files of an execution of the flow `f` are.
fn file(id: ExecutionId, name: &str) -> String {
    format!("{TENANT}/files/test/f/executions/{id}/{name}")
}

/// Ticks until a sweep is through; gives the number of files that are gone.
async fn swept(world: &World, service: &Service) -> usize {
    let mut removed = service.tick().await.unwrap().removed;
    world.clock.advance(8 * DAY);
    for _ in 0..10 {
        removed += service.tick().await.unwrap().removed;
    }
    removed
}

#[tokio::test]
async fn files_of_no_execution_are_removed_and_no_others() {
    let world = World::new();
    let service = sweeping(&world);
    world.flow("f", "tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return }]").await;
    let stored = run(&world).await;
    let nobody = ExecutionId::from_u128(4_711);
    let of_nobody = [
        file(nobody, "inputs/a/a.txt"),
        file(nobody, "tasks/t/1/executions/b"),
        format!("{TENANT}/answers/1.json"),
    ];
    let of_others = [
        file(stored, "inputs/a/a.txt"),
        // Which may be one of another execution, as far as its path tells.
        file(stored, &format!("tasks/t/1/executions/{nobody}/b")),
        format!("{TENANT}/files/test/f/t/cache/cache.zip"),
        format!("{TENANT}/files/test/executions/f/executions/{stored}/a"),
        format!("{TENANT}/namespace-files/test/{nobody}/a"),
        format!("other/files/test/f/executions/{nobody}/a"),
    ];
    for text in of_nobody.iter().chain(&of_others) {
        put(&world, text).await;
    }
    assert_eq!(swept(&world, &service).await, 0, "they are young");
    world.clock.advance(YEARS);
    assert_eq!(swept(&world, &service).await, of_nobody.len());
    for text in &of_nobody {
        assert!(!is_there(&world, text).await, "{text}");
    }
    for text in &of_others {
        assert!(is_there(&world, text).await, "{text}");
    }
    assert_eq!(swept(&world, &service).await, 0);
}

/// Page by page, and side by side with another process.
#[tokio::test]
async fn a_sweep_of_many_goes_on_where_it_was() {
    let world = World::new();
    let (one, other) = (sweeping(&world), sweeping(&world));
    for number in 0..600 {
        put(&world, &file(ExecutionId::from_u128(1_000 + number), "inputs/a/a")).await;
    }
    world.clock.advance(YEARS);
    one.tick().await.unwrap();
    world.clock.advance(DAY);
    for _ in 0..10 {
        let (one, other) = tokio::join!(one.tick(), other.tick());
        one.unwrap();
        other.unwrap();
    }
    assert_eq!(world.blobs().list_under(&format!("{TENANT}/files"), None, 1).await, Ok(Vec::new()));
}

/// Whoever keeps the files of an execution that goes keeps them for good.
#[tokio::test]
async fn files_that_were_to_stay_are_not_swept() {
    let world = World::new();
    let service = sweeping(&world);
    world.flow("f", "tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return }]").await;
    let (deleted, purged, gone) = (run(&world).await, run(&world).await, run(&world).await);
    for id in [deleted, purged, gone] {
        put(&world, &file(id, "inputs/a/a.txt")).await;
    }
    service.delete_execution(TENANT, deleted, false).await.unwrap();
    service.delete_execution(TENANT, gone, true).await.unwrap();
    assert!(!is_there(&world, &file(gone, "inputs/a/a.txt")).await);
    let purge = Purge {
        namespace: Some("test".to_owned()),
        flow_id: None,
        states: Vec::new(),
        start: None,
        end: engine::time::Timestamp::from_millis(i64::MAX),
        execution: true,
        logs: true,
        metrics: true,
        files: false,
    };
    assert_eq!(service.asked().purge(TENANT, &purge).await.unwrap().executions, 1);
    world.clock.advance(YEARS);
    assert_eq!(swept(&world, &service).await, 0);
    assert!(is_there(&world, &file(deleted, "inputs/a/a.txt")).await);
    assert!(is_there(&world, &file(purged, "inputs/a/a.txt")).await);
}
