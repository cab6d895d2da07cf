//! Removes a directory whatever a script made of it.
//!
//! The usual recursion holds a descriptor and a stack frame per level, and a script can nest deeper than either
//! lasts. Here every directory below is moved into one heap, where it takes its turn: memory, depth and descriptors
//! stay the same however large the tree.

use std::{
    cell::OnceCell,
    ffi::CString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, CWD, Dir, Mode, OFlags, chmodat, openat, renameat, unlinkat},
    io::Errno,
};

/// Names that are read before they are removed.
const BATCH: usize = 1_000;

/// Removes a directory and what is in it. What cannot be removed stays, and is spoken of in our own log.
pub(crate) fn remove(directory: &Path) {
    match empty(directory).and_then(|()| fs::remove_dir(directory)) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            tracing::warn!(directory = %directory.display(), %error, "a working directory could not be removed");
        }
    }
}

/// Removes what is in a directory.
fn empty(directory: &Path) -> io::Result<()> {
    let heap = Heap { parent: directory.parent().unwrap_or(directory), made: OnceCell::new() };
    let top = open(CWD, directory)?;
    let mut moved = clear(&top, 0, &heap)?;
    let mut done = 0;
    while done < moved {
        let name = CString::new(done.to_string())?;
        let below = open(heap.descriptor()?, &name)?;
        moved = clear(&below, moved, &heap)?;
        unlinkat(heap.descriptor()?, &name, AtFlags::REMOVEDIR)?;
        done += 1;
    }
    Ok(())
}

/// Where the directories below wait, named by numbers. Made when it is first needed; removed when dropped, if it is
/// empty by then.
struct Heap<'a> {
    parent: &'a Path,
    made: OnceCell<(File, PathBuf)>,
}

impl Heap<'_> {
    fn descriptor(&self) -> io::Result<&File> {
        if self.made.get().is_none() {
            // By a name that a later start clears up.
            let directory =
                tempfile::Builder::new().prefix(super::site::PREFIX).tempdir_in(self.parent)?.keep();
            let _ = self.made.set((open(CWD, &directory)?, directory));
        }
        Ok(&self.made.get().expect("it was just made").0)
    }
}

impl Drop for Heap<'_> {
    fn drop(&mut self) {
        if let Some((_, directory)) = self.made.get() {
            let _ = fs::remove_dir(directory);
        }
    }
}

/// Removes the files of a directory and moves its directories to the heap; `moved` is how many lie there, before and
/// after.
fn clear(directory: &File, mut moved: u64, heap: &Heap<'_>) -> io::Result<u64> {
    loop {
        let names: Vec<CString> = Dir::read_from(directory)?
            .map(|entry| entry.map(|it| it.file_name().to_owned()))
            .filter(|name| !name.as_ref().is_ok_and(|it| matches!(it.as_bytes(), b"." | b"..")))
            .take(BATCH)
            .collect::<Result<_, _>>()?;
        if names.is_empty() {
            return Ok(moved);
        }
        for name in names {
            match unlinkat(directory, &name, AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(Errno::ISDIR | Errno::PERM) => {
                    // Moving a directory takes the right to write to it.
                    chmodat(directory, &name, Mode::RWXU, AtFlags::empty())?;
                    let place = CString::new(moved.to_string())?;
                    renameat(directory, &name, heap.descriptor()?, &place)?;
                    moved += 1;
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
}

/// Opens a directory, which a script may have locked. Never follows a link.
fn open<P: rustix::path::Arg + Copy>(parent: impl std::os::fd::AsFd, name: P) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let opened = openat(&parent, name, flags, Mode::empty());
    let directory = match opened {
        Err(Errno::ACCESS) => {
            chmodat(&parent, name, Mode::RWXU, AtFlags::empty())?;
            openat(&parent, name, flags, Mode::empty())?
        }
        other => other?,
    };
    rustix::fs::fchmod(&directory, Mode::RWXU)?;
    Ok(File::from(directory))
}

#[cfg(test)]
mod tests;
