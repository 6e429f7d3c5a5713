//! The import of contacts and certifications: the form, the dry run row by row, and what came of it.

use leptos::prelude::*;
use maud::{Markup, html};
use portal_core::imports::{
    self, Counts, Done, FileProblem, ImportKind, MOST_ROWS, Outcome, Reason, Report, RowReport,
    Upload,
};

use super::{
    super::{failed, loaded, query, sign_in_first},
    written_below,
};
use crate::{
    api::import::ImportChoice,
    components::records::records,
    server::{FormReply, ImportReply, NotImported, Problem, Visit, set_status, state},
    words::{ImportPage as Words, fill, words},
};

/// The most rows that the page shows; all of them can be downloaded.
const MOST_SHOWN: usize = 200;

/// `/admin/import`, and with `?upload=` what becomes of the file that waits.
#[component]
pub fn ImportPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let reply = match use_context::<FormReply>() {
        Some(FormReply::Import(reply)) => Some(reply),
        _ => None,
    };
    let asked = query("upload");
    loaded(async move {
        if !imports::permitted(&portal, visit.actor())
            .await
            .map_err(failed)?
        {
            return Err(Problem::NotFound);
        }
        let t = words(visit.lang);
        let w = &t.import;
        let (upload, why) = match &reply {
            Some(ImportReply::Waiting { upload, why }) => (upload.clone(), Some(*why)),
            _ => (asked, None),
        };
        let found = if upload.is_empty() {
            None
        } else {
            imports::look(&portal, visit.actor(), &upload)
                .await
                .map_err(failed)?
        };
        let (title, body) = match found {
            Some(Upload::Waiting(report)) => (
                fill(&w.dry_run, &[("file", &report.file_name)]),
                dry_run(&report, &upload, why, w),
            ),
            Some(Upload::Done(done)) => (
                fill(&w.done, &[("file", &done.file_name)]),
                finished(&done, w),
            ),
            None => {
                let gone = !upload.is_empty() || matches!(reply, Some(ImportReply::Gone));
                if gone {
                    set_status(Problem::NotFound.status());
                }
                (w.title.clone(), form(gone, reply.as_ref(), w))
            }
        };
        Ok(written_below(("/admin", &t.admin.title), &title, body))
    })
    .into_any()
}

/// The form that a file is uploaded with.
fn form(gone: bool, reply: Option<&ImportReply>, w: &Words) -> Markup {
    let (chosen, problem) = match reply {
        Some(ImportReply::File { kind, problem }) => (*kind, problem.as_ref()),
        _ => (None, None),
    };
    let no_kind = matches!(reply, Some(ImportReply::File { kind: None, .. }));
    let problem = problem.map(|problem| file_problem(problem, w));
    html! {
        div.form-page.stack {
            h1 { (w.title) }
            p.mute { (w.intro) }
            @if gone { p.card.errors role="alert" { (w.gone) } }
            @if no_kind || problem.is_some() {
                div.card.errors role="alert" tabindex="-1" autofocus {
                    h2 { (w.errors) }
                    ul {
                        @if no_kind { li { a href="#contacts" { (w.no_kind) } } }
                        @if let Some(problem) = &problem { li { a href="#file" { (problem) } } }
                    }
                }
            }
            form.stack method="post" action="/admin/import" enctype="multipart/form-data" novalidate {
                fieldset.wrong[no_kind] {
                    legend { b { (w.kind) } }
                    @if no_kind { p.error id="kind-error" { (w.no_kind) } }
                    div.options {
                        @for kind in ImportKind::ALL { (kind_option(kind, chosen, no_kind, w)) }
                    }
                }
                div.field.wrong[problem.is_some()] {
                    label for="file" { (w.file) }
                    p.hint id="file-hint" { (fill(&w.file_hint, &[("most", &MOST_ROWS.to_string())])) }
                    @if let Some(problem) = &problem { p.error id="file-error" { (problem) } }
                    input type="file" id="file" name="file" accept=".csv,text/csv" required
                        aria-describedby=(if problem.is_some() { "file-hint file-error" } else { "file-hint" })
                        aria-invalid=[problem.as_ref().map(|_| "true")];
                }
                div.row {
                    button.btn { (w.submit) }
                    span.small.mute { (w.submit_hint) }
                }
            }
            ul.plain.row {
                @for kind in ImportKind::ALL {
                    @let file = format!("{}.csv", kind.name());
                    li { a href={ "/admin/import/" (file) } download { (fill(&w.template, &[("file", &file)])) } }
                }
            }
        }
    }
}

