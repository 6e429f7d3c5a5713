//! Mail into a folder, where there is no mail server: one `.eml` file each, which any mail program opens.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::Refusal;

/// A folder that mail is written into.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes the folder if there is none.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    /// Writes a mail; the same mail a second time takes the place of the first. A file is there as a whole or not at all.
    pub async fn write(&self, name: &str, mail: Vec<u8>) -> Result<(), Refusal> {
        let file = self.0.join(format!("{name}.eml"));
        let written = tokio::task::spawn_blocking(move || write(&file, &mail)).await;
        written
            .map_err(io::Error::other)
            .flatten()
            .map_err(|error| Refusal::Later(error.to_string()))
    }
}

fn write(file: &Path, mail: &[u8]) -> io::Result<()> {
    let part = file.with_extension("part");
    let mut writing = File::create(&part)?;
    writing.write_all(mail)?;
    writing.sync_all()?;
    fs::rename(part, file)
}
