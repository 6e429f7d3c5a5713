//! The vendor's plan: word for word, sound, and refused with a line and a remedy when it is not.

#![allow(clippy::unwrap_used, reason = "tests")]

use domain::{
    plan::{ClauseId, Plan, Severity, embedded},
    text::Lang,
};

const PUBLISHED: &str = include_str!("data/service-assurance.txt");
const DOCUMENT: &str = include_str!("../plans/service-assurance-2026.1.toml");

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The sections as the published page has them, put together from the document.
fn republished(plan: &Plan) -> String {
    let mut page = Vec::new();
    for section in &plan.sections {
        page.push(format!("{}. {}", section.number, section.title.en));
        for clause in &section.clauses {
            let id = section.clause_id(clause);
            let lettered = id.is_some_and(|id| id.cite() != section.number);
            page.push(match (&clause.term, lettered) {
                (Some(_), _) => format!("• {}", clause.words(Lang::En)),
                (None, true) => clause.words(Lang::En),
                (None, false) => clause.text.en.clone(),
            });
        }
    }
    squeezed(&page.join(" "))
}

#[test]
fn the_seven_sections_stand_word_for_word() {
    let published = squeezed(PUBLISHED);
    let start = published.find("1. Definitions").unwrap();
    let end = published.find("How We Can Help").unwrap();
    assert_eq!(
        republished(&embedded().unwrap()),
        published[start..end].trim()
    );
}

#[test]
fn the_page_around_the_contract_stands_word_for_word() {
    let plan = embedded().unwrap();
    let published = squeezed(PUBLISHED);
    for text in plan.page.about.iter().chain([&plan.page.offers_title]) {
        assert!(published.contains(&text.en), "{}", text.en);
    }
    assert_eq!(plan.page.offers.len(), 3);
    for offer in &plan.page.offers {
        assert!(
            published.contains(&format!("{} {}", offer.title.en, offer.text.en)),
            "{}",
            offer.title.en
        );
    }
    assert!(
        published
            .to_lowercase()
            .contains(&plan.page.tagline.en.to_lowercase())
    );
}

#[test]
fn clauses_are_cited_as_the_contract_writes_them() {
    let plan = embedded().unwrap();
    for (id, cited) in [
        ("7-v", "7(v)"),
        ("6-c", "6(c)"),
        ("7", "7"),
        ("3-i", "3(i)"),
        ("1-business-hour", "1"),
        ("2-s1", "2"),
        ("3-response", "3"),
    ] {
        let id = ClauseId(id.to_owned());
        assert!(plan.clause_ids().contains(&id), "{id}");
        assert_eq!(id.cite(), cited);
        assert!(!plan.clause_words(&id, Lang::En).unwrap().is_empty());
    }
}

#[test]
fn every_text_is_translated() {
    fn walk(value: &serde_json::Value, path: &str) {
        match value {
            serde_json::Value::Object(map) => {
                assert!(
                    !map.contains_key("en") || map.contains_key("ko"),
                    "no Korean for {path}"
                );
                for (key, inner) in map {
                    walk(inner, &format!("{path}.{key}"));
                }
            }
            serde_json::Value::Array(items) => {
                for (index, inner) in items.iter().enumerate() {
                    walk(inner, &format!("{path}.{index}"));
                }
            }
            _ => {}
        }
    }
    walk(&serde_json::to_value(embedded().unwrap()).unwrap(), "plan");
}

/// The only line of the document that is `line`, counted from 1.
fn line_of(document: &str, line: &str) -> usize {
    document.lines().position(|one| one == line).unwrap() + 1
}

/// The message about the document with one line replaced.
fn refused(line: &str, instead: &str) -> (usize, String) {
    let changed = DOCUMENT.replacen(line, instead, 1);
    assert_ne!(changed, DOCUMENT, "the document has no line {line:?}");
    let error = Plan::read("plan.toml", &changed).unwrap_err();
    (error.problems[0].line, error.to_string())
}

#[test]
fn a_reference_to_nowhere_is_named_with_its_line_and_what_exists() {
    let (line, message) = refused("excludes = \"7-v\"", "excludes = \"7-vii\"");
    assert_eq!(line, line_of(DOCUMENT, "  excludes = \"7-v\""));
    assert!(
        message.starts_with(&format!("plan.toml:{line}: ")),
        "{message}"
    );
    assert!(
        message.contains("`7-vii` does not exist") && message.contains("7-ix"),
        "{message}"
    );
}

#[test]
fn an_unknown_key_is_named() {
    let (line, message) = refused("format = 1", "format = 1\ncolour = \"red\"");
    assert!(
        line <= line_of(DOCUMENT, "format = 1") + 1 && message.contains("colour"),
        "{message}"
    );
}

#[test]
fn a_level_without_a_target_is_named() {
    let (_, message) = refused(
        "  { level = \"S4\", amount = 3, unit = \"day\", clock = \"business\" },\n",
        "",
    );
    assert!(
        message.contains("tier `core` has no response target for S4"),
        "{message}"
    );
}

