//! Files of an incident: the form that attaches them, and how one looks in the conversation.

use domain::incident::{Attachment, IncidentNumber, Party, StepKind};
use maud::{Markup, html};

use crate::{
    islands::FILES_FIELD,
    server::{FilesReply, file_outcome},
    words::{FileWords, Words, fill},
};

/// The id of the form's section.
pub const ATTACH: &str = StepKind::Attach.name();

/// The form. It needs no script: the files come with it, as many as were chosen. What is sent before them says to what they
/// belong. With script they go one by one ([`SendFiles`](crate::islands::SendFiles)). Without a key there is only what
/// became of those that were sent.
pub fn form(
    number: IncidentNumber,
    party: Party,
    key: Option<&str>,
    reply: Option<&FilesReply>,
    t: &Words,
) -> Markup {
    let f = &t.files;
    let wrong = reply.is_some_and(FilesReply::is_wrong);
    let described = if wrong {
        "attach-hint attach-error"
    } else {
        "attach-hint"
    };
    html! {
        section.stack id=(ATTACH) aria-label=(f.title) {
            h2 { (f.title) }
            @if let Some(reply) = reply { (outcomes(reply, t)) }
            @if let Some(key) = key {
                form.stack method="post" action={ "/incidents/" (number) } enctype="multipart/form-data"
                    data-files={ "/incidents/" (number) "/files" } {
                    input type="hidden" name="key" value=(key);
                    @if party.vendor() {
                        label.tick {
                            input type="checkbox" name="internal" value="yes" checked[reply.is_some_and(|reply| reply.internal)];
                            span { (f.only_vendor) }
                        }
                    }
                    div.field.wrong[wrong] {
                        label for=(FILES_FIELD) { (f.choose) }
                        p.hint id="attach-hint" { (f.hint) }
                        @if wrong { p.error id="attach-error" { (f.choose_again) } }
                        input type="file" id=(FILES_FIELD) name="file" multiple required aria-describedby=(described)
                            aria-invalid=[wrong.then_some("true")];
                    }
                    p.error.typed id={ (FILES_FIELD) "-refused" } role="alert" {}
                    p.row {
                        button.btn.quiet id={ (FILES_FIELD) "-send" } { (f.send) }
                        span.long id={ (FILES_FIELD) "-says" } aria-live="polite" data-sending=(f.sending) data-lost=(f.lost)
                            data-failed=(f.gone) data-changed=(f.changed) data-stored=(f.stored)
                            data-done={ "/incidents/" (number) "?done=" (ATTACH) "#last" } {}
                    }
                    progress id={ (FILES_FIELD) "-bar" } aria-label=(f.sending) hidden {}
                }
            }
        }
    }
}

/// What became of each file.
fn outcomes(reply: &FilesReply, t: &Words) -> Markup {
    let f = &t.files;
    let role = if reply.is_wrong() { "alert" } else { "status" };
    html! {
        div.card.errors[reply.is_wrong()].done[!reply.is_wrong()] role=(role) tabindex="-1" autofocus {
            h3 { (f.outcome) }
            @if reply.outcomes.is_empty() { p { (f.none) } } @else {
                ul { @for (name, outcome) in &reply.outcomes { li { (file_outcome(name, outcome, t)) } } }
            }
        }
    }
}

/// A file as its event shows it: to be looked at if it is a picture, to be downloaded in any case.
pub fn attachment(number: IncidentNumber, file: &Attachment, t: &Words) -> Markup {
    let f = &t.files;
    let address = format!("/incidents/{number}/files/{}", file.id);
    html! {
        @if file.picture.is_some() {
            p.picture {
                a href={ (address) "/picture" } {
                    img src={ (address) "/picture" } alt=(fill(&f.picture, &[("name", &file.name)])) loading="lazy";
                }
            }
        }
        p.file {
            a href=(address) download { bdi { (file.name) } }
            " " span.small.mute.num { (size(file.size, f)) }
        }
        p.cite.hash { "SHA-256 " code { (file.sha256) } }
    }
}

/// A size as people read it.
fn size(bytes: u64, f: &FileWords) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    let (words, n) = match bytes {
        ..KIB => (&f.bytes, bytes.to_string()),
        KIB..MIB => (&f.kib, bytes.div_ceil(KIB).to_string()),
        MIB.. => {
            let tenths = (bytes * 10).div_ceil(MIB);
            (&f.mib, format!("{}.{}", tenths / 10, tenths % 10))
        }
    };
    fill(words, &[("n", &n)])
}

#[cfg(test)]
mod tests {
    use domain::text::Lang;

    use super::*;
    use crate::words::words;

    #[test]
    fn a_size_is_written_in_the_unit_that_fits() {
        for (bytes, text) in [
            (1, "1 bytes"),
            (1023, "1023 bytes"),
            (1024, "1 KiB"),
            (1025, "2 KiB"),
            (1024 * 1024, "1.0 MiB"),
            (1_600_000, "1.6 MiB"),
            (25 * 1024 * 1024, "25.0 MiB"),
        ] {
            assert_eq!(size(bytes, &words(Lang::En).files), text);
        }
    }
}
