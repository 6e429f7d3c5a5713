//! The pieces of forms: a field with its hint and its error, the summary of errors, and the only text area of the portal.

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
    /// Unique on the page; else the name.
    #[prop(optional, into)]
    id: String,
    name: &'static str,
    value: String,
    rows: u8,
    described: String,
    invalid: bool,
    required: bool,
) -> impl IntoView {
    let id = if id.is_empty() { name.to_owned() } else { id };
    view! {
        <textarea
            id=id
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

/// The same as HTML; maud escapes the text. `id` is unique on the page.
pub fn text_area(
    id: &str,
    name: &str,
    value: &str,
    rows: u8,
    described: &str,
    invalid: bool,
) -> Markup {
    html! {
        textarea id=(id) name=(name) rows=(rows) aria-describedby=(described) aria-invalid=[invalid.then_some("true")] {
            // It drops the first line break after its tag; one more keeps what was typed.
            @if value.starts_with(['\n', '\r']) { "\n" }
            (value)
        }
    }
}

/// What a field of the incident form is called.
fn label(field: Field, words: &Words) -> &str {
    match field {
        Field::Title => &words.name,
        Field::Description => &words.description,
        Field::Steps => &words.steps,
        Field::BusinessImpact => &words.impact,
    }
}

/// What is wrong with a field, for the summary at the top: it says which.
pub fn labelled_problem(field: Field, problem: FieldProblem, words: &Words) -> String {
    let label = label(field, words);
    format!("{label}: {}", problem_in_words(field, problem, words))
}

/// What is wrong with a field, in words.
fn problem_in_words(field: Field, problem: FieldProblem, words: &Words) -> String {
    match problem {
        FieldProblem::Empty => words.empty.clone(),
        FieldProblem::TooLong { is } => fill(
            &words.too_long,
            &[("is", &is.to_string()), ("most", &field.most().to_string())],
        ),
        FieldProblem::Control => words.control.clone(),
    }
}

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// One line, of this type of `<input>`: `text`, `email`, `date`, `number`.
    Line(&'static str),
    /// One line, with texts that are proposed while it is typed.
    Proposed(Vec<String>),
    /// Lines, so many of them high.
    Lines(u8),
    /// One of a list: each with its value and its label.
    Choice(Vec<(String, String)>),
    /// Any of a list in groups, each with its value and its label.
    Ticks(Vec<(String, Vec<(String, String)>)>),
}

/// A field of any form: label, hint, error, and what was typed. A list to tick is a group with a legend.
#[component]
pub fn FormField(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(into)] hint: String,
    /// What stands in it; of a list to tick, all that is ticked.
    values: Vec<String>,
    input: Input,
    /// What is wrong, in words.
    problem: Option<String>,
    /// `(optional)` in words, if it may stay empty.
    optional: Option<String>,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let invalid = problem.is_some();
    let described = [(!hint.is_empty(), &hint_id), (invalid, &error_id)]
        .into_iter()
        .filter_map(|(is, id)| is.then_some(id.as_str()))
        .collect::<Vec<_>>()
        .join(" ");
    let described = (!described.is_empty()).then_some(described);
    let required = optional.is_none();
    let aria_invalid = invalid.then_some("true");
    let hint = (!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> });
    let error = problem.map(|problem| view! { <p class="error" id=error_id>{problem}</p> });
    let optional = optional.map(|optional| view! { <span class="optional">" " {optional}</span> });
    let value = values.first().cloned().unwrap_or_default();
    let input = match input {
        Input::Ticks(groups) => {
            let groups = groups
                .into_iter()
                .map(|(group, options)| ticks(name, group, options, &values))
                .collect_view();
            return view! {
                <fieldset class="field" class:wrong=invalid id=id aria-describedby=described>
                    <legend>{label} {optional}</legend>
                    {hint}
                    {error}
                    <div class="ticks">{groups}</div>
                </fieldset>
            }
            .into_any();
        }
        Input::Lines(rows) => {
            let described = described.unwrap_or_default();
            view! { <TextArea id=id.clone() name value rows described invalid required /> }.into_any()
        }
        Input::Choice(options) => {
            let options = options
                .into_iter()
                .map(|(option, label)| {
                    let selected = option == value;
                    view! { <option value=option selected=selected>{label}</option> }
                })
                .collect_view();
            view! {
                <select id=id.clone() name=name required=required aria-describedby=described aria-invalid=aria_invalid>
                    {options}
                </select>
            }
            .into_any()
        }
        Input::Line(kind) => view! {
            <input type=kind id=id.clone() name=name value=value required=required aria-describedby=described aria-invalid=aria_invalid />
        }
        .into_any(),
        Input::Proposed(proposed) => {
            let list = format!("{id}-list");
            let proposed = proposed.into_iter().map(|one| view! { <option value=one></option> }).collect_view();
            view! {
                <input
                    type="text"
                    id=id.clone()
                    name=name
                    value=value
                    list=list.clone()
                    required=required
                    aria-describedby=described
                    aria-invalid=aria_invalid
                />
                <datalist id=list>{proposed}</datalist>
            }
            .into_any()
        }
    };
    view! {
        <div class="field" class:wrong=invalid>
            <label for=id>{label} {optional}</label>
            {hint}
            {error}
            {input}
        </div>
    }
    .into_any()
}

/// A group of a list to tick.
fn ticks(
    name: &'static str,
    group: String,
    options: Vec<(String, String)>,
    ticked: &[String],
) -> impl IntoView + use<> {
    let options = options
        .into_iter()
        .map(|(option, label)| {
            let checked = ticked.contains(&option);
            view! {
                <label class="tick">
                    <input type="checkbox" name=name value=option checked=checked />
                    <span>{label}</span>
                </label>
            }
        })
        .collect_view();
    let group = (!group.is_empty()).then(|| view! { <p class="small mute">{group}</p> });
    view! { <div>{group} {options}</div> }
}

/// Everything that is wrong with a form, at the top: the id of each field, and words that name it.
#[component]
pub fn FormErrors(
    #[prop(into)] title: String,
    problems: Vec<(String, String)>,
    /// What became of what was typed.
    #[prop(into)]
    kept: String,
) -> impl IntoView {
    if problems.is_empty() {
        return ().into_any();
    }
    let items = problems
        .into_iter()
        .map(|(to, words)| view! { <li><a href=format!("#{to}")>{words}</a></li> })
        .collect_view();
    view! {
        <div class="card errors" role="alert" tabindex="-1" autofocus>
            <h2>{title}</h2>
            <ul>{items}</ul>
            <p class="small mute">{kept}</p>
        </div>
    }
    .into_any()
}

/// A field of the incident form, with its limit.
#[component]
pub fn IncidentField<'a>(
    field: Field,
    value: String,
    problem: Option<FieldProblem>,
    words: &'a Words,
) -> impl IntoView + use<> {
    let (hint, rows) = match field {
        Field::Title => (&words.name_hint, 1),
        Field::Description => (&words.description_hint, 8),
        Field::Steps => (&words.steps_hint, 6),
        Field::BusinessImpact => (&words.impact_hint, 4),
    };
    let name = field.name();
    let limit = fill(&words.limit, &[("most", &field.most().to_string())]);
    let input = if field.many_lines() {
        Input::Lines(rows)
    } else {
        Input::Line("text")
    };
    view! {
        <FormField
            id=name
            name
            label=label(field, words)
            hint=format!("{hint} {limit}")
            values=vec![value]
            input
            problem=problem.map(|problem| problem_in_words(field, problem, words))
            optional=field.optional().then(|| words.optional.clone())
        />
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
