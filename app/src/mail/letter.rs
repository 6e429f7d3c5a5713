//! How a mail looks: complete as text, and the same as calm HTML that is readable on a dark screen too.

use domain::text::Lang;
use maud::{DOCTYPE, PreEscaped, html};

use crate::{
    server::markdown,
    words::{MailWords, fill},
};

/// What marks the line above which an answer is written, in every language: what comes after it is quoted.
pub const ANSWER_MARK: &str = "--- # ---";

/// What a mail consists of.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    pub subject: String,
    /// What it is about.
    pub title: String,
    /// What happened.
    pub parts: Vec<Part>,
    /// How things stand now.
    pub facts: Vec<(String, String)>,
    /// What is to be known about them; may be empty.
    pub note: String,
    /// What the link leads to.
    pub see: String,
    /// The link: at first a path, in the end the whole address.
    pub link: String,
    /// Whether an answer to the mail arrives.
    pub answers: bool,
    /// Why whoever reads it gets it.
    pub why: String,
    /// Where they choose what they get.
    pub choose: String,
    /// Where they end this kind of mail, if it is optional.
    pub end: Option<String>,
}

/// Something that happened.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// What; may be empty.
    pub heading: String,
    /// Who did it, and when; may be empty.
    pub when: String,
    /// What was said, as Markdown.
    pub said: Option<String>,
    /// What was said, as it was typed.
    pub plain: Option<String>,
    /// What follows from it, a sentence each.
    pub facts: Vec<String>,
}

/// Few rules, so that a program that knows none of them still shows everything.
const STYLE: &str = "body{margin:0;padding:1.25rem;font:1rem/1.55 system-ui,-apple-system,sans-serif;color:#1c2430;background:#fff}\
main{max-width:40rem;margin:0 auto}h1{font-size:1.15rem;margin:0 0 1.25rem}h2{font-size:1rem;margin:1.5rem 0 0}p{margin:.5rem 0}\
.mute{color:#566072;font-size:.875rem}.plain{white-space:pre-wrap}.facts{border-top:1px solid #d5dae2;border-bottom:1px solid #d5dae2;margin:1.5rem 0;padding:.5rem 0}\
a{color:#0b57b0}pre{white-space:pre-wrap}td,th{padding:.2rem .6rem;border:1px solid #d5dae2}\
@media(prefers-color-scheme:dark){body{color:#e5e9ef;background:#12161c}.mute{color:#a3adbb}a{color:#8ab8f5}.facts,td,th{border-color:#353d49}}";

impl Content {
    /// As text.
    pub(super) fn text(&self, m: &MailWords) -> String {
        let mut paragraphs = Vec::new();
        if self.answers {
            paragraphs.push(answer_above(m));
        }
        paragraphs.push(self.title.clone());
        for part in &self.parts {
            let head: Vec<_> = [&*part.heading, &part.when]
                .into_iter()
                .filter(|line| !line.is_empty())
                .collect();
            paragraphs.push(head.join("\n"));
            paragraphs.extend(part.said.clone());
            paragraphs.extend(part.plain.clone());
            paragraphs.push(part.facts.join(" "));
        }
        let facts = self.facts.iter();
        let facts: Vec<_> = facts
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        paragraphs.push(facts.join("\n"));
        paragraphs.push(self.note.clone());
        paragraphs.push(format!("{}\n{}", self.see, self.link));
        paragraphs.push(self.answering(m).to_owned());
        let mut foot = vec![self.why.clone()];
        if let Some(end) = &self.end {
            foot.push(format!("{}: {end}", m.end));
        }
        foot.push(format!("{}: {}", m.choose, self.choose));
        paragraphs.push(foot.join("\n"));
        paragraphs.retain(|paragraph| !paragraph.trim().is_empty());
        paragraphs.join("\n\n") + "\n"
    }

    /// As HTML.
    pub(super) fn html(&self, lang: Lang, m: &MailWords) -> String {
        let answering = self.answering(m);
        html! {
            (DOCTYPE)
            html lang=(lang.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.subject) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    main {
                        @if self.answers { p.mute { (answer_above(m)) } }
                        h1 { (self.title) }
                        @for part in &self.parts {
                            @if !part.heading.is_empty() { h2 { (part.heading) } }
                            @if !part.when.is_empty() { p.mute { (part.when) } }
                            @if let Some(said) = &part.said { div { (markdown(said)) } }
                            @if let Some(plain) = &part.plain { p.plain { (plain) } }
                            @if !part.facts.is_empty() { p { (part.facts.join(" ")) } }
                        }
                        @if !self.facts.is_empty() {
                            div.facts {
                                @for (name, value) in &self.facts { p { (name) ": " b { (value) } } }
                                @if !self.note.is_empty() { p.mute { (self.note) } }
                            }
                        }
                        p { a href=(self.link) { (self.see) } }
                        @if !answering.is_empty() { p.mute { (answering) } }
                        p.mute {
                            (self.why) " "
                            @if let Some(end) = &self.end { a href=(end) { (m.end) } " · " }
                            a href=(self.choose) { (m.choose) }
                        }
                    }
                }
            }
        }
        .into_string()
    }

    /// Where an answer goes to; nothing is said where there is nothing to answer.
    fn answering<'a>(&self, m: &'a MailWords) -> &'a str {
        if self.answers {
            &m.answer
        } else {
            &m.no_answer
        }
    }
}

fn answer_above(m: &MailWords) -> String {
    fill(&m.answer_above, &[("mark", ANSWER_MARK)])
}
