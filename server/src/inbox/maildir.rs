//! A mailbox that is a folder, as mail servers deliver into it: each mail a file, which is moved once it was taken.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use portal_core::Portal;

use super::{AT_ONCE, Folder, HEAD, MOST_BYTES, take};

/// Takes what is there. Gives how many mails were put away.
pub async fn look(portal: &Portal, folder: &Path) -> Result<usize, String> {
    let mut done = 0;
    for file in blocking(files(folder)).await? {
        let reading = file.clone();
        let (raw, size) = match blocking(move || open(&reading)).await {
            Ok(Some(mail)) => mail,
            Ok(None) => continue,
            Err(why) => {
                // One that cannot be opened keeps nobody else's waiting.
                tracing::error!(why, file = %file.display(), "a mail could not be opened");
                continue;
            }
        };
        match take(portal, raw, size).await {
            Ok(to) => {
                let folder = folder.to_owned();
                match blocking(move || put_away(&file, &folder, to)).await {
                    Ok(()) => done += 1,
                    // Taken once, however often it comes again.
                    Err(why) => tracing::error!(why, "a mail could not be put away"),
                }
            }
            // It stays, and comes again.
            Err(error) => tracing::error!(%error, file = %file.display(), "a mail was not taken"),
        }
    }
    Ok(done)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())
}

/// The mails, the oldest first: their names begin with the time. Some that somebody looked at lie in `cur`.
fn files(folder: &Path) -> impl FnOnce() -> io::Result<Vec<PathBuf>> + Send + 'static {
    let folders = [folder.join("new"), folder.join("cur")];
    move || {
        let mut files = Vec::new();
        for folder in folders {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let hidden = entry.file_name().to_string_lossy().starts_with('.');
                if !hidden && entry.file_type()?.is_file() {
                    files.push(entry.path());
                }
            }
        }
        files.sort_by_key(|file| file.file_name().map(ToOwned::to_owned));
        files.truncate(AT_ONCE);
        Ok(files)
    }
}

/// A mail and its size; of one that is too large, how it begins. Nothing if another server was faster.
fn open(file: &Path) -> io::Result<Option<(Vec<u8>, u64)>> {
    let file = match File::open(file) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let size = file.metadata()?.len();
    let mut raw = Vec::new();
    let most = if size > MOST_BYTES { HEAD } else { MOST_BYTES };
    file.take(most).read_to_end(&mut raw)?;
    Ok(Some((raw, size)))
}

/// Moves a mail into a folder of the mailbox, as one that was seen.
fn put_away(file: &Path, mailbox: &Path, to: Folder) -> io::Result<()> {
    let folder = mailbox.join(format!(".{}", to.name()));
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(folder.join(part))?;
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.split(":2,").next().unwrap_or(&name);
    match fs::rename(file, folder.join("cur").join(format!("{name}:2,S"))) {
        // Another server was faster.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        moved => moved,
    }
}
