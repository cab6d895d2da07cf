//! Writing a blob.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::StreamExt as _;
use ports::blobs::{ByteStream, Error};

use super::{Folders, WRITE_BYTES, off_thread, unavailable};
use crate::store::Durability;

/// How often to move the file when its folder is removed meanwhile.
const MOVES_MAX: u32 = 16;

pub(super) async fn put(
    folders: Arc<Folders>,
    path: &ports::blobs::Path,
    mut content: ByteStream,
    limit: u64,
) -> Result<u64, Error> {
    let mut draft = None;
    let mut gathered = Vec::new();
    let mut size = 0u64;
    while let Some(piece) = content.next().await {
        let piece = piece.map_err(Error::Source)?;
        size = size.saturating_add(piece.len() as u64);
        if size > limit {
            return Err(Error::TooLarge { limit });
        }
        let mut rest = &piece[..];
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(WRITE_BYTES - gathered.len()));
            gathered.extend_from_slice(now);
            rest = later;
            if gathered.len() == WRITE_BYTES {
                (draft, gathered) = written(&folders, draft, gathered).await.map_err(unavailable)?;
            }
        }
    }
    drop(content);
    let place = folders.place(path);
    off_thread(move || {
        let mut draft = draft.map_or_else(|| Draft::new(&folders.tmp), Ok)?;
        draft.file.write_all(&gathered)?;
        draft.publish(&folders, &place)
    })
    .await
    .map_err(unavailable)?;
    Ok(size)
}

/// Writes what has been gathered, and gives the emptied buffer back.
async fn written(
    folders: &Arc<Folders>,
    draft: Option<Draft>,
    mut gathered: Vec<u8>,
) -> io::Result<(Option<Draft>, Vec<u8>)> {
    let folders = Arc::clone(folders);
    off_thread(move || {
        let mut draft = draft.map_or_else(|| Draft::new(&folders.tmp), Ok)?;
        draft.file.write_all(&gathered)?;
        gathered.clear();
        Ok((Some(draft), gathered))
    })
    .await
}

/// A file that is not yet a blob; dropped, it is gone.
struct Draft {
    file: File,
    path: PathBuf,
}

impl Draft {
    fn new(tmp: &Path) -> io::Result<Self> {
        let path = new_name(tmp);
        let file = File::create_new(&path)?;
        Ok(Self { file, path })
    }

    /// Makes it durable, and then the blob at this place.
    fn publish(self, folders: &Folders, place: &Path) -> io::Result<()> {
        self.file.set_modified(next_moment())?;
        match folders.durability {
            Durability::PowerLoss => self.file.sync_all()?,
            Durability::ProcessEnd => {}
        }
        let folder = place.parent().unwrap_or(&folders.blobs);
        let mut moves_left = MOVES_MAX;
        loop {
            moves_left -= 1;
            let moved = make_folders(folders, folder).and_then(|()| fs::rename(&self.path, place));
            match moved {
                Ok(()) => break,
                // The folder is being removed: make it again.
                Err(error) if error.kind() == io::ErrorKind::NotFound && moves_left > 0 => {}
                Err(error) => return Err(error),
            }
        }
        match folders.sync(folder) {
            // Removed in the meantime, with the blob in it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            synced => synced,
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Not there any more when it has become a blob; what else stays is removed at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

/// Makes the missing folders, each durable in the one above. One that another thread has made and not yet synced
/// becomes durable with what is synced in it: the journal of a file system keeps the order.
fn make_folders(folders: &Folders, folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().ok_or(io::ErrorKind::NotFound)?;
    make_folders(folders, above)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => folders.sync(above),
    }
}

/// Now, or a little later: no other write of this process has the same. The file system's own clock ticks too slowly to
/// tell two writes apart.
fn next_moment() -> SystemTime {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let now = u64::try_from(now).unwrap_or(0);
    let next = |last: u64| now.max(last.saturating_add(1));
    let last = LAST.fetch_update(Relaxed, Relaxed, |last| Some(next(last))).unwrap_or_default();
    UNIX_EPOCH + Duration::from_nanos(next(last))
}

/// A name in the folder that nothing else has.
pub(super) fn new_name(tmp: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    tmp.join(NEXT.fetch_add(1, Relaxed).to_string())
}
