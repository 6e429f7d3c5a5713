//! A provider of single sign-on on loopback, that answers as a test tells it to.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use domain::calendar::Instant;
use openidconnect::{
    AccessToken, Audience, EmptyAdditionalClaims, EndUserEmail, IssuerUrl, JsonWebKeyId, Nonce,
    PrivateSigningKey as _, StandardClaims, SubjectIdentifier,
    core::{CoreEdDsaPrivateSigningKey, CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm},
};
use serde_json::{Value, json};

use super::client::FRIDAY;

const ACCESS: &str = "the-access-token";

/// What the next ID token says.
#[derive(Clone, Debug)]
pub struct Said {
    pub issuer: String,
    pub audience: &'static str,
    pub nonce: String,
    pub expires: Instant,
    pub subject: &'static str,
    pub email: Option<&'static str>,
    pub verified: Option<bool>,
    /// The key that signs it; the last one asked for is published.
    pub key: &'static str,
    /// The access token that it is bound to.
    pub access: &'static str,
}

#[derive(Debug)]
struct Shared {
    address: String,
    said: Said,
    published: &'static str,
    user_info: Option<Value>,
    off: bool,
}

/// A provider that runs until the test ends.
pub struct Provider {
    pub address: String,
    shared: Arc<Mutex<Shared>>,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Mutex::new(Shared {
            address: address.clone(),
            said: Said {
                issuer: address.clone(),
                audience: "portal",
                nonce: String::new(),
                expires: FRIDAY.plus_ms(60_000),
                subject: "subject-1",
                email: None,
                verified: Some(true),
                key: "AAAA",
                access: ACCESS,
            },
            published: "AAAA",
            user_info: None,
            off: false,
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", axum::routing::post(token))
            .route("/me", get(me))
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, shared }
    }

    /// The file of a portal that signs people of one customer and of the vendor in through it, and what is `more` in its
    /// entry.
    pub fn file(&self, more: &str) -> String {
        format!(
            "[[provider]]\nid = \"acme\"\nname = \"Acme\"\nissuer = \"{}\"\nclient_id = \"portal\"\nclient_secret = \"s\"\ndomains = [\"hangang.example\", \"interactor.example\"]\n{more}\n",
            self.address
        )
    }

    /// Changes what the next ID token says.
    pub fn say(&self, change: impl FnOnce(&mut Said)) {
        change(&mut self.shared.lock().unwrap().said);
    }

    /// What the next ID token says.
    pub fn said(&self) -> Said {
        self.shared.lock().unwrap().said.clone()
    }

    /// Publishes another key.
    pub fn publish(&self, key: &'static str) {
        self.shared.lock().unwrap().published = key;
    }

    /// It does not say any more where its parts are.
    pub fn turn_off(&self) {
        self.shared.lock().unwrap().off = true;
    }

    /// It says again where its parts are.
    pub fn turn_on(&self) {
        self.shared.lock().unwrap().off = false;
    }

    /// What its user info says.
    pub fn inform(&self, info: Value) {
        self.shared.lock().unwrap().user_info = Some(info);
    }
}

async fn discovery(State(shared): State<Arc<Mutex<Shared>>>) -> Result<Json<Value>, StatusCode> {
    let shared = shared.lock().unwrap();
    if shared.off {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let at = |path: &str| format!("{}{path}", shared.address);
    let mut document = json!({
        "issuer": shared.address,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "EdDSA", "none"],
    });
    if shared.user_info.is_some() {
        document["userinfo_endpoint"] = at("/me").into();
    }
    Ok(Json(document))
}

async fn keys(State(shared): State<Arc<Mutex<Shared>>>) -> Json<Value> {
    let key = signing_key(shared.lock().unwrap().published).as_verification_key();
    Json(json!({ "keys": [key] }))
}

async fn token(State(shared): State<Arc<Mutex<Shared>>>) -> Json<Value> {
    let said = shared.lock().unwrap().said.clone();
    let claims = CoreIdTokenClaims::new(
        IssuerUrl::new(said.issuer).unwrap(),
        vec![Audience::new(said.audience.to_owned())],
        said.expires.into(),
        FRIDAY.into(),
        StandardClaims::new(SubjectIdentifier::new(said.subject.to_owned()))
            .set_email(said.email.map(|email| EndUserEmail::new(email.to_owned())))
            .set_email_verified(said.verified),
        EmptyAdditionalClaims {},
    )
    .set_nonce(Some(Nonce::new(said.nonce)));
    let token = CoreIdToken::new(
        claims,
        &signing_key(said.key),
        CoreJwsSigningAlgorithm::EdDsa,
        Some(&AccessToken::new(said.access.to_owned())),
        None,
    )
    .unwrap();
    Json(json!({ "access_token": ACCESS, "token_type": "Bearer", "id_token": token.to_string() }))
}

async fn me(State(shared): State<Arc<Mutex<Shared>>>) -> Json<Value> {
    Json(shared.lock().unwrap().user_info.clone().unwrap_or_default())
}

/// The Ed25519 key whose seed ends as these four digits of base64 say and is zero before.
fn signing_key(end: &str) -> CoreEdDsaPrivateSigningKey {
    let pem = format!(
        "-----BEGIN {0}-----\nMC4CAQAwBQYDK2VwBCIEIAAA{1}{end}\n-----END {0}-----\n",
        "PRIVATE KEY",
        "A".repeat(36),
    );
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(end.to_owned())))
        .unwrap()
}
