//! The forms of an incident: what the one who reads may do with it now.

use domain::{
    incident::{
        Designation, Illegal, IncidentNumber, MOST_REASON, MOST_TEXT, Objection, Party, Solution,
        Standing, StepKind, legal,
    },
    plan::Plan,
    text::Lang,
};
use maud::{Markup, html};
use portal_core::{incidents::NotTaken, templates::Template};

use super::files;
use crate::{
    components::form::text_area,
    server::{FilesReply, StepReply, markdown},
    words::{Words, fill},
};

/// A step that is folded away: its kind, its title and its form.
type Folded = (StepKind, String, Markup);

/// The id of the form of a message.
const WRITE_FORM: &str = "form-write";

/// Somebody who can be chosen: their id and their name.
pub type Choice = (i64, String);

/// Everything that the forms are made of.
pub struct Steps<'a> {
    /// The incident.
    pub number: IncidentNumber,
    /// What its events add up to.
    pub standing: &'a Standing,
    /// As what the one who reads may take steps.
    pub party: Party,
    /// The reader's id.
    pub me: i64,
    /// The form that comes back, if one does.
    pub reply: Option<&'a StepReply>,
    /// What became of the files that were sent, if they were.
    pub files: Option<&'a FilesReply>,
    /// Makes the key of a form.
    pub key: &'a dyn Fn() -> String,
    /// The plan that it was filed under.
    pub plan: Option<&'a Plan>,
    /// The vendor's engineers.
    pub engineers: &'a [Choice],
    /// The customer's people.
    pub colleagues: &'a [Choice],
    /// The customer's objection, if there is one.
    pub objection: Option<&'a str>,
    /// The contract's words that the customer claims, and their answers: what is verified and designated.
    pub claim: Option<&'a Markup>,
    /// What the reader can insert into a message.
    pub templates: &'a [Template],
    /// The reader's language.
    pub lang: Lang,
    /// Its words.
    pub t: &'a Words,
}

