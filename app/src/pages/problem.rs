//! What a person sees when something went wrong: what happened, what stays safe, what to do.

use leptos::prelude::*;

use crate::{
    components::layout::{Here, Layout},
    server::{Problem, Visit, set_status},
    words::{fill, words},
};

/// An error page; it sets the status as well.
#[component]
pub fn ProblemPage(problem: Problem) -> impl IntoView {
    let visit = Visit::current();
    let t = &words(visit.lang).errors;
    let waiting = &words(visit.lang).waiting;
    set_status(problem.status());
    let (title, text) = match problem {
        Problem::NotFound => (&t.not_found, &t.not_found_text),
        Problem::Forbidden => (&t.forbidden, &t.forbidden_text),
        Problem::Method => (&t.method, &t.method_text),
        Problem::TooLarge => (&t.too_large, &t.too_large_text),
        Problem::LongAddress => (&t.long_address, &t.long_address_text),
        Problem::BadForm => (&t.bad_form, &t.bad_form_text),
        Problem::TooMany => (&waiting.too_many, &waiting.too_many_text),
        Problem::Internal => (&t.internal, &t.internal_text),
    };
    let request =
        (problem == Problem::Internal).then(|| fill(&t.request, &[("id", &visit.origin.request)]));
    view! {
        <Layout here=Here::Elsewhere title=title.clone()>
            <div class="narrow stack">
                <h1>{title.clone()}</h1>
                <p>{text.clone()}</p>
                {request.map(|request| view! { <p class="mute small num">{request}</p> })}
                <p>
                    <a class="btn quiet" href="/">{t.home.clone()}</a>
                </p>
            </div>
        </Layout>
    }
}
