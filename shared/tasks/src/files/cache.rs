//! Files of a working directory that are kept from one execution to the next.
//!
//! One blob holds them all:
//! ```text
//! "RTCACHE1" stored_at:i64  { mode:u32 size:u64 length:u32 name content }*        numbers in big-endian
//! ```

use std::{
    collections::HashMap,
    fs::File,
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::{BufMut, Bytes, BytesMut};
use engine::time::Timestamp;
use futures_util::{StreamExt, TryStreamExt, stream};
use ports::blobs::{self, Blobs, ByteStream};
use tokio::{
    fs,
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
};
use tokio_util::io::StreamReader;

use super::{FILES_BYTES_MAX, FILES_MAX, Globs, inputs::within, outputs};

/// The first bytes of a cache, in this form.
const MAGIC: &[u8; 8] = b"RTCACHE1";
/// Bytes of a name.
const NAME_BYTES_MAX: u32 = 4_096;
/// Of a file's mode, what is kept.
const MODE_KEPT: u32 = 0o777;

/// By what a file shows that it was changed: size, and the last change in seconds and nanoseconds.
pub(crate) type Marks = HashMap<String, (u64, i64, i64)>;

/// Brings the kept files into a directory, when they are not older than `ttl`; gives how they look there. Nothing, when
/// nothing is kept.
///
/// # Errors
/// When the cache cannot be read, or a file cannot be written.
pub(crate) async fn restore(
    blobs: &dyn Blobs,
    from: &blobs::Path,
    directory: &Path,
    (now, ttl): (Timestamp, Option<Duration>),
) -> Result<Marks, String> {
    let reading = match blobs.get(from, None).await {
        Ok(reading) => reading,
        Err(blobs::Error::NotFound(_)) => return Ok(Marks::new()),
        Err(error) => return Err(format!("the cache cannot be read: {error}")),
    };
    let stream = reading.stream.map_err(io::Error::other);
    let mut reader = StreamReader::new(stream);
    let unpacked = unpack(&mut reader, directory, now, ttl).await;
    unpacked.map_err(|error| format!("the cache cannot be restored: {error}"))
}

async fn unpack(
    reader: &mut (impl AsyncRead + Unpin + Send),
    directory: &Path,
    now: Timestamp,
    ttl: Option<Duration>,
) -> io::Result<Marks> {
    let mut magic = [0; MAGIC.len()];
    reader.read_exact(&mut magic).await?;
    if magic != *MAGIC {
        return Err(io::Error::other("its form is not known to this version"));
    }
    let stored_at = Timestamp::from_millis(reader.read_i64().await?);
    let mut marks = Marks::new();
    if ttl.is_some_and(|ttl| now.since(stored_at) >= ttl) {
        return Ok(marks);
    }
    let mut left = FILES_BYTES_MAX;
    loop {
        let mode = match reader.read_u32().await {
            Ok(mode) => mode,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(marks),
            Err(error) => return Err(error),
        };
        let size = reader.read_u64().await?;
        let length = reader.read_u32().await?;
        left = left
            .checked_sub(size)
            .filter(|_| length <= NAME_BYTES_MAX && marks.len() < FILES_MAX)
            .ok_or_else(|| io::Error::other("it has more files than a working directory may"))?;
        let mut name = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        reader.read_exact(&mut name).await?;
        let name = String::from_utf8(name).map_err(io::Error::other)?;
        let path = within(directory, &name).ok_or_else(|| io::Error::other("it names no file"))?;
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).await?;
        }
        let options =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(mode & MODE_KEPT).to_owned();
        let mut file = fs::OpenOptions::from(options).open(&path).await?;
        if tokio::io::copy(&mut (&mut *reader).take(size), &mut file).await? < size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        file.flush().await?;
        let mark = mark(&file.into_std().await)?;
        marks.insert(name, mark);
    }
}

/// Keeps the files that the patterns name, unless they are as they were `restored`. Whether they were kept.
///
/// # Errors
/// When there are too many, or one cannot be read, or the cache not written.
pub(crate) async fn store(
    globs: Globs,
    directory: &Path,
    (blobs, to): (&dyn Blobs, &blobs::Path),
    restored: &Marks,
    now: Timestamp,
) -> Result<bool, String> {
    let unreadable = |error: io::Error| format!("the cache cannot be made: {error}");
    let found = outputs::find(globs, directory.to_owned()).await?;
    let mut files = Vec::with_capacity(found.len());
    let mut changed = false;
    let mut total = 0;
    for (name, path) in found {
        let file = outputs::open(&path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        changed |= restored.get(&name) != Some(&mark(&file).map_err(unreadable)?);
        total += metadata.len();
        files.push(Packed { name, path, mode: metadata.mode() & MODE_KEPT, size: metadata.len() });
    }
    if total > FILES_BYTES_MAX {
        return Err(format!("the cache would have more than {FILES_BYTES_MAX} bytes"));
    }
    if !changed {
        return Ok(false);
    }
    let mut head = BytesMut::from(&MAGIC[..]);
    head.put_i64(now.as_millis());
    let head = stream::once(std::future::ready(Ok(head.freeze())));
    let content = head.chain(stream::iter(files).flat_map(Packed::stream));
    let stored = blobs.put(to, Box::pin(content), u64::MAX).await;
    stored.map_err(|error| format!("the cache cannot be stored: {error}"))?;
    Ok(true)
}

/// A file on its way into a cache. It is opened when its turn comes.
struct Packed {
    name: String,
    path: PathBuf,
    mode: u32,
    size: u64,
}

impl Packed {
    fn stream(self) -> ByteStream {
        let mut head = BytesMut::new();
        head.put_u32(self.mode);
        head.put_u64(self.size);
        head.put_u32(u32::try_from(self.name.len()).unwrap_or(u32::MAX));
        head.put_slice(self.name.as_bytes());
        let head = stream::once(std::future::ready(Ok(head.freeze())));
        let content: ByteStream = match outputs::open(&self.path) {
            Ok(file) => exactly(outputs::read(file), self.size),
            Err(error) => Box::pin(stream::once(std::future::ready(Err(error.to_string())))),
        };
        Box::pin(head.chain(content))
    }
}

/// As many bytes, or an error: a process that was left in the background may still write.
fn exactly(content: ByteStream, size: u64) -> ByteStream {
    Box::pin(stream::try_unfold((content, size), |(mut content, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let mut bytes: Bytes =
            content.try_next().await?.ok_or("a file became shorter while it was read".to_owned())?;
        bytes.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        let left = left - bytes.len() as u64;
        Ok(Some((bytes, (content, left))))
    }))
}

fn mark(file: &File) -> io::Result<(u64, i64, i64)> {
    let metadata = file.metadata()?;
    Ok((metadata.len(), metadata.mtime(), metadata.mtime_nsec()))
}