fn kind_option(kind: ImportKind, chosen: Option<ImportKind>, invalid: bool, w: &Words) -> Markup {
    let hint = match kind {
        ImportKind::Contacts => &w.contacts_hint,
        ImportKind::Certifications => &w.certifications_hint,
    };
    html! {
        label.option {
            input type="radio" id=(kind.name()) name="kind" value=(kind.name()) checked[chosen == Some(kind)]
                aria-describedby=[invalid.then_some("kind-error")];
            span.text {
                (kind_name(kind, w))
                span.hint { (fill(&w.columns, &[("columns", &kind.columns().join(", "))])) " " (hint) }
            }
        }
    }
}

fn kind_name(kind: ImportKind, w: &Words) -> &str {
    match kind {
        ImportKind::Contacts => &w.contacts,
        ImportKind::Certifications => &w.certifications,
    }
}

/// What would become of each row, and the form that imports.
fn dry_run(report: &Report, upload: &str, why: Option<NotImported>, w: &Words) -> Markup {
    let counts = report.counts();
    let refused = why.map(|why| match why {
        NotImported::NoChoice => w.no_choice.clone(),
        NotImported::NothingToAdd => w.nothing_to_add.clone(),
        NotImported::Bad if counts.bad == 1 => w.refused_one.clone(),
        NotImported::Bad => fill(&w.refused, &[("n", &counts.bad.to_string())]),
    });
    let no_choice = why == Some(NotImported::NoChoice);
    let choice = |value: ImportChoice, words: &str, checked: bool| {
        html! {
            label.option {
                input type="radio" name="choice" value=(value.name()) required checked[checked]
                    aria-describedby=[no_choice.then_some("choice-error")];
                span.text { (words) }
            }
        }
    };
    html! {
        h1.long { (fill(&w.dry_run, &[("file", &report.file_name)])) }
        p.mute { (kind_name(report.kind, w)) ". " (w.dry_run_text) }
        @if let Some(refused) = &refused { p.card.errors role="alert" { (refused) } }
        (totals(counts, w))
        @if counts.adds == 0 {
            @if refused.is_none() { p { (w.nothing_to_add) } }
        } @else {
            form.form-page.stack method="post" action="/admin/import" {
                input type="hidden" name="upload" value=(upload);
                fieldset.wrong[no_choice] {
                    legend { b { (w.choice) } }
                    @if no_choice { p.error id="choice-error" { (w.no_choice) } }
                    div.options {
                        (choice(ImportChoice::Good, &w.good_rows, false))
                        (choice(ImportChoice::Refuse, &w.refuse, counts.bad == 0))
                    }
                }
                div.row {
                    button.btn { (w.import) }
                    span.small.mute { (w.import_hint) }
                }
            }
        }
        (rows(report, upload, w))
        p { a href="/admin/import" { (w.another) } }
    }
}

/// How many rows there are of each outcome.
fn totals(counts: Counts, w: &Words) -> Markup {
    html! {
        ul.plain.totals {
            @for (kind, n, words) in [("adds", counts.adds, &w.adds), ("same", counts.unchanged, &w.unchanged), ("bad", counts.bad, &w.bad)] {
                li.card data-outcome=(kind) { b.num { (n) } " " span.mute { (words) } }
            }
        }
    }
}

fn rows(report: &Report, upload: &str, w: &Words) -> Markup {
    let is_bad = |row: &&RowReport| matches!(row.outcome, Outcome::Bad(_));
    let bad = report.rows.iter().filter(is_bad);
    let others = report.rows.iter().filter(|row| !is_bad(row));
    let shown: Vec<_> = bad.chain(others).take(MOST_SHOWN).collect();
    let (n, all) = (shown.len().to_string(), report.rows.len().to_string());
    html! {
        section.stack aria-labelledby="rows" {
            div.row.head {
                h2 id="rows" { (w.rows) }
                a.end href={ "/admin/import/result.csv?upload=" (upload) } download { (w.download) }
            }
            p.mute { (fill(&w.shown, &[("n", &n), ("all", &all)])) }
            (records("records rows", &w.rows, &[&w.line, &w.outcome, &w.reason, &w.content], html! {
                @for row in shown {
                    @let (outcome, reason) = outcome_words(&row.outcome, w);
                    tr data-outcome=[is_bad(&row).then_some("bad")] {
                        th.num scope="row" { span.narrow-only { (w.line) " " } (row.line) }
                        td data-label=(w.outcome) { (outcome) }
                        td data-label=(w.reason) { (reason) }
                        td.long data-label=(w.content) { (row.cells.join(", ")) }
                    }
                }
            }))
        }
    }
}

