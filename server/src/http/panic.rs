//! What is answered when something panicked: that it failed, in words, and nothing of what did.

use std::{any::Any, panic::AssertUnwindSafe};

use app::words::words;
use axum::{
    extract::Request,
    http::{StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse as _, Response},
};
use domain::text::Lang;
use futures_util::FutureExt as _;

use super::visit::{RequestId, language};

/// Catches a panic, writes it in the log, and answers with the request's id, in the language chosen in this browser.
pub async fn caught(request: Request, next: Next) -> Response {
    let lang = language(request.headers());
    let id = request.extensions().get::<RequestId>().cloned();
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            tracing::error!(panic = said(&*panic), "a request panicked");
            let page = page(lang, &id.unwrap_or_default().0);
            let headers = [
                (header::CACHE_CONTROL, "no-store"),
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
            ];
            (StatusCode::INTERNAL_SERVER_ERROR, headers, Html(page)).into_response()
        }
    }
}

/// What it was said to panic with.
fn said(panic: &(dyn Any + Send)) -> &str {
    let fixed = panic.downcast_ref::<&'static str>().copied();
    let put_together = || panic.downcast_ref::<String>().map(String::as_str);
    fixed.or_else(put_together).unwrap_or("something unknown")
}

/// A page that nothing needs to be rendered or read for: that may be what panicked.
fn page(lang: Lang, id: &str) -> String {
    let errors = &words(lang).errors;
    let request = app::words::fill(&errors.request, &[("id", id)]);
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{}</title></head>\
         <body><main><h1>{}</h1><p>{}</p><p>{request}</p><p><a href=\"/\">{}</a></p></main></body></html>\n",
        lang.tag(),
        errors.internal,
        errors.internal,
        errors.internal_text,
        errors.home,
    )
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, http::Request, middleware, routing::get};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;
    use crate::http::visit;

    async fn broken() -> &'static str {
        panic!("a detail");
    }

    #[tokio::test]
    async fn a_panic_is_answered_in_words_with_the_requests_id_and_no_detail() {
        let router = Router::new()
            .route("/broken", get(broken))
            .layer(middleware::from_fn(caught))
            .layer(middleware::from_fn(visit::trace));
        for (accepted, title, request) in [
            ("en", "Something failed in the portal", "Request number "),
            ("ko-KR,ko;q=0.9", "포털에 문제가 생겼습니다", "요청 번호 "),
        ] {
            let asked = Request::get("/broken")
                .header(header::ACCEPT_LANGUAGE, accepted)
                .body(Body::empty())
                .expect("a request");
            let response = router.clone().oneshot(asked).await.expect("an answer");
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let id = response.headers()["x-request-id"].to_str();
            let id = id.expect("an id").to_owned();
            let body = response.into_body().collect().await.expect("a body");
            let page = String::from_utf8(body.to_bytes().to_vec()).expect("text");
            assert!(
                page.contains(title) && page.contains(&format!("{request}{id}")),
                "{page}"
            );
            assert!(
                !page.contains("detail") && !page.contains("panic"),
                "{page}"
            );
        }
    }

    #[test]
    fn the_log_has_what_it_panicked_with() {
        assert_eq!(said(&"fixed"), "fixed");
        assert_eq!(said(&String::from("put together")), "put together");
        assert_eq!(said(&7), "something unknown");
    }
}
