//! The severity guide of the vendor's plan: the cases of the contract and of its readings, and what is said about them.

#![allow(clippy::unwrap_used, reason = "tests")]

use domain::{
    plan::{Severity, embedded},
    text::Text,
    triage::{
        AnswerProblem, Answers, Basis, Catalog, Guide, Product, Release, ReleaseWords, State,
        SupportState,
    },
};

fn guide() -> Guide {
    embedded().unwrap().guide
}

const PROBLEM: &str = "kind=problem&release=unlisted&causes=none&recreated=yes&readiness=ready";

fn answers(rest: &str) -> Answers {
    Answers::from_query(&format!("{PROBLEM}&{rest}"))
}

fn decided(rest: &str) -> (String, Option<String>) {
    let outcome = guide().outcome(&answers(rest)).unwrap();
    let reading = match outcome.basis {
        Basis::Words => None,
        Basis::Reading(id) => Some(id),
    };
    (outcome.severity.to_string(), reading)
}

#[test]
fn the_contracts_words_decide() {
    for (rest, level) in [
        (
            "environment=production&impact=unusable&workaround=none&critical=yes&harm=no",
            "S1",
        ),
        (
            "environment=production&impact=key&workaround=none&harm=no",
            "S2",
        ),
        (
            "environment=production&impact=performance&workaround=none&harm=no",
            "S2",
        ),
        (
            "environment=production&impact=key&workaround=viable&harm=no",
            "S3",
        ),
        ("environment=production&impact=minor&harm=no", "S3"),
    ] {
        assert_eq!(decided(rest), (level.to_owned(), None), "{rest}");
    }
}

#[test]
fn the_readings_decide_where_the_words_are_silent() {
    for (rest, level, reading) in [
        (
            "environment=production&impact=unusable&workaround=none&critical=no&harm=no",
            "S2",
            "no_critical",
        ),
        (
            "environment=production&impact=unusable&workaround=cumbersome&critical=yes&harm=no",
            "S2",
            "unusable_cumbersome",
        ),
        (
            "environment=production&impact=unusable&workaround=viable&critical=yes&harm=no",
            "S3",
            "unusable_viable",
        ),
        (
            "environment=production&impact=key&workaround=cumbersome&harm=no",
            "S2",
            "key_cumbersome",
        ),
        (
            "environment=production&impact=performance&workaround=cumbersome&harm=no",
            "S2",
            "key_cumbersome",
        ),
        (
            "environment=other&go_live=no&impact=unusable&workaround=none&harm=no",
            "S3",
            "not_production",
        ),
        (
            "environment=other&go_live=yes&impact=key&workaround=cumbersome&harm=no",
            "S2",
            "not_production",
        ),
        (
            "environment=production&impact=cosmetic&harm=yes",
            "S1",
            "harm",
        ),
        (
            "environment=other&go_live=no&impact=minor&harm=yes",
            "S2",
            "harm",
        ),
        (
            "environment=production&impact=cosmetic&harm=no",
            "S4",
            "cosmetic",
        ),
    ] {
        assert_eq!(
            decided(rest),
            (level.to_owned(), Some(reading.to_owned())),
            "{rest}"
        );
    }
    let enhancement = |urgent: &str| {
        let query = format!("kind=enhancement&time_sensitive={urgent}&release=unlisted");
        guide()
            .outcome(&Answers::from_query(&query))
            .unwrap()
            .severity
            .to_string()
    };
    assert_eq!([enhancement("yes"), enhancement("no")], ["S3", "S4"]);
    for kind in ["question", "change"] {
        let query = format!("kind={kind}&release=unlisted&causes=none");
        assert_eq!(
            guide()
                .outcome(&Answers::from_query(&query))
                .unwrap()
                .severity
                .to_string(),
            "S3"
        );
    }
}

#[test]
fn the_words_are_marked_in_the_sentence() {
    let guide = guide();
    let level = guide.level(Severity::new(2).unwrap()).unwrap();
    let answers = answers("environment=production&impact=key&workaround=none&harm=no");
    let marked = level.marked(&level.words.en, &answers);
    let marks: Vec<_> = marked
        .iter()
        .filter(|part| part.state != State::Plain)
        .map(|part| (part.text, part.state))
        .collect();
    assert_eq!(
        marks,
        [
            ("Key functionality is affected", State::Holds),
            ("performance is degraded", State::NotNeeded),
            ("no workaround is available", State::Holds),
            ("other features still function", State::Holds),
        ]
    );
    let whole: String = marked.iter().map(|part| part.text).collect();
    assert_eq!(
        whole,
        "Key functionality is affected and/or performance is degraded; no workaround is available; and other features still function."
    );
}

