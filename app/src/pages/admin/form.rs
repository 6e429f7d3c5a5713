//! A form of the administration: its fields with what is kept or what was typed, and what is wrong with it.

use domain::people::Certification;
use leptos::prelude::*;
use portal_core::forms::Wrong;

use crate::{
    components::form::{FormErrors, FormField, Input},
    format,
    server::{FormReply, TypedReply},
    words::{Words, fill},
};

/// A field of a form.
pub struct Spec {
    name: &'static str,
    label: String,
    hint: String,
    input: Input,
    kept: Vec<String>,
    optional: bool,
}

impl Spec {
    /// A field that must be filled in; `kept` stands in it at first.
    pub fn new(name: &'static str, label: &str, input: Input, kept: impl Into<String>) -> Self {
        Self {
            name,
            label: label.to_owned(),
            hint: String::new(),
            input,
            kept: vec![kept.into()],
            optional: false,
        }
    }

    /// A list to tick.
    pub fn ticks(
        name: &'static str,
        label: &str,
        groups: Vec<(String, Vec<(String, String)>)>,
        kept: Vec<String>,
    ) -> Self {
        Self {
            kept,
            optional: true,
            ..Self::new(name, label, Input::Ticks(groups), "")
        }
    }

    /// With a line that says more.
    pub fn hint(self, hint: &str) -> Self {
        Self {
            hint: hint.to_owned(),
            ..self
        }
    }

    /// It may stay empty.
    pub fn optional(self) -> Self {
        Self {
            optional: true,
            ..self
        }
    }
}

/// One form of a page, by its name among them.
pub struct TypedForm {
    name: String,
    again: Option<TypedReply>,
    t: &'static Words,
}

impl TypedForm {
    /// The form of that name: with what was typed, if it is the one that comes back.
    pub fn of(name: impl Into<String>, t: &'static Words) -> Self {
        let name = name.into();
        let again = match use_context::<FormReply>() {
            Some(FormReply::Typed(reply)) if reply.form == name => Some(reply),
            _ => None,
        };
        Self { name, again, t }
    }

    /// Whether it comes back with something wrong.
    pub fn is_wrong(&self) -> bool {
        self.again.is_some()
    }

    /// The summary of what is wrong, and the fields.
    pub fn view(&self, specs: Vec<Spec>) -> (AnyView, AnyView) {
        let id = |field: &str| format!("{}-{field}", self.name);
        let mut problems = Vec::new();
        if let Some(again) = &self.again {
            for (field, wrong) in again.wrongs.iter() {
                let words = wrong_in_words(wrong, self.t);
                let label = specs
                    .iter()
                    .find(|spec| spec.name.trim_end_matches("[]") == field);
                problems.push(label.map_or_else(
                    || ("main".to_owned(), words.clone()),
                    |spec| (id(field), format!("{}: {words}", spec.label)),
                ));
            }
        }
        let w = &self.t.wrong;
        let summary = view! { <FormErrors title=w.title.clone() problems kept=w.kept.clone() /> };
        let fields = specs
            .into_iter()
            .map(|spec| {
                let field = spec.name.trim_end_matches("[]");
                let values = match &self.again {
                    Some(again) => again.typed.all(spec.name).map(str::to_owned).collect(),
                    None => spec.kept,
                };
                let problem = self
                    .again
                    .as_ref()
                    .and_then(|again| again.wrongs.of(field))
                    .map(|wrong| wrong_in_words(wrong, self.t));
                let ticks = matches!(spec.input, Input::Ticks(_));
                view! {
                    <FormField
                        id=id(field)
                        name=spec.name
                        label=spec.label
                        hint=spec.hint
                        values
                        input=spec.input
                        problem
                        optional=(spec.optional).then(|| if ticks { String::new() } else { w.optional.clone() })
                    />
                }
            })
            .collect_view();
        (summary.into_any(), fields.into_any())
    }

