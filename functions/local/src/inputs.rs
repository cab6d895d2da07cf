//! Inputs from the command line: `-i name=value` and `-f name=@file`.

use std::path::Path;

use engine::input::{Sent, Submitted};
use futures_util::TryStreamExt;
use service::{Draft, Service};
use tokio_util::io::ReaderStream;

use crate::{cli, report};

/// Reads the options; files are stored as they are read.
pub(crate) async fn submitted(
    service: &Service,
    draft: &Draft,
    options: &cli::Run,
) -> Result<Submitted, report::Error> {
    let mut submitted = Submitted::new();
    for option in &options.input {
        let (name, value) = split(option, "-i", "name=value")?;
        submitted.insert(name.to_owned(), Sent::Text(value.to_owned()));
    }
    for option in &options.file {
        let (name, file) = split(option, "-f", "name=@file")?;
        let path = Path::new(file.strip_prefix('@').unwrap_or(file));
        let opened = tokio::fs::File::open(path)
            .await
            .map_err(|error| report::Error::new(format!("cannot read {}", path.display()), error))?;
        let content = ReaderStream::new(opened).map_err(|error| error.to_string());
        let file_name = path.file_name().unwrap_or_default().to_string_lossy();
        let uri = service.store_input_file(draft, name, &file_name, Box::pin(content)).await?;
        submitted.insert(name.to_owned(), Sent::File { uri });
    }
    Ok(submitted)
}

fn split<'o>(option: &'o str, flag: &str, form: &str) -> Result<(&'o str, &'o str), report::Error> {
    option
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| report::Error::plain(format!("`{flag} {option}` is not of the form {form}")))
}