#[test]
fn exclusions_and_conditions_name_their_clause_and_answer() {
    let query = "kind=problem&release=unlisted&causes=third_party&causes=community_connector&recreated=not_tried&readiness=access&environment=production&impact=minor&harm=no";
    let outcome = guide().outcome(&Answers::from_query(query)).unwrap();
    let excluded: Vec<_> = outcome
        .excluded
        .iter()
        .map(|one| (one.clause.cite(), one.option.as_str()))
        .collect();
    assert_eq!(
        excluded,
        [
            ("7(v)".to_owned(), "third_party"),
            ("7(ix)".to_owned(), "community_connector")
        ]
    );
    let unmet: Vec<_> = outcome.unmet.iter().map(|one| one.clause.cite()).collect();
    assert_eq!(unmet, ["5(a)", "6(b)"]);
}

fn ways(rest: &str) -> Vec<(String, String)> {
    guide()
        .changes(&answers(rest))
        .into_iter()
        .map(|change| {
            let answers: Vec<_> = change
                .answers
                .iter()
                .map(|(question, option)| format!("{question}={option}"))
                .collect();
            (change.to.to_string(), answers.join("&"))
        })
        .collect()
}

#[test]
fn what_would_change_it_is_the_fewest_answers() {
    let ways = ways("environment=production&impact=key&workaround=none&harm=no");
    assert!(ways.contains(&("S1".into(), "harm=yes".into())), "{ways:?}");
    assert!(
        ways.contains(&("S1".into(), "impact=unusable&critical=yes".into())),
        "{ways:?}"
    );
    assert!(
        ways.contains(&("S3".into(), "workaround=viable".into())),
        "{ways:?}"
    );
    assert!(!ways.iter().any(|(level, _)| level == "S2"), "{ways:?}");
}

#[test]
fn every_way_told_leads_where_it_says() {
    let guide = guide();
    for rest in [
        "environment=production&impact=unusable&workaround=none&critical=yes&harm=yes",
        "environment=other&go_live=yes&impact=unusable&workaround=none&harm=no",
        "environment=production&impact=cosmetic&harm=no",
    ] {
        let base = answers(rest);
        let changes = guide.changes(&base);
        assert!(!changes.is_empty());
        for change in changes {
            let mut other = base.clone();
            for (question, option) in &change.answers {
                other.set(question, vec![option.clone()]);
            }
            let walk = guide.walk(&other);
            assert_eq!(
                guide.outcome(&walk.kept).map(|outcome| outcome.severity),
                Some(change.to),
                "{rest} with {:?}",
                change.answers
            );
        }
    }
}

#[test]
fn one_question_at_a_time_and_no_answer_is_lost() {
    let guide = guide();
    let mut given = Answers::default();
    assert_eq!(guide.questions[guide.walk(&given).next.unwrap()].id, "kind");
    given.set("kind", vec!["problem".into()]);
    assert_eq!(
        guide.questions[guide.walk(&given).next.unwrap()].id,
        "release"
    );
    // Changing the first answer leaves out what no longer applies; changing it back brings it in again.
    let full = answers("environment=production&impact=key&workaround=none&harm=no");
    let question = full.with("kind", "question");
    let walk = guide.walk(&question);
    assert_eq!(
        (walk.next, walk.kept.to_query().as_str()),
        (None, "kind=question&release=unlisted&causes=none")
    );
    assert_eq!(
        guide.walk(&question.with("kind", "problem")).kept,
        guide.walk(&full).kept
    );
}

