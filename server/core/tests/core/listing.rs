use std::collections::BTreeSet;

use domain::{
    incident::{IncidentNumber, State},
    people::Actor,
    plan::Severity,
};
use portal_core::{
    incidents::{self, Cursor, Filter, MOST_PER_PAGE, Page, Position, Row},
    sample,
};

use crate::{
    both,
    common::{NOW, RELEASE, World},
};

async fn page(
    world: &World,
    actor: Actor,
    filter: &Filter,
    at: Option<Position>,
    size: u32,
) -> Page {
    incidents::list(&world.portal, actor, None, filter, at, size)
        .await
        .unwrap()
        .expect("permitted")
}

/// A place as it comes back from an address.
fn through_an_address(cursor: Cursor) -> Cursor {
    cursor.to_string().parse().unwrap()
}

/// 23 incidents of a customer without any, always three received in the same millisecond.
async fn twenty_three(world: &World) -> Actor {
    world.filled().await;
    let actor = world.actor(4).await;
    for index in 0..23 {
        world
            .clock
            .set(domain::calendar::Instant(NOW.0 + index / 3));
        world
            .file(actor, world.question(&format!("Question {index}"), RELEASE))
            .await;
    }
    actor
}

async fn titles(world: &World, actor: Actor, search: &str) -> Vec<String> {
    let filter = Filter {
        search: search.to_owned(),
        ..Filter::default()
    };
    let page = page(world, actor, &filter, None, 100).await;
    assert_eq!(page.total, i64::try_from(page.rows.len()).unwrap());
    page.rows.into_iter().map(|row| row.title).collect()
}

