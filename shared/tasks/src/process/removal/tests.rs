use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use rustix::fs::{Mode, OFlags, mkdirat, openat};

use super::remove;

#[test]
fn a_tree_as_deep_as_a_script_can_make_it() {
    let root = tempfile::tempdir().unwrap();
    let top = root.path().join("top");
    fs::create_dir(&top).unwrap();
    // Deeper than a path can name: made from the inside, as a script would.
    let mut inside = fs::File::open(&top).unwrap();
    for _ in 0..5_000 {
        mkdirat(&inside, "d", Mode::RWXU).unwrap();
        inside = openat(&inside, "d", OFlags::DIRECTORY, Mode::empty()).unwrap().into();
    }
    drop(inside);
    remove(&top);
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
}

#[test]
fn many_files_links_and_locked_directories() {
    let root = tempfile::tempdir().unwrap();
    let outside = root.path().join("outside");
    fs::create_dir_all(outside.join("kept")).unwrap();
    let top = root.path().join("top");
    for name in ["0", "1/0", "1/1", "locked/below"] {
        fs::create_dir_all(top.join(name)).unwrap();
    }
    for number in 0..2_500 {
        fs::write(top.join(format!("1/file-{number}")), "").unwrap();
    }
    std::os::unix::fs::symlink(&outside, top.join("link")).unwrap();
    std::os::unix::fs::symlink("nowhere", top.join("1/dangling")).unwrap();
    for locked in [&top.join("locked"), &top] {
        fs::set_permissions(locked, fs::Permissions::from_mode(0o000)).unwrap();
    }
    remove(&top);
    assert!(outside.join("kept").exists());
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
}

#[test]
fn what_is_not_there_is_removed() {
    remove(Path::new("/nonexistent/x"));
}
