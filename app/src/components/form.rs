//! The pieces of forms: a field with its hint, its limit and its error, and the only text area of the portal.

use domain::incident::{Field, FieldProblem};
use leptos::prelude::*;
use maud::{Markup, html};

use crate::words::{IncidentForm as Words, fill};

/// Text as the content of an element whose children the framework writes to HTML as they are: leptos 0.8 does so for
/// `<textarea>`, and `leptos_meta` for `<title>`.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 8);
    // A text area drops the first line break after its tag; one more keeps what was typed.
    if text.starts_with(['\n', '\r']) {
        html.push('\n');
    }
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            _ => html.push(c),
        }
    }
    html
}

/// A text area that shows its text and nothing else, whatever the text is.
///
/// leptos 0.8 writes the children of `<textarea>` unescaped on the server; so this is the only place that has one.
#[component]
pub fn TextArea(
    name: &'static str,
    value: String,
    rows: u8,
    described: String,
    invalid: bool,
    required: bool,
) -> impl IntoView {
    view! {
        <textarea
            id=name
            name=name
            rows=rows
            required=required
            aria-describedby=described
            aria-invalid=invalid.then_some("true")
        >
            {escaped(&value)}
        </textarea>
    }
}

/// The same as HTML; maud escapes the text.
pub fn text_area(name: &str, value: &str, rows: u8, described: &str, invalid: bool) -> Markup {
    html! {
        textarea id=(name) name=(name) rows=(rows) aria-describedby=(described) aria-invalid=[invalid.then_some("true")] {
            // It drops the first line break after its tag; one more keeps what was typed.
            @if value.starts_with(['\n', '\r']) { "\n" }
            (value)
        }
    }
}

/// What is wrong with a field, in words.
pub fn problem_in_words(field: Field, problem: FieldProblem, words: &Words) -> String {
    match problem {
        FieldProblem::Empty => words.empty.clone(),
        FieldProblem::TooLong { is } => fill(
            &words.too_long,
            &[("is", &is.to_string()), ("most", &field.most().to_string())],
        ),
        FieldProblem::Control => words.control.clone(),
    }
}

/// A field of the incident form: label, hint with its limit, error, and what was typed.
#[component]
pub fn IncidentField<'a>(
    field: Field,
    value: String,
    problem: Option<FieldProblem>,
    words: &'a Words,
) -> impl IntoView + use<> {
    let (label, hint, rows) = match field {
        Field::Title => (&words.name, &words.name_hint, 1),
        Field::Description => (&words.description, &words.description_hint, 8),
        Field::Steps => (&words.steps, &words.steps_hint, 6),
        Field::BusinessImpact => (&words.impact, &words.impact_hint, 4),
    };
    let name = field.name();
    let limit = fill(&words.limit, &[("most", &field.most().to_string())]);
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described = if problem.is_some() {
        format!("{hint_id} {error_id}")
    } else {
        hint_id.clone()
    };
    let invalid = problem.is_some();
    let error = problem.map(|problem| view! { <p class="error" id=error_id>{problem_in_words(field, problem, words)}</p> });
    let input = if field.many_lines() {
        view! { <TextArea name value rows described invalid required=!field.optional() /> }
            .into_any()
    } else {
        view! {
            <input
                type="text"
                id=name
                name=name
                value=value
                required=!field.optional()
                aria-describedby=described
                aria-invalid=invalid.then_some("true")
            />
        }
        .into_any()
    };
    view! {
        <div class="field" class:wrong=invalid>
            <label for=name>
                {label.clone()} {field.optional().then(|| view! { <span class="optional">" " {words.optional.clone()}</span> })}
            </label>
            <p class="hint" id=hint_id>{hint.clone()} " " {limit}</p>
            {error}
            {input}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn markup_in_a_text_area_stays_text() {
        assert_eq!(
            escaped("</textarea><script>&amp;"),
            "&lt;/textarea&gt;&lt;script&gt;&amp;amp;"
        );
        assert_eq!(escaped("\nfirst"), "\n\nfirst");
        assert_eq!(escaped("\r\nfirst"), "\n\r\nfirst");
    }
}
