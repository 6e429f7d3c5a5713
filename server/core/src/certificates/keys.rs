//! The keys that certificates are signed with. They are kept in the database, so that several servers share them; the one
//! added last signs, and those before it are published for as long as there are certificates to check.

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use domain::people::{Actor, Operation, Relation, allows};
use ed25519_dalek::{SigningKey, pkcs8::DecodePrivateKey as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    CoreError, Portal,
    db::{Held, Lock, Tx, execute, lock, row, rows},
};

/// A key as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Its id: the beginning of the SHA-256 of the key itself.
    pub id: String,
    /// The 32 bytes of the key (RFC 8032), in base64.
    pub key: String,
}

/// A key that signs.
pub(super) struct OwnKey {
    pub id: String,
    pub key: SigningKey,
}

/// How many characters an id has.
const ID: usize = 16;

fn id_of(key: &SigningKey) -> String {
    let mut id = HEXLOWER.encode(&Sha256::digest(key.verifying_key().as_bytes()));
    id.truncate(ID);
    id
}

/// Every key, the one that signs first; to be checked with by anybody.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn published(portal: &Portal, actor: Actor) -> Result<Vec<PublicKey>, CoreError> {
    if !allows(actor, Relation::Public, Operation::CheckCertificate) {
        return Ok(Vec::new());
    }
    let keys: Vec<(String, String)> = rows!(
        portal.db().read().await?,
        "SELECT id, public_key FROM signing_keys ORDER BY place DESC",
    )?;
    Ok(keys
        .into_iter()
        .map(|(id, key)| PublicKey { id, key })
        .collect())
}

/// Makes the first key, unless there is one: two servers that start at once make one between them.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn prepare(portal: &Portal) -> Result<(), CoreError> {
    signing(portal).await.map(|_| ())
}

/// The key that signs now; the first one is made when it is asked for.
pub(super) async fn signing(portal: &Portal) -> Result<OwnKey, CoreError> {
    if let Some(key) = newest(&mut portal.db().read().await?).await? {
        return Ok(key);
    }
    let mut tx = portal.db().write().await?;
    lock(&mut tx, Lock::SigningKeys).await?;
    if let Some(key) = newest(&mut tx).await? {
        return Ok(key);
    }
    let key = add(portal, &mut tx, made(portal)).await?;
    tx.commit().await?;
    Ok(key)
}

/// What came of a new key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewKey {
    /// The key with this id signs from now on.
    Signs(String),
    /// The file holds no private Ed25519 key in PKCS #8.
    NoKey,
    /// The key was used before; another one has signed since.
    Retired,
    /// It is for the operator alone.
    NotPermitted,
}

/// Adds a key that signs from now on: the one of a file (PKCS #8, PEM), or one that is made. That of a file which signs
/// already changes nothing.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn add_key(
    portal: &Portal,
    actor: Actor,
    pem: Option<&str>,
) -> Result<NewKey, CoreError> {
    if !allows(actor, Relation::Vendor, Operation::ChangeSigningKey) {
        return Ok(NewKey::NotPermitted);
    }
    let key = match pem.map(SigningKey::from_pkcs8_pem) {
        None => made(portal),
        Some(Ok(key)) => key,
        Some(Err(_)) => return Ok(NewKey::NoKey),
    };
    let id = id_of(&key);
    let mut tx = portal.db().write().await?;
    lock(&mut tx, Lock::SigningKeys).await?;
    if newest(&mut tx).await?.is_some_and(|newest| newest.id == id) {
        return Ok(NewKey::Signs(id));
    }
    let before: Option<(i64,)> = row!(tx, "SELECT place FROM signing_keys WHERE id = $1", &id)?;
    if before.is_some() {
        return Ok(NewKey::Retired);
    }
    let added = add(portal, &mut tx, key).await?;
    tx.commit().await?;
    Ok(NewKey::Signs(added.id))
}

fn made(portal: &Portal) -> SigningKey {
    let mut secret = [0; 32];
    portal.chance().fill(&mut secret);
    SigningKey::from_bytes(&secret)
}

async fn newest(held: &mut dyn Held) -> Result<Option<OwnKey>, CoreError> {
    let newest: Option<(String, String)> = row!(
        held,
        "SELECT id, secret_key FROM signing_keys ORDER BY place DESC LIMIT 1",
    )?;
    newest
        .map(|(id, secret)| {
            let wrong = || CoreError::stored("signing key", "it is no key of Ed25519");
            let secret = BASE64.decode(secret.as_bytes()).map_err(|_| wrong())?;
            let secret: [u8; 32] = secret.try_into().map_err(|_| wrong())?;
            let key = SigningKey::from_bytes(&secret);
            Ok(OwnKey { id, key })
        })
        .transpose()
}

async fn add(portal: &Portal, tx: &mut Tx, key: SigningKey) -> Result<OwnKey, CoreError> {
    let id = id_of(&key);
    execute!(
        tx,
        "INSERT INTO signing_keys (id, public_key, secret_key, made_at) VALUES ($1, $2, $3, $4)",
        &id,
        BASE64.encode(key.verifying_key().as_bytes()),
        BASE64.encode(key.as_bytes()),
        portal.now().0,
    )?;
    Ok(OwnKey { id, key })
}

/// The keys as they are published: a JSON Web Key Set (RFC 7517, RFC 8037).
pub fn key_set(keys: &[PublicKey]) -> Value {
    let keys: Vec<Value> = keys
        .iter()
        .map(|key| {
            let bytes = BASE64.decode(key.key.as_bytes()).unwrap_or_default();
            json!({
                "kty": "OKP",
                "crv": "Ed25519",
                "use": "sig",
                "alg": "EdDSA",
                "kid": key.id,
                "x": BASE64URL_NOPAD.encode(&bytes),
            })
        })
        .collect();
    json!({ "keys": keys })
}

/// The keys of such a set; what is no key of Ed25519 is passed over. `None` if it is no set.
pub fn read_key_set(set: &Value) -> Option<Vec<PublicKey>> {
    let keys = set.get("keys")?.as_array()?;
    let text = |key: &Value, name: &str| Some(key.get(name)?.as_str()?.to_owned());
    let read = keys.iter().filter_map(|key| {
        let bytes = BASE64URL_NOPAD.decode(text(key, "x")?.as_bytes()).ok()?;
        (text(key, "crv")? == "Ed25519").then_some(PublicKey {
            id: text(key, "kid")?,
            key: BASE64.encode(&bytes),
        })
    });
    Some(read.collect())
}
