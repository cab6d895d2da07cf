//! Inputs from the command line: `-i name=value` and `-f name=@file`.

use std::path::{Path, PathBuf};

use engine::input::{Sent, Submitted};
use futures_util::TryStreamExt;
use service::{Draft, Service};
use tokio_util::io::ReaderStream;

use crate::{cli, report};

/// What the options say, by input id and in their order.
pub(crate) struct Inputs {
    pub(crate) texts: Vec<(String, String)>,
    pub(crate) files: Vec<(String, PathBuf)>,
}

/// Reads the options.
pub(crate) fn read(options: &cli::Run) -> Result<Inputs, report::Error> {
    let texts = options.input.iter().map(|option| split(option, "-i", "name=value"));
    let files = options.file.iter().map(|option| {
        let (name, file) = split(option, "-f", "name=@file")?;
        Ok((name, Path::new(file.strip_prefix('@').unwrap_or(&file)).to_owned()))
    });
    Ok(Inputs {
        texts: texts.collect::<Result<_, _>>()?,
        files: files.collect::<Result<_, report::Error>>()?,
    })
}

/// The options as inputs of an execution here; files are stored as they are read.
pub(crate) async fn submitted(
    service: &Service,
    draft: &Draft,
    options: &cli::Run,
) -> Result<Submitted, report::Error> {
    let Inputs { texts, files } = read(options)?;
    let mut submitted: Submitted = texts.into_iter().map(|(name, value)| (name, Sent::Text(value))).collect();
    for (name, path) in files {
        let opened = tokio::fs::File::open(&path)
            .await
            .map_err(|error| report::Error::new(format!("cannot read {}", path.display()), error))?;
        let content = ReaderStream::new(opened).map_err(|error| error.to_string());
        let file_name = path.file_name().unwrap_or_default().to_string_lossy();
        let uri = service.store_input_file(draft, &name, &file_name, Box::pin(content)).await?;
        submitted.insert(name, Sent::File { uri });
    }
    Ok(submitted)
}

fn split(option: &str, flag: &str, form: &str) -> Result<(String, String), report::Error> {
    option
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| report::Error::plain(format!("`{flag} {option}` is not of the form {form}")))
}