    /// A whole form: its step, the ids it carries along, its fields and its button.
    pub fn card(
        &self,
        action: String,
        hidden: Vec<(&'static str, String)>,
        specs: Vec<Spec>,
        button: &str,
    ) -> AnyView {
        let (summary, fields) = self.view(specs);
        let hidden = carried(hidden);
        view! {
            {summary}
            <form method="post" action=action class="stack" novalidate>
                {hidden}
                {fields}
                <div class="row">
                    <button class="btn">{button.to_owned()}</button>
                </div>
            </form>
        }
        .into_any()
    }

    /// What stands behind a line that opens it; open if the form comes back.
    pub fn folded(&self, line: String, content: impl IntoView) -> AnyView {
        view! {
            <details open=self.is_wrong()>
                <summary>{line}</summary>
                <div class="stack inset">{content}</div>
            </details>
        }
        .into_any()
    }
}

/// What a form carries along unseen.
fn carried(hidden: Vec<(&'static str, String)>) -> impl IntoView {
    hidden
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view()
}

/// A button that does one thing with the page's record.
pub fn act(
    action: String,
    hidden: Vec<(&'static str, String)>,
    button: &str,
    named: Option<String>,
) -> AnyView {
    let hidden = carried(hidden);
    view! {
        <form method="post" action=action class="act">
            {hidden}
            <button class="btn quiet" aria-label=named>{button.to_owned()}</button>
        </form>
    }
    .into_any()
}

/// `AS-1, 1 March 2026 to 28 February 2027`.
pub fn certification_words(one: &Certification, t: &Words) -> String {
    fill(
        &t.admin_people.certification_days,
        &[
            ("level", &one.level),
            ("number", &one.number),
            ("issued", &format::date_short(one.issued, &t.times)),
            ("expires", &format::date_short(one.expires, &t.times)),
        ],
    )
}

/// What is wrong with a field, in words.
pub fn wrong_in_words(wrong: &Wrong, t: &Words) -> String {
    let w = &t.wrong;
    match wrong {
        Wrong::Empty => w.empty.clone(),
        Wrong::TooLong { is, most } => fill(
            &w.too_long,
            &[("is", &is.to_string()), ("most", &most.to_string())],
        ),
        Wrong::Control => w.control.clone(),
        Wrong::NotADate => w.not_a_date.clone(),
        Wrong::NotANumber { most } => fill(&w.not_a_number, &[("most", &most.to_string())]),
        Wrong::NotOffered => w.not_offered.clone(),
        Wrong::Taken => w.taken.clone(),
        Wrong::EndsBeforeStart => w.ends_before_start.clone(),
        Wrong::SeatsInUse { withdraw } => fill(&w.seats_in_use, &[("n", &withdraw.to_string())]),
        Wrong::NotADomain(domain) => fill(&w.not_a_domain, &[("domain", domain)]),
        Wrong::PublicDomain(domain) => fill(&w.public_domain, &[("domain", domain)]),
        Wrong::DomainTaken { domain, customer } => fill(
            &w.domain_taken,
            &[("domain", domain), ("customer", customer)],
        ),
        Wrong::NotAnEmail => w.not_an_email.clone(),
        Wrong::UnknownCustomer => w.unknown_customer.clone(),
        Wrong::NeedsCustomer => w.needs_customer.clone(),
        Wrong::NoCustomer => w.no_customer.clone(),
        Wrong::LastAdministrator => w.last_administrator.clone(),
        Wrong::NoPlan => w.no_plan.clone(),
        Wrong::Overlaps(other) => fill(
            &w.overlaps,
            &[("certification", &certification_words(other, t))],
        ),
        Wrong::NotAVersion => w.not_a_version.clone(),
        Wrong::NotASlug => w.not_a_slug.clone(),
        Wrong::UnknownPlaceholders(names) => {
            let names: Vec<_> = names.iter().map(|name| format!("{{{name}}}")).collect();
            fill(&w.unknown_placeholders, &[("names", &names.join(", "))])
        }
    }
}