#[test]
fn a_guide_that_does_not_decide_everything_is_refused() {
    let (_, message) = refused(
        "when = [{ time_sensitive = [\"yes\"] }]",
        "when = [{ time_sensitive = [\"yes\"], kind = [\"problem\"] }]",
    );
    assert!(
        message.contains("no rule decides kind=enhancement&time_sensitive=yes"),
        "{message}"
    );
}

#[test]
fn a_guide_in_which_a_worse_answer_lowers_the_level_is_refused() {
    let (_, message) = refused(
        "level = \"S2\"\nreading = \"key_cumbersome\"",
        "level = \"S4\"\nreading = \"key_cumbersome\"",
    );
    assert!(
        message.contains("a worse answer lowers the level"),
        "{message}"
    );
}

#[test]
fn a_rule_that_claims_words_which_do_not_hold_is_refused() {
    let (_, message) = refused(
        "{ impact = [\"minor\"] }, { kind",
        "{ impact = [\"minor\", \"cosmetic\"] }, { kind",
    );
    assert!(message.contains("but they do not hold"), "{message}");
}

#[test]
fn a_rule_that_never_decides_is_refused() {
    let (_, message) = refused(
        "[[guide.rules]]\nlevel = \"S4\"\nreading = \"cosmetic\"",
        "[[guide.rules]]\nlevel = \"S4\"\nwhen = [{ time_sensitive = [\"no\"] }]\n\n[[guide.rules]]\nlevel = \"S4\"\nreading = \"cosmetic\"",
    );
    assert!(message.contains("the rule never decides"), "{message}");
}

#[test]
fn a_condition_on_what_cannot_all_be_tried_is_refused() {
    let rule = "when = [{ impact = [\"cosmetic\"] }]\n";
    for (question, option) in [
        ("causes", "free"),
        ("readiness", "ready"),
        ("release", "unlisted"),
    ] {
        let condition =
            format!("when = [{{ impact = [\"cosmetic\"], {question} = [\"{option}\"] }}]");
        let document = DOCUMENT
            .trim_end()
            .strip_suffix(rule.trim_end())
            .expect("the last rule");
        let document = format!("{document}{condition}\n");
        let error = Plan::read("plan.toml", &document).unwrap_err();
        assert_eq!(error.problems[0].line, line_of(&document, &condition));
        let message = error.to_string();
        assert!(
            message.contains(&format!("the question `{question}`, whose answers cannot"))
                && message.contains("choose = \"one\" only: kind, time_sensitive, recreated"),
            "{message}"
        );
    }
    // In the words of a level, and in what asks a question, likewise.
    let (line, message) = refused(
        "{ id = \"unusable\", when = [{ impact = [\"unusable\"] }] }",
        "{ id = \"unusable\", when = [{ causes = [\"free\"] }] }",
    );
    assert!(
        line > 1 && message.contains("names the question `causes`"),
        "{message}"
    );
    let (_, message) = refused(
        "when = [{ environment = [\"other\"] }]",
        "when = [{ readiness = [\"ready\"] }]",
    );
    assert!(
        message.contains("names the question `readiness`"),
        "{message}"
    );
}

#[test]
fn the_portals_own_names_are_no_questions() {
    for name in [
        "tier", "zone", "at", "step", "back", "after", "draft", "new", "result", "clear",
    ] {
        let (line, message) = refused("id = \"kind\"", &format!("id = \"{name}\""));
        assert!(
            line == line_of(DOCUMENT, "id = \"kind\"")
                && message.contains(&format!("the question id `{name}` is taken or no id")),
            "{message}"
        );
    }
}

#[test]
fn an_id_that_is_too_long_for_an_answer_is_refused() {
    let id = "x".repeat(129);
    let (_, message) = refused("id = \"kind\"", &format!("id = \"{id}\""));
    assert!(
        message.contains(&format!("the question id `{id}` is taken or no id")),
        "{message}"
    );
}

#[test]
fn conditions_that_name_nothing_are_refused() {
    let (_, message) = refused(
        "when = [{ environment = [\"other\"] }]",
        "when = [{ environment = [\"staging\"] }]",
    );
    assert!(
        message.contains("no option `staging`") && message.contains("other, production"),
        "{message}"
    );
    let (_, message) = refused("reading = \"harm\"", "reading = \"hram\"");
    assert!(message.contains("there is no reading `hram`"), "{message}");
    let (_, message) = refused("{unusable|is unusable}", "is unusable");
    assert!(message.contains("the words of S1 mark"), "{message}");
    let (_, message) = refused("tz = \"Asia/Seoul\"", "tz = \"Asia/Soul\"");
    assert!(message.contains("no time zone"), "{message}");
}

#[test]
fn the_targets_are_the_tables() {
    let plan = embedded().unwrap();
    let hours = |tier: &str, level| {
        plan.tier(tier)
            .unwrap()
            .response(Severity::new(level).unwrap())
            .unwrap()
            .millis()
            / 3_600_000
    };
    assert_eq!(
        [1, 2, 3, 4].map(|level| hours("core", level)),
        [4, 8, 16, 24]
    );
    assert_eq!(
        [1, 2, 3, 4].map(|level| hours("advanced", level)),
        [2, 4, 8, 16]
    );
    assert_eq!(
        [1, 2, 3, 4].map(|level| hours("platinum", level)),
        [1, 2, 4, 8]
    );
}