#[test]
fn a_form_asks_at_once_all_that_can_be_asked() {
    let guide = guide();
    let ids = |answers: &str| -> Vec<String> {
        let (asked, _) = guide.ask(&Answers::from_query(answers));
        asked
            .into_iter()
            .map(|at| guide.questions[at].id.clone())
            .collect()
    };
    assert_eq!(ids(""), ["kind", "release"]);
    let problem = ids("kind=problem");
    assert!(
        problem.contains(&"impact".to_owned()) && problem.contains(&"harm".to_owned()),
        "{problem:?}"
    );
    assert!(!problem.contains(&"workaround".to_owned()), "{problem:?}");
    // What is asked in the end, one by one or at once, is the same; what no longer applies is left out.
    let full =
        answers("environment=production&impact=unusable&workaround=none&critical=yes&harm=no");
    let (asked, kept) = guide.ask(&full);
    assert_eq!(
        (asked, kept),
        (guide.walk(&full).asked, guide.walk(&full).kept)
    );
    let (_, kept) = guide.ask(&full.with("kind", "question"));
    assert_eq!(guide.check(&kept), Ok(kept.clone()));
}

#[test]
fn forged_answers_are_refused() {
    let guide = guide();
    let problems = |query: &str| guide.check(&Answers::from_query(query)).unwrap_err();
    let full = format!("{PROBLEM}&environment=production&impact=key&workaround=none&harm=no");
    assert!(guide.check(&Answers::from_query(&full)).is_ok());
    assert_eq!(
        problems(&full.replace("impact=key", "impact=everything")),
        [AnswerProblem::NoSuchOption {
            question: "impact".into()
        }]
    );
    assert_eq!(
        problems(&full.replace("causes=none", "causes=none&causes=free")),
        [AnswerProblem::Contradiction {
            question: "causes".into()
        }]
    );
    assert_eq!(
        problems(&full.replace("impact=key", "impact=key&impact=minor")),
        [AnswerProblem::Contradiction {
            question: "impact".into()
        }]
    );
    assert_eq!(
        problems(&format!("{full}&go_live=yes")),
        [AnswerProblem::NotAsked {
            question: "go_live".into()
        }]
    );
    assert_eq!(
        problems(&format!("{full}&admin=yes")),
        [AnswerProblem::NotAsked {
            question: "admin".into()
        }]
    );
    assert_eq!(
        problems(&full.replace("&harm=no", "")),
        [AnswerProblem::Missing {
            question: "harm".into()
        }]
    );
    assert_eq!(
        problems(""),
        [AnswerProblem::Missing {
            question: "kind".into()
        }]
    );
}

struct Words;

impl ReleaseWords<Text> for Words {
    fn label(&self, product: &Product, release: &Release, state: &SupportState) -> Text {
        Text {
            en: format!("{} {} {state:?}", product.name, release.version),
            ko: None,
        }
    }
    fn because(&self, product: &Product, release: &Release, state: &SupportState) -> Text {
        self.label(product, release, state)
    }
    fn to_do(&self, _: &Product, by: &str) -> Text {
        Text {
            en: by.to_owned(),
            ko: None,
        }
    }
    fn group(&self, product: &Product) -> Text {
        Text {
            en: product.name.clone(),
            ko: None,
        }
    }
}

#[test]
fn releases_answer_discontinued_and_minor_releases_themselves() {
    let release = |version: &str, discontinued| Release {
        version: version.into(),
        discontinued,
    };
    let catalog = Catalog {
        products: vec![Product {
            id: "studio".into(),
            name: "Studio".into(),
            releases: vec![
                release("8.4.2", false),
                release("8.10.0", false),
                release("9.0", false),
                release("7.9", true),
            ],
        }],
    };
    let product = &catalog.products[0];
    let states: Vec<_> = product
        .latest_first()
        .into_iter()
        .map(|release| (release.version.as_str(), product.state(release)))
        .collect();
    assert_eq!(
        states,
        [
            ("9.0", SupportState::Current),
            ("8.10.0", SupportState::Current),
            (
                "8.4.2",
                SupportState::Superseded {
                    by: "8.10.0".into()
                }
            ),
            ("7.9", SupportState::Discontinued),
        ]
    );
    let guide = guide().with_catalog(&catalog, &Words);
    let outcome = |version: &str| {
        let query = format!("kind=question&release=studio%3A{version}&causes=none");
        guide.outcome(&Answers::from_query(&query)).unwrap()
    };
    assert_eq!(outcome("7.9").excluded[0].clause.cite(), "7(iv)");
    assert_eq!(outcome("8.4.2").unmet[0].clause.cite(), "6(c)");
    assert!(outcome("9.0").excluded.is_empty() && outcome("9.0").unmet.is_empty());
}
