//! What one durable write costs on the disk that the server writes to: append 1 KB, `fdatasync`.

use std::{
    fs::OpenOptions,
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    cells::Appends,
    error::{Error, cannot},
    latency::Latencies,
};

const BYTES: usize = 1024;

/// Appends for so long, one after the other.
pub(crate) fn appends(folder: &Path, measured: Duration) -> Result<Appends, Error> {
    let path = folder.join("appends");
    let open = OpenOptions::new().append(true).create(true).open(&path);
    let mut file = open.map_err(cannot(format!("write to {}", path.display())))?;
    let mut latencies = Latencies::default();
    let end = Instant::now() + measured;
    while Instant::now() < end {
        let begin = Instant::now();
        file.write_all(&[b'x'; BYTES]).and_then(|()| file.sync_data()).map_err(cannot("append to a file"))?;
        latencies.record(begin.elapsed());
    }
    std::fs::remove_file(&path).map_err(cannot("remove a file"))?;
    Ok(Appends { p50_ms: latencies.percentile_ms(50), p99_ms: latencies.percentile_ms(99) })
}

/// Whether a folder is kept in memory, where nothing is durable and so nothing is measured.
pub(crate) fn is_in_memory(folder: &Path) -> Result<bool, Error> {
    const TMPFS_MAGIC: u64 = 0x0102_1994;
    const RAMFS_MAGIC: u64 = 0x8584_58f6;
    let about =
        rustix::fs::statfs(folder).map_err(|error| cannot("ask for the file system")(error.into()))?;
    Ok([TMPFS_MAGIC, RAMFS_MAGIC].iter().any(|magic| i128::from(about.f_type) == i128::from(*magic)))
}
