//! Where the bytes of attached files lie: a folder, or something that speaks S3. A piece is known by its id alone; no name
//! that anybody typed ever gets here.

use std::{fs, ops::Range, path::PathBuf, sync::Arc, time::Duration};

use object_store::{
    Error, ObjectStore, PutPayload, RetryConfig, aws::AmazonS3Builder, local::LocalFileSystem,
    path::Path, prefix::PrefixStore,
};

use crate::{CoreError, error::OpenError};

/// For how long a request to a bucket is tried again that failed. Somebody waits for it: by default it would be three minutes,
/// longer than most proxies wait for an answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where files are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileStore {
    /// In a folder; made if it is missing.
    Folder(PathBuf),
    /// In a bucket of something that speaks S3. Keys, and whatever else the address does not say, come from the environment
    /// as AWS's own programs read it (`AWS_ACCESS_KEY_ID`, …).
    S3 {
        /// The bucket.
        bucket: String,
        /// What every key begins with; may be empty.
        prefix: String,
        /// The address of the server, if it is not AWS.
        endpoint: Option<String>,
        /// The region.
        region: Option<String>,
    },
}

/// The files' store, opened. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    folder: Option<Arc<LocalFileSystem>>,
}

impl Files {
    /// Opens a store. Only of a folder it is found out whether it is there.
    ///
    /// # Errors
    /// [`OpenError`] if the folder cannot be made, or what is needed to speak to the server is missing.
    pub fn open(at: &FileStore) -> Result<Self, OpenError> {
        match at {
            FileStore::Folder(folder) => {
                fs::create_dir_all(folder).map_err(|source| OpenError::Folder {
                    folder: folder.clone(),
                    source,
                })?;
                let folder = Arc::new(LocalFileSystem::new_with_prefix(folder)?);
                Ok(Self {
                    store: Arc::<LocalFileSystem>::clone(&folder),
                    folder: Some(folder),
                })
            }
            FileStore::S3 {
                bucket,
                prefix,
                endpoint,
                region,
            } => {
                let mut builder = AmazonS3Builder::from_env()
                    .with_bucket_name(bucket)
                    .with_retry(RetryConfig {
                        retry_timeout: PATIENCE,
                        ..RetryConfig::default()
                    });
                if let Some(endpoint) = endpoint {
                    let plain = endpoint.starts_with("http://");
                    builder = builder.with_endpoint(endpoint).with_allow_http(plain);
                }
                if let Some(region) = region {
                    builder = builder.with_region(region);
                }
                let bucket = builder.build()?;
                let store: Arc<dyn ObjectStore> = if prefix.is_empty() {
                    Arc::new(bucket)
                } else {
                    Arc::new(PrefixStore::new(bucket, prefix.as_str()))
                };
                Ok(Self {
                    store,
                    folder: None,
                })
            }
        }
    }

    /// Puts a piece there. It is there as a whole or not at all, and stays through a power failure.
    pub(super) async fn put(&self, id: &str, bytes: Vec<u8>) -> Result<(), CoreError> {
        let path = key(id);
        self.store.put(&path, PutPayload::from(bytes)).await?;
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        let file = folder.path_to_filesystem(&path)?;
        tokio::task::spawn_blocking(move || {
            // The file, its folder, and the one that its folder may be new in.
            for path in file.ancestors().take(3) {
                fs::File::open(path)?.sync_all()?;
            }
            Ok(())
        })
        .await?
        .map_err(CoreError::FileSync)
    }

    /// Some of the bytes of a piece.
    pub(super) async fn get(&self, id: &str, range: Range<u64>) -> Result<Vec<u8>, CoreError> {
        Ok(self.store.get_range(&key(id), range).await?.into())
    }

    /// Deletes a piece, if it is there.
    pub(super) async fn delete(&self, id: &str) -> Result<(), CoreError> {
        match self.store.delete(&key(id)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Its place: in one of 256 folders, so that none of them gets long.
fn key(id: &str) -> Path {
    let first: String = id.chars().take(2).collect();
    Path::from_iter([first.as_str(), id])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_keeps_pieces_by_their_ids() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("new/files");
        let files = Files::open(&FileStore::Folder(inside.clone())).unwrap();
        files.put("abc", b"0123".to_vec()).await.unwrap();
        assert_eq!(files.get("abc", 1..3).await.unwrap(), b"12");
        assert!(inside.join("ab/abc").is_file());
        files.delete("abc").await.unwrap();
        files.delete("abc").await.unwrap();
        files.get("abc", 1..3).await.expect_err("it is gone");
        // What looks like a way out of the folder is only a strange name in it.
        let odd = key("../x");
        assert!(odd.parts().all(|part| part.as_ref() != ".."), "{odd}");
    }

    #[test]
    fn a_bucket_is_opened_without_asking_it() {
        let at = FileStore::S3 {
            bucket: "portal".into(),
            prefix: "files".into(),
            endpoint: Some("http://127.0.0.1:1".into()),
            region: Some("here".into()),
        };
        Files::open(&at).unwrap();
    }
}
