//! Scripts that mean harm.

use std::{io::Write, time::Duration};

use engine::execution::Ending;
use insta::assert_snapshot;
use serde_json::json;
use tokio::sync::watch;

use crate::world::{World, attempt, gone};

/// Two processes that ignore SIGTERM and write without end: one lines, and one a line that never ends. Says when they have
/// written more than the log takes.
const FLOOD: &str = r"
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
other = os.fork()
if other:
    print(os.getpid(), other, flush=True)
what, line = (1, b'x' * 1023 + b'\n') if other else (2, b'y' * 1024)
written = 0
while True:
    written += os.write(what, line)
    if written > 12 * 1024 * 1024:
        open(os.environ['FULL'] + str(what), 'w').close()
";

#[tokio::test]
async fn a_flood_that_will_not_end_is_cut_and_stopped() {
    let world = World::new();
    let outside = tempfile::tempdir().unwrap();
    let full = outside.path().join("full");
    let (ask, stop) = watch::channel(false);
    let properties = json!({"script": FLOOD, "env": {"FULL": full.to_str().unwrap()}});
    let written = async {
        while !(outside.path().join("full1").exists() && outside.path().join("full2").exists()) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        ask.send_replace(true);
    };
    let flood = world.attempt("scripts.python.Script", attempt(properties), stop, |_| {});
    let (ran, ()) = tokio::join!(flood, written);
    assert_eq!(ran.outcome.ending, Ending::Killed);
    for id in ran.messages()[0].split(' ') {
        gone(id).await;
    }
    // All that is kept of 24 MiB and more.
    let kept: usize = ran.log.iter().map(|line| line.message.len()).sum();
    assert!((7 << 20..=8 << 20).contains(&kept), "{kept}");
    assert!(ran.log.len() <= 20_001);
    assert!(ran.log.iter().all(|line| line.message.len() <= 10_240));
    let last = ran.messages().last().copied().unwrap();
    assert!(last.ends_with(" more lines were not kept"), "{last}");
    assert!(world.rooms().is_empty());
}

/// Looks wherever a credential of the server may be found; says what could be opened.
const SEARCH: &str = r"
import os
def parent(id):
    return int(open(f'/proc/{id}/stat').read().rsplit(') ', 1)[1].split()[1])
server = parent(os.getppid())
print('server', server)
def attempt(what, look):
    try:
        found = look()
    except OSError as error:
        print(what, type(error).__name__)
    else:
        print(what, 'open and secret' if b'hidden' in found else 'open')
def read(path):
    with open(path, 'rb') as file:
        return file.read()
for name in ['environ', 'auxv', 'io', 'maps', 'mem']:
    attempt(name, lambda: read(f'/proc/{server}/{name}'))
attempt('exe', lambda: os.readlink(f'/proc/{server}/exe').encode())
attempt('cwd', lambda: str(os.listdir(f'/proc/{server}/cwd/')).encode())
attempt('files', lambda: b''.join(read(f'/proc/{server}/fd/{id}') for id in os.listdir(f'/proc/{server}/fd')))
attempt('own', lambda: read('/proc/self/environ') + read(f'/proc/{os.getppid()}/environ'))
for id in os.listdir('/proc/self/fd'):
    try:
        if int(id) > 2 and b'a hidden word' in os.pread(int(id), 100, 0):
            print('inherited')
    except OSError:
        pass
";

#[tokio::test]
async fn a_search_for_credentials_finds_none() {
    let world = World::new();
    let mut ours = tempfile::tempfile().unwrap();
    ours.write_all(b"a hidden word").unwrap();
    let ran = world.task("scripts.python.Script", json!({"script": SEARCH})).await;
    let said = ran.story().replace(&format!("server {}\n", std::process::id()), "server found\n");
    assert_snapshot!(said, @r#"
    SUCCESS
    {"vars":{},"exitCode":0,"outputFiles":{}}
    INFO server found
    INFO environ PermissionError
    INFO auxv PermissionError
    INFO io PermissionError
    INFO maps PermissionError
    INFO mem PermissionError
    INFO exe PermissionError
    INFO cwd PermissionError
    INFO files PermissionError
    INFO own open
    "#);
    drop(ours);
}

/// Kestra's own variables do no harm; what a server is told is not passed on to any language.
#[tokio::test]
async fn no_language_sees_the_variables_of_the_server() {
    let world = World::new();
    let ran =
        world.task("scripts.python.Script", json!({"script": "import os\nprint(sorted(os.environ))"})).await;
    assert!(ran.messages()[0].contains("'PYTHONUNBUFFERED'"));
    assert!(!ran.messages()[0].contains("AWS_SECRET_ACCESS_KEY"), "{}", ran.story());
}
