use serde_json::json;

use crate::world::{Memory, World, runner};

#[tokio::test]
async fn nothing_of_ours_is_visible() {
    let ran = World::new().run(json!({"commands": ["env | cut -d= -f1 | sort"], "env": {"MINE": "1"}})).await;
    let known = [
        "HOME",
        "LANG",
        "LC_ALL",
        "MINE",
        "OLDPWD",
        "PATH",
        "PWD",
        "SHLVL",
        "TMPDIR",
        "TZ",
        "WORKING_DIR",
        "_",
    ];
    for name in ran.messages() {
        assert!(known.contains(&name), "{name}");
    }
    for name in ["LANG", "MINE", "PATH", "TMPDIR", "WORKING_DIR"] {
        assert!(ran.messages().contains(&name), "{name}");
    }
}

#[tokio::test]
async fn variables_of_the_task_win_but_for_the_working_directory() {
    let ran = World::new()
        .run(json!({
            "commands": ["echo $LANG $N $B", "[ \"$WORKING_DIR\" = \"$PWD\" ] && echo same"],
            "env": {"LANG": "x y", "N": 1.5, "B": true, "WORKING_DIR": "/"},
        }))
        .await;
    assert_eq!(ran.messages(), ["x y 1.5 true", "same"]);
}

#[tokio::test]
async fn each_attempt_has_an_empty_directory_that_is_removed() {
    let world = World::new();
    let script = "ls -A; mkdir -p a/b; echo x > a/b/c; mktemp > /dev/null; chmod 000 a; pwd";
    let first = world.script(script).await;
    let second = world.script(script).await;
    assert_eq!((first.log.len(), second.log.len()), (1, 1));
    assert_ne!(first.messages(), second.messages());
    assert!(world.rooms().is_empty());
}

#[tokio::test]
async fn no_more_children_than_allowed_run_at_once() {
    let root = tempfile::tempdir().unwrap();
    let meeting = root.path().join("meeting");
    let world = World::over(Memory::default(), tempfile::tempdir().unwrap(), runner(root.path(), 1));
    // Each would see the other's directory, if both ran.
    let script = format!("mkdir {0} || echo met; sleep 0.05; rmdir {0}", meeting.display());
    let (one, two, three) = tokio::join!(world.script(&script), world.script(&script), world.script(&script));
    assert!(one.log.is_empty() && two.log.is_empty() && three.log.is_empty(), "{}", two.story());
}