/// What came of an import.
fn finished(done: &Done, w: &Words) -> Markup {
    let Counts {
        adds,
        unchanged,
        bad,
    } = done.counts;
    let text = fill(
        &w.done_text,
        &[
            ("added", &adds.to_string()),
            ("unchanged", &unchanged.to_string()),
            ("bad", &bad.to_string()),
        ],
    );
    html! {
        h1.long { (fill(&w.done, &[("file", &done.file_name)])) }
        p.card.done role="status" { (kind_name(done.kind, w)) ". " (text) }
        @if done.kind == ImportKind::Contacts && adds > 0 { p.mute { (w.invite) } }
        p { a.btn.quiet href="/admin/import" { (w.another) } }
    }
}

/// What becomes of a row, and why, in words.
pub fn outcome_words(outcome: &Outcome, w: &Words) -> (String, String) {
    match outcome {
        Outcome::Adds => (w.out_adds.clone(), String::new()),
        Outcome::ChangesNothing => (w.out_unchanged.clone(), String::new()),
        Outcome::Bad(reason) => (w.out_bad.clone(), reason_words(reason, w)),
    }
}

fn reason_words(reason: &Reason, w: &Words) -> String {
    match reason {
        Reason::Cells { is, expected } => fill(
            &w.r_cells,
            &[("is", &is.to_string()), ("expected", &expected.to_string())],
        ),
        Reason::Empty(column) => fill(&w.r_empty, &[("column", column)]),
        Reason::TooLong { column, most } => fill(
            &w.r_too_long,
            &[("column", column), ("most", &most.to_string())],
        ),
        Reason::Control(column) => fill(&w.r_control, &[("column", column)]),
        Reason::UnknownCustomer => w.r_unknown_customer.clone(),
        Reason::NotAnEmail => w.r_not_an_email.clone(),
        Reason::NotARole => w.r_not_a_role.clone(),
        Reason::NotYesOrNo => w.r_not_yes_or_no.clone(),
        Reason::EmailInUse => w.r_email_in_use.clone(),
        Reason::Twice { line } => fill(&w.r_twice, &[("line", &line.to_string())]),
        Reason::NoSeat => w.r_no_seat.clone(),
        Reason::UnknownPerson => w.r_unknown_person.clone(),
        Reason::NoPlan => w.r_no_plan.clone(),
        Reason::UnknownTrack(track) => fill(&w.r_unknown_track, &[("track", track)]),
        Reason::UnknownLevel(levels) => fill(&w.r_unknown_level, &[("levels", &levels.join(", "))]),
        Reason::NotADate(column) => fill(&w.r_not_a_date, &[("column", column)]),
        Reason::ExpiryBeforeIssue => w.r_expiry_before_issue.clone(),
        Reason::Overlaps(number) => fill(&w.r_overlaps, &[("number", number)]),
        Reason::NumberInUse => w.r_number_in_use.clone(),
    }
}

fn file_problem(problem: &FileProblem, w: &Words) -> String {
    let most = MOST_ROWS.to_string();
    match problem {
        FileProblem::Missing => w.f_missing.clone(),
        FileProblem::TooLarge => w.f_too_large.clone(),
        FileProblem::NotUtf8 { line } => fill(&w.f_not_utf8, &[("line", &line.to_string())]),
        FileProblem::NotCsv => w.f_not_csv.clone(),
        FileProblem::OpenQuote { line } => fill(&w.f_open_quote, &[("line", &line.to_string())]),
        FileProblem::MissingColumns(columns) => {
            fill(&w.f_missing_columns, &[("columns", &columns.join(", "))])
        }
        FileProblem::UnknownColumn(column) => fill(&w.f_unknown_column, &[("column", column)]),
        FileProblem::NoRows => w.f_no_rows.clone(),
        FileProblem::TooManyRows { is } => fill(
            &w.f_too_many_rows,
            &[("is", &is.to_string()), ("most", &most)],
        ),
    }
}

/// A dry run as lines of cells, the first with the names of the columns: what can be downloaded.
pub fn result_table(report: &Report, w: &Words) -> Vec<Vec<String>> {
    let mut lines = Vec::with_capacity(report.rows.len() + 1);
    let mut head = vec![w.line.clone(), w.outcome.clone(), w.reason.clone()];
    head.extend(report.kind.columns().iter().map(|name| (*name).to_owned()));
    lines.push(head);
    for row in &report.rows {
        let (outcome, reason) = outcome_words(&row.outcome, w);
        let mut line = vec![row.line.to_string(), outcome, reason];
        line.extend(row.cells.iter().cloned());
        lines.push(line);
    }
    lines
}