both! {
    async fn paging_meets_every_row_once_both_ways(world: World) {
        let actor = twenty_three(&world).await;
        let filter = Filter::default();
        for size in [1, 2, 3, 5, 7, 22, 23, 24] {
            let mut pages: Vec<Vec<IncidentNumber>> = Vec::new();
            let numbers = |rows: &[Row]| rows.iter().map(|row| row.number).collect::<Vec<_>>();
            let mut at = None;
            let last = loop {
                let page = page(&world, actor, &filter, at, size).await;
                assert_eq!(page.total, 23);
                assert_eq!(page.newer.is_some(), at.is_some(), "size {size}");
                pages.push(numbers(&page.rows));
                match page.older {
                    Some(cursor) => at = Some(Position::OlderThan(through_an_address(cursor))),
                    None => break page,
                }
            };
            let walked: Vec<_> = pages.concat();
            assert_eq!(walked.iter().map(|number| number.count).collect::<BTreeSet<_>>().len(), 23, "size {size}");
            // Newest first: the numbers were given in the order of filing.
            assert!(walked.is_sorted_by(|a, b| a > b), "size {size}");

            let mut newer = last.newer;
            let mut back = vec![numbers(&last.rows)];
            while let Some(cursor) = newer {
                let page = page(&world, actor, &filter, Some(Position::NewerThan(through_an_address(cursor))), size).await;
                assert!(page.older.is_some());
                back.push(numbers(&page.rows));
                newer = page.newer;
            }
            back.reverse();
            assert_eq!(back, pages, "size {size}");
        }
    }

    async fn filing_in_between_moves_nothing(world: World) {
        let actor = twenty_three(&world).await;
        let filter = Filter::default();
        let first = page(&world, actor, &filter, None, 10).await;
        world.file(actor, world.question("Newest", RELEASE)).await;
        let second = page(&world, actor, &filter, first.older.map(Position::OlderThan), 10).await;
        assert_eq!(second.rows[0].title, "Question 12");
        assert_eq!(second.total, 24);
        let newest = page(&world, actor, &filter, second.newer.map(Position::NewerThan), 10).await;
        assert_eq!(newest.rows.last().unwrap().title, "Question 13");
        let above = page(&world, actor, &filter, newest.newer.map(Position::NewerThan), 10).await;
        assert_eq!(above.rows.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(), ["Newest"]);
    }

    async fn a_place_without_anything_is_the_top(world: World) {
        let actor = twenty_three(&world).await;
        let top = page(&world, actor, &Filter::default(), None, 5).await;
        for forged in ["0-1", "7fffffffffffffff-7fffffffffffffff"] {
            let cursor: Cursor = forged.parse().unwrap();
            for position in [Position::OlderThan(cursor), Position::NewerThan(cursor)] {
                let page = page(&world, actor, &Filter::default(), Some(position), 5).await;
                assert_eq!(page.rows.len(), 5, "{position:?}");
                assert_eq!(page.total, 23);
            }
        }
        let beyond = Position::OlderThan("0-1".parse().unwrap());
        assert_eq!(page(&world, actor, &Filter::default(), Some(beyond), 5).await, top);
        // Nobody else's places lead to anybody else's rows.
        let other = world.actor(2).await;
        let theirs = page(&world, other, &Filter::default(), top.older.map(Position::OlderThan), 100).await;
        assert!(theirs.rows.iter().all(|row| !row.title.starts_with("Question")));
    }

    async fn a_page_has_at_least_one_row_and_at_most_two_hundred(world: World) {
        world.filled().await;
        let person = world.person(4).await;
        let empty = page(&world, person.actor, &Filter::default(), None, 10).await;
        assert_eq!(empty, Page { rows: Vec::new(), older: None, newer: None, total: 0 });
        sample::many(&world.portal, person.customer.as_ref().unwrap().id, 220).await.unwrap();
        for (asked, given) in [(0, 1), (1, 1), (50, 50), (u32::MAX, MOST_PER_PAGE)] {
            let page = page(&world, person.actor, &Filter::default(), None, asked).await;
            assert_eq!(page.rows.len(), usize::try_from(given).unwrap());
        }
    }

    async fn filters_find_exactly_what_they_say(world: World) {
        world.filled().await;
        let person = world.person(4).await;
        sample::many(&world.portal, person.customer.as_ref().unwrap().id, 90).await.unwrap();
        let everything = page(&world, person.actor, &Filter::default(), None, 100).await.rows;
        let states = State::ALL.into_iter().map(Some).chain([None]);
        for state in states {
            for severity in (1..=5).map(Severity::new).chain([None]) {
                for search in ["", "gateway", "없는 말"] {
                    let filter = Filter { state, severity, search: search.into(), due: None };
                    let found = page(&world, person.actor, &filter, None, 100).await;
                    let expected: Vec<Row> = everything
                        .iter()
                        .filter(|row| state.is_none_or(|state| row.state == state))
                        .filter(|row| severity.is_none_or(|severity| row.severity == severity))
                        .filter(|row| row.title.to_lowercase().contains(search))
                        .cloned()
                        .collect();
                    assert_eq!(found.total, i64::try_from(expected.len()).unwrap(), "{filter:?}");
                    assert_eq!(found.rows, expected, "{filter:?}");
                }
            }
        }
    }

    async fn a_search_means_what_was_typed(world: World) {
        world.filled().await;
        let actor = world.actor(4).await;
        let mut numbers = Vec::new();
        for title in ["Load is at 100%", "Load is at 100 of 200", "snake_case", "snakeXcase", "back\\slash", "주문이 두 번 기록됩니다", "ÄRGER mit Straße", "O'Hara"] {
            numbers.push(world.file(actor, world.question(title, RELEASE)).await);
        }
        for (search, found) in [
            ("100%", vec!["Load is at 100%"]),
            ("LOAD is", vec!["Load is at 100 of 200", "Load is at 100%"]),
            ("e_c", vec!["snake_case"]),
            ("\\", vec!["back\\slash"]),
            ("%", vec!["Load is at 100%"]),
            ("두 번", vec!["주문이 두 번 기록됩니다"]),
            ("두번", vec![]),
            ("ärger", vec!["ÄRGER mit Straße"]),
            ("STRAß", vec!["ÄRGER mit Straße"]),
            ("'", vec!["O'Hara"]),
            ("  o'hara\0 ", vec!["O'Hara"]),
        ] {
            assert_eq!(titles(&world, actor, search).await, found, "{search}");
        }
        assert_eq!(titles(&world, actor, &numbers[2].to_string().to_lowercase()).await, ["snake_case"]);
        assert_eq!(titles(&world, actor, " \n ").await.len(), numbers.len());
        assert_eq!(titles(&world, actor, &"x".repeat(10_000)).await.len(), 0);
    }
}
