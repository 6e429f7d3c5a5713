//! The one way of the forms of the administration: what was typed is read once, checked by core, and shown again with
//! what is wrong with it.

use std::sync::Arc;

use axum::{
    Form,
    body::{Body, Bytes},
    extract::FromRequest as _,
    http::{Method, Request, StatusCode, header},
};
use leptos::prelude::*;
use portal_core::{
    CoreError,
    accounts::{Link, LinkKind},
    forms::{NotSaved, Wrongs},
};

use super::{FormReply, Problem, Reply};

/// What a form carried, by the names of its fields, and to which address it was sent.
#[derive(Clone, Debug, Default)]
pub struct Typed(Arc<Fields>);

#[derive(Debug, Default)]
struct Fields {
    path: String,
    pairs: Vec<(String, String)>,
}

impl Typed {
    /// What the body of a form says; nothing if it is none.
    pub(super) async fn read(path: &str, body: Bytes) -> Self {
        let request = Request::builder()
            .method(Method::POST)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body));
        let pairs = match request {
            Ok(request) => Form::<Vec<(String, String)>>::from_request(request, &())
                .await
                .map(|Form(pairs)| pairs)
                .unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        Self(Arc::new(Fields {
            path: path.to_owned(),
            pairs,
        }))
    }

    /// What a form carried that was sent before, to this address.
    pub(super) fn of(path: String, pairs: Vec<(String, String)>) -> Self {
        Self(Arc::new(Fields { path, pairs }))
    }

    /// The fields with their values, in the order of the form.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0.pairs
    }

    /// What the form that is being answered carried.
    pub(crate) fn current() -> Self {
        use_context().unwrap_or_default()
    }

    /// What was typed into a field; empty if there is none of that name.
    pub(crate) fn get(&self, name: &str) -> String {
        self.all(name).next().unwrap_or_default().to_owned()
    }

    /// Everything that was chosen under a name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .pairs
            .iter()
            .filter(move |(one, _)| one == name)
            .map(|(_, value)| value.as_str())
    }

    /// Everything that was chosen under names that begin so, each with the rest of its name.
    pub(crate) fn beginning<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .pairs
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// The same with another value of one field.
    pub(crate) fn with(&self, name: &str, value: String) -> Self {
        let others = self.0.pairs.iter().filter(|(one, _)| one != name).cloned();
        Self(Arc::new(Fields {
            path: self.0.path.clone(),
            pairs: others.chain([(name.to_owned(), value)]).collect(),
        }))
    }

    /// The id of the record whose page the form was sent to: `/admin/people/{id}`.
    pub(crate) fn record(&self) -> Option<i64> {
        self.0.path.rsplit('/').next()?.parse().ok()
    }

    /// The address that it was sent to.
    pub(crate) fn path(&self) -> &str {
        &self.0.path
    }
}

/// A form as its page shows it again.
#[derive(Clone, Debug)]
pub struct TypedReply {
    /// Which form of the page.
    pub form: String,
    /// What was typed.
    pub typed: Typed,
    /// What is wrong with it.
    pub wrongs: Wrongs,
    /// Nothing is wrong, and this is to be handed over: it is shown once.
    pub link: Option<(LinkKind, Link)>,
}

impl TypedReply {
    pub(super) const fn status(&self) -> StatusCode {
        if self.link.is_some() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }

    /// What came of a form: where to go on if it was saved, else its page again.
    pub(crate) fn saved<T>(
        form: &str,
        saved: Result<Result<T, NotSaved>, CoreError>,
        to: impl FnOnce(T) -> String,
    ) -> Reply {
        match saved {
            Ok(Ok(saved)) => Reply::Redirect {
                to: to(saved),
                cookie: None,
            },
            Ok(Err(NotSaved::NotFound)) => Reply::Problem(Problem::NotFound),
            Ok(Err(NotSaved::Invalid(wrongs))) => Reply::Again(FormReply::Typed(Self {
                form: form.to_owned(),
                typed: Typed::current(),
                wrongs,
                link: None,
            })),
            Err(error) => {
                tracing::error!(%error, form, "a form could not be saved");
                Reply::Problem(Problem::Internal)
            }
        }
    }

    /// The same for what is done or not there.
    pub(crate) fn done(done: Result<bool, CoreError>, to: impl FnOnce() -> String) -> Reply {
        let saved = done.map(|done| {
            if done {
                Ok(())
            } else {
                Err(NotSaved::NotFound)
            }
        });
        Self::saved("", saved, |()| to())
    }
}
