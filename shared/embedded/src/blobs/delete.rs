//! Removing a folder of blobs.
//!
//! The folder is moved away in one step and then removed at leisure: nobody sees half of it.

use std::{
    fs, io,
    path::Path,
    sync::{Arc, PoisonError},
};

use ports::blobs::Error;

use super::{Folders, off_thread, place, put::new_name, unavailable};

pub(super) async fn delete_under(folders: Arc<Folders>, segments: &str) -> Result<u64, Error> {
    // Under what is not a path no blob can stand.
    let Ok(path) = ports::blobs::Path::new(segments) else {
        return Ok(0);
    };
    let file = folders.place(&path);
    let folder = folders.blobs.join(place::folder(path.as_str()));
    off_thread(move || Ok(remove(&folders, &file)? + remove(&folders, &folder)?)).await.map_err(unavailable)
}

/// Gives the number of files that were there.
fn remove(folders: &Folders, place: &Path) -> io::Result<u64> {
    let away = new_name(&folders.tmp);
    let moved = {
        let _alone = folders.moves.write().unwrap_or_else(PoisonError::into_inner);
        fs::rename(place, &away)
    };
    match moved {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        moved => moved?,
    }
    match folders.sync(place.parent().unwrap_or(&folders.blobs)) {
        // Moved away in the meantime, which made this durable, or will.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        synced => synced?,
    }
    if away.is_dir() { remove_folder(&away) } else { fs::remove_file(away).map(|()| 1) }
}

/// Gives the number of files that were in it. Without recursion: a path may have 512 segments. Each folder goes after
/// the ones in it.
fn remove_folder(folder: &Path) -> io::Result<u64> {
    let mut files = 0;
    let mut open = vec![folder.to_owned()];
    let mut emptied = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                open.push(entry.path());
            } else {
                fs::remove_file(entry.path())?;
                files += 1;
            }
        }
        emptied.push(folder);
    }
    emptied.into_iter().rev().try_for_each(fs::remove_dir)?;
    Ok(files)
}