impl Steps<'_> {
    /// What came of a form that comes back, for the top of the page.
    pub fn problem(&self) -> Option<Markup> {
        let reply = self.reply?;
        let l = &self.t.life;
        if reply.waited {
            return Some(self.waited(reply));
        }
        let words = self.refusal(reply)?;
        Some(html! {
            div.card.errors role="alert" tabindex="-1" autofocus {
                h2 { (l.problem) }
                @if self.shows(reply.kind) {
                    ul { li { a href={ "#" (reply.kind.name()) } { (words) } } }
                    p.small.mute { (l.problem_kept) }
                } @else {
                    p { (words) }
                    (self.to_copy(reply))
                }
            }
        })
    }

    /// That a form waited until its sender had signed in, and is not sent yet.
    fn waited(&self, reply: &StepReply) -> Markup {
        let w = &self.t.waited;
        html! {
            div.card.note role="status" tabindex="-1" autofocus {
                @if self.shows(reply.kind) {
                    p { (w.kept) " " a href={ "#" (reply.kind.name()) } { (w.to_form) } }
                } @else {
                    p { (w.gone) }
                    (self.to_copy(reply))
                }
            }
        }
    }

    /// What was typed into a form that is not on the page any more and so cannot keep it.
    fn to_copy(&self, reply: &StepReply) -> Markup {
        let typed = [reply.typed.get("text"), reply.typed.get("reason")];
        html! {
            @for text in typed.iter().filter(|text| !text.trim().is_empty()) {
                p.small.mute { (self.t.life.problem_typed) }
                p.typed { (text) }
            }
        }
    }

    /// The id of the form that is most likely being typed in: whoever reads on in another language finds its words again.
    pub fn typed_in(&self) -> Option<&'static str> {
        self.may(StepKind::Write).then_some(WRITE_FORM)
    }

    /// Whether the form of a step is on the page.
    fn shows(&self, kind: StepKind) -> bool {
        let standing = self.standing;
        self.may(kind)
            && match kind {
                StepKind::Object => standing.designated.is_some() && standing.objection.is_none(),
                StepKind::Escalate => !standing.escalated,
                StepKind::Rate => !standing.rated,
                StepKind::Resume => standing.waiting.is_some(),
                StepKind::Designate => !self.mine_to_leave(standing.objection),
                _ => true,
            }
    }

    /// What has to be done first or can be done at once, beside the conversation.
    pub fn first(&self) -> Markup {
        html! {
            @if self.may(StepKind::Acknowledge) { (self.acknowledge()) }
            @if self.may(StepKind::Accept) { (self.answer_resolution()) }
            @if self.shows(StepKind::Rate) { (self.rate()) }
        }
    }

    /// Below the conversation: the message, then everything else that can be done, folded.
    pub fn rest(&self) -> Markup {
        let l = &self.t.life;
        let folded = self.folded();
        html! {
            @if self.may(StepKind::Write) { (self.write()) }
            @if self.may(StepKind::Attach) || self.files.is_some() {
                @let key = self.may(StepKind::Attach).then(self.key);
                (files::form(self.number, self.party, key.as_deref(), self.files, self.t))
            }
            @if !folded.is_empty() {
                section.stack aria-label=(l.steps) {
                    h2 { (l.steps) }
                    div.steps {
                        @for (kind, title, body) in folded {
                            details.card.step id=(kind.name()) open[self.came_back(kind)] {
                                summary { (title) }
                                (body)
                            }
                        }
                    }
                }
            }
        }
    }

    /// The colleagues who follow it, for the customer.
    pub fn watchers(&self) -> Markup {
        if self.party != Party::Customer {
            return html! {};
        }
        let l = &self.t.life;
        let watchers = &self.standing.watchers;
        let others: Vec<_> = self
            .colleagues
            .iter()
            .filter(|(id, _)| watchers.iter().all(|who| who.id != *id))
            .collect();
        html! {
            section.card.stack id=(StepKind::Watch.name()) aria-label=(l.watch) {
                h2 { (l.watch) }
                @if watchers.is_empty() { p.mute { (l.watch_none) } } @else {
                    ul.plain {
                        @for who in watchers {
                            li.row {
                                span { (who.name) }
                                @if self.may(StepKind::Unwatch) {
                                    (self.form(StepKind::Unwatch, html! {
                                        input type="hidden" name="person" value=(who.id);
                                        button.link aria-label=(fill(&l.unwatch, &[("name", &who.name)])) { "×" }
                                    }))
                                }
                            }
                        }
                    }
                }
                @if self.may(StepKind::Watch) && !others.is_empty() {
                    (self.form(StepKind::Watch, html! {
                        (self.error(StepKind::Watch))
                        div.row {
                            (self.choose(StepKind::Watch, "person", &l.watch_choose, others.iter().map(|(id, name)| (id.to_string(), name.clone()))))
                            button.btn.quiet { (l.watch_add) }
                        }
                    }))
                }
            }
        }
    }

    fn may(&self, kind: StepKind) -> bool {
        legal(kind, self.party, self.standing.state())
    }

    fn came_back(&self, kind: StepKind) -> bool {
        self.reply.is_some_and(|reply| reply.kind == kind)
    }

    /// What was typed into a field of a form that comes back.
    pub(super) fn typed(&self, kind: StepKind, name: &str) -> String {
        self.reply
            .filter(|reply| reply.kind == kind)
            .map(|reply| reply.typed.get(name))
            .unwrap_or_default()
    }

    fn form(&self, kind: StepKind, body: Markup) -> Markup {
        // The same again, so that it is taken once however often it is sent; unless it is none of the portal's.
        let bad = self
            .reply
            .is_some_and(|reply| reply.problem == Some(NotTaken::FormKey));
        let key = Some(self.typed(kind, "key")).filter(|key| !key.is_empty() && !bad);
        html! {
            form.stack method="post" action={ "/incidents/" (self.number) } id=[(kind == StepKind::Write).then_some(WRITE_FORM)] {
                input type="hidden" name="step" value=(kind.name());
                input type="hidden" name="key" value=(key.unwrap_or_else(|| (self.key)()));
                (body)
            }
        }
    }

    fn error(&self, kind: StepKind) -> Markup {
        let words = self
            .reply
            .filter(|reply| reply.kind == kind)
            .and_then(|reply| self.refusal(reply));
        html! { @if let Some(words) = words { p.error id={ (kind.name()) "-error" } { (words) } } }
    }

    /// Whether nothing was chosen in this field of the form that comes back.
    pub(super) fn unchosen(&self, kind: StepKind, field: &str) -> bool {
        self.reply
            .is_some_and(|reply| reply.kind == kind && reply.unchosen == Some(field))
    }

    /// A text of many lines, with its hint; `most` is its limit.
    fn text(
        &self,
        kind: StepKind,
        name: &str,
        label: &str,
        rows: u8,
        hint: &str,
        most: usize,
    ) -> Markup {
        let id = format!("{}-{name}", kind.name());
        let hint_id = format!("{id}-hint");
        let wrong = self.reply.is_some_and(|reply| {
            reply.kind == kind
                && matches!(
                    reply.problem,
                    Some(NotTaken::Illegal(Illegal::Text(_) | Illegal::ReasonMissing))
                )
        });
        let described = if wrong {
            format!("{hint_id} {}-error", kind.name())
        } else {
            hint_id.clone()
        };
        html! {
            div.field {
                label for=(id) { (label) }
                p.hint id=(hint_id) { (fill(hint, &[("most", &grouped(most))])) }
                (text_area(&id, name, &self.typed(kind, name), rows, &described, wrong))
            }
        }
    }

    fn reason(&self, kind: StepKind) -> Markup {
        let l = &self.t.life;
        self.text(kind, "reason", &l.reason, 4, &l.reason_hint, MOST_REASON)
    }

    fn message(&self, kind: StepKind, label: &str, rows: u8) -> Markup {
        self.text(
            kind,
            "text",
            label,
            rows,
            &self.t.life.write_hint,
            MOST_TEXT,
        )
    }

    /// A list to choose one of; what was chosen before stays.
    fn choose(
        &self,
        kind: StepKind,
        name: &str,
        label: &str,
        options: impl Iterator<Item = (String, String)>,
    ) -> Markup {
        let id = format!("{}-{name}", kind.name());
        let chosen = self.typed(kind, name);
        html! {
            div.field {
                label for=(id) { (label) }
                select id=(id) name=(name) {
                    @for (value, words) in options {
                        option value=(value) selected[value == chosen] { (words) }
                    }
                }
            }
        }
    }

    fn engineer(&self, kind: StepKind) -> Markup {
        let l = &self.t.life;
        let others = self.engineers.iter().filter(|(one, _)| *one != self.me);
        let options = std::iter::once((self.me.to_string(), l.myself.clone()))
            .chain(others.map(|(one, name)| (one.to_string(), name.clone())));
        self.choose(kind, "person", &l.assign_to, options)
    }

    fn acknowledge(&self) -> Markup {
        let l = &self.t.life;
        let kind = StepKind::Acknowledge;
        html! {
            section.card.stack id=(kind.name()) aria-label=(l.acknowledge) {
                h2 { (l.acknowledge) }
                p.mute { (l.acknowledge_text) }
                (self.preview(kind))
                (self.form(kind, html! {
                    (self.error(kind))
                    (self.engineer(kind))
                    (self.message(kind, &l.write_label, 5))
                    (self.send(kind, &l.acknowledge_send))
                }))
            }
        }
    }

    fn answer_resolution(&self) -> Markup {
        let l = &self.t.life;
        html! {
            section.card.stack id=(StepKind::Accept.name()) {
                (self.form(StepKind::Accept, html! {
                    (self.error(StepKind::Accept))
                    p { button.btn { (l.accept) } }
                    p.mute { (l.accept_text) }
                }))
            }
        }
    }

    fn rate(&self) -> Markup {
        let l = &self.t.life;
        let kind = StepKind::Rate;
        let chosen = self.typed(kind, "stars");
        html! {
            section.card.stack id=(kind.name()) {
                h2 { (l.rate) }
                (self.form(kind, html! {
                    (self.error(kind))
                    fieldset.field {
                        legend { (l.stars) }
                        div.row.stars {
                            @for star in ["1", "2", "3", "4", "5"] {
                                label { input type="radio" name="stars" value=(star) checked[chosen == star]; " " (star) }
                            }
                        }
                    }
                    (self.text(kind, "text", &l.rate_words, 2, &l.reason_hint, MOST_REASON))
                    p { button.btn.quiet { (l.rate_send) } }
                }))
            }
        }
    }

    fn write(&self) -> Markup {
        let l = &self.t.life;
        let kind = StepKind::Write;
        html! {
            section.stack id=(kind.name()) aria-label=(l.write) {
                h2 { (l.write) }
                (self.preview(kind))
                (self.form(kind, html! {
                    (self.error(kind))
                    (self.message(kind, &l.write_label, 6))
                    (self.send(kind, &l.send))
                }))
            }
        }
    }

    /// What was typed as it will look, if that was asked for.
    fn preview(&self, kind: StepKind) -> Markup {
        let preview = self
            .reply
            .filter(|reply| reply.preview && reply.kind == kind)
            .map(|reply| reply.typed.get("text"));
        html! {
            @if let Some(text) = preview {
                div.card.preview role="status" tabindex="-1" autofocus {
                    p.cite { (self.t.life.preview_of) }
                    div.said { (markdown(&text)) }
                }
            }
        }
    }

    /// The buttons below what is told to the other side: it can be looked at first, and a template be inserted.
    fn send(&self, kind: StepKind, button: &str) -> Markup {
        html! {
            p.row {
                button.btn { (button) }
                button.btn.quiet name="do" value="preview" { (self.t.life.preview) }
            }
            (self.insert(kind))
        }
    }

    /// The steps that are taken less often.
    fn folded(&self) -> Vec<Folded> {
        let mut folded = self.of_vendor();
        folded.extend(self.of_customer());
        folded.retain(|(kind, ..)| self.shows(*kind));
        folded
    }

    /// The form of a step that tells the customer something, with what it does and its buttons.
    fn telling(&self, kind: StepKind, text: &str, body: Markup, button: &str) -> Markup {
        html! {
            @if !text.is_empty() { p.mute { (text) } }
            (self.preview(kind))
            (self.form(kind, html! {
                (self.error(kind))
                (body)
                (self.send(kind, button))
            }))
        }
    }

    /// The form of a step, with what it does and its button.
    fn plain(&self, kind: StepKind, text: &str, body: Markup, button: &str) -> Markup {
        html! {
            @if !text.is_empty() { p.mute { (text) } }
            (self.form(kind, html! {
                (self.error(kind))
                (body)
                p { button.btn { (button) } }
            }))
        }
    }

    /// The steps of the vendor's people, in the order of an incident's life.
    fn of_vendor(&self) -> Vec<Folded> {
        let l = &self.t.life;
        let mut folded: Vec<Folded> = Vec::new();
        let mut add = |kind: StepKind, title: &str, body: &dyn Fn() -> Markup| {
            folded.push((kind, title.to_owned(), body()));
        };
        add(StepKind::Assign, &l.assign, &|| {
            self.plain(
                StepKind::Assign,
                "",
                self.engineer(StepKind::Assign),
                &l.assign,
            )
        });
        add(StepKind::Verify, &l.verify, &|| {
            let chosen = self.typed(StepKind::Verify, "recreated");
            let wrong = self.unchosen(StepKind::Verify, "recreated");
            let body = html! {
                fieldset.field.wrong[wrong] aria-describedby=[wrong.then_some("verify-error")] {
                    legend.sr { (l.verify) }
                    @for (value, words) in [("yes", &l.recreated), ("no", &l.recreated_not)] {
                        label.tick {
                            input type="radio" name="recreated" value=(value) checked[chosen == value] aria-invalid=[wrong.then_some("true")];
                            span { (words) }
                        }
                    }
                }
                (self.message(StepKind::Verify, &l.verify_words, 4))
            };
            html! {
                (self.claim())
                (self.plain(StepKind::Verify, &l.verify_text, body, &l.verify))
            }
        });
        add(StepKind::Designate, &l.designate, &|| self.designate());
        add(StepKind::Begin, &l.begin, &|| {
            self.plain(StepKind::Begin, "", html! {}, &l.begin)
        });
        add(StepKind::Wait, &l.wait, &|| {
            self.telling(
                StepKind::Wait,
                &l.wait_text,
                self.message(StepKind::Wait, &l.write_label, 4),
                &l.wait,
            )
        });
        add(StepKind::Resume, &l.resume, &|| {
            self.plain(StepKind::Resume, "", html! {}, &l.resume)
        });
        add(StepKind::Note, &l.note, &|| {
            self.plain(
                StepKind::Note,
                &l.note_hidden,
                self.message(StepKind::Note, &l.note, 4),
                &l.add,
            )
        });
        add(StepKind::Resolve, &l.resolve, &|| {
            let kinds = Solution::ALL.into_iter().map(|kind| {
                let words = match kind {
                    Solution::Fix => &l.kind_fix,
                    Solution::Workaround => &l.kind_workaround,
                    Solution::Other => &l.kind_other,
                };
                (kind.name().to_owned(), words.clone())
            });
            let body = html! {
                (self.choose(StepKind::Resolve, "solution", &l.solution, kinds))
                (self.message(StepKind::Resolve, &l.resolve_words, 6))
            };
            // It says so before anything is typed; once it was sent, the refusal does.
            let first = self.standing.undecided();
            let first = first.filter(|_| !self.came_back(StepKind::Resolve));
            let first =
                first.map(|illegal| self.in_words(StepKind::Resolve, &NotTaken::Illegal(illegal)));
            let text = first.unwrap_or_default();
            self.telling(StepKind::Resolve, &text, body, &l.resolve)
        });
        folded
    }

    /// The steps of the customer's people.
    fn of_customer(&self) -> Vec<Folded> {
        let (l, standing) = (&self.t.life, self.standing);
        let mut folded: Vec<Folded> = Vec::new();
        let mut add = |kind: StepKind, title: &str, body: &dyn Fn() -> Markup| {
            folded.push((kind, title.to_owned(), body()));
        };
        add(StepKind::Reopen, &l.reopen, &|| {
            self.plain(
                StepKind::Reopen,
                &l.reopen_text,
                self.reason(StepKind::Reopen),
                &l.reopen,
            )
        });
        add(StepKind::Object, &l.object, &|| {
            self.plain(
                StepKind::Object,
                &l.object_text,
                self.reason(StepKind::Object),
                &l.object,
            )
        });
        add(StepKind::AskSeverity, &l.ask_severity, &|| {
            let levels = self
                .levels()
                .filter(|level| Some(*level) != standing.level());
            let body = html! {
                (self.choose(StepKind::AskSeverity, "level", &l.level, levels.map(|level| (level.to_string(), level.to_string()))))
                (self.reason(StepKind::AskSeverity))
            };
            self.plain(
                StepKind::AskSeverity,
                &l.ask_severity_text,
                body,
                &l.ask_severity,
            )
        });
        add(StepKind::Escalate, &l.escalate, &|| {
            self.plain(
                StepKind::Escalate,
                &l.escalate_text,
                self.reason(StepKind::Escalate),
                &l.escalate,
            )
        });
        add(StepKind::Withdraw, &l.withdraw, &|| {
            self.plain(
                StepKind::Withdraw,
                &l.withdraw_text,
                self.reason(StepKind::Withdraw),
                &l.withdraw,
            )
        });
        folded
    }

    /// Whether an objection to the reader's own designation waits for another engineer.
    fn mine_to_leave(&self, objection: Option<Objection>) -> bool {
        objection.is_some_and(|one| !one.answered && one.against == Some(self.me))
    }

    fn levels(&self) -> impl Iterator<Item = domain::plan::Severity> {
        self.plan
            .into_iter()
            .flat_map(|plan| plan.guide.levels.iter().map(|level| level.level))
    }

    /// What the customer claims, for whoever verifies or designates it.
    fn claim(&self) -> Markup {
        html! { @if let Some(claim) = self.claim { div.stack { (claim) } } }
    }

    fn designate(&self) -> Markup {
        let l = &self.t.life;
        let kind = StepKind::Designate;
        let mut options: Vec<(String, String)> = self
            .plan
            .into_iter()
            .flat_map(|plan| &plan.guide.levels)
            .map(|one| {
                let title = format!("{} {}", one.level, one.title.get(self.lang));
                (one.level.to_string(), title)
            })
            .collect();
        if let Some(plan) = self.plan {
            for id in &plan.not_an_error {
                options.push((
                    format!("not_an_error:{id}"),
                    format!("{} ({})", l.not_an_error, id.cite()),
                ));
            }
            for id in plan.exclusions() {
                options.push((
                    format!("excluded:{id}"),
                    format!("{} ({})", l.excluded, id.cite()),
                ));
            }
        }
        let present = self
            .standing
            .designated
            .as_ref()
            .map(|(designation, _)| match designation {
                Designation::Level(level) => level.to_string(),
                Designation::NotAnError(id) => format!("not_an_error:{id}"),
                Designation::Excluded(id) => format!("excluded:{id}"),
            });
        let chosen = Some(self.typed(kind, "designation"))
            .filter(|typed| !typed.is_empty())
            .or(present)
            .unwrap_or_else(|| self.standing.claimed.to_string());
        html! {
            (self.claim())
            p.mute { (fill(&l.designate_text, &[("level", &self.standing.claimed.to_string())])) }
            @if self.standing.objection_open() && let Some(reason) = self.objection {
                p.aside { (fill(&l.answer_objection, &[("reason", reason)])) }
            }
            (self.form(kind, html! {
                (self.error(kind))
                div.field {
                    label for="designate-designation" { (l.designation) }
                    select id="designate-designation" name="designation" {
                        @for (value, words) in &options {
                            option value=(value) selected[*value == chosen] { (words) }
                        }
                    }
                }
                (self.text(kind, "reason", &l.designate_reason, 4, &l.designate_reason_hint, MOST_REASON))
                p { button.btn { (l.designate) } }
            }))
        }
    }
}

/// A number with its thousands apart.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
