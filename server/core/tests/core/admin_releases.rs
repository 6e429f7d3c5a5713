use futures_util::TryStreamExt as _;
use portal_core::{
    audit::{self, Kind},
    forms::{NotSaved, Wrong},
    products,
    releases::{self, ProductForm, ReleaseForm, ReleaseKind},
};

use crate::{
    both,
    common::{HOUR, NOW, logged},
};

fn release(version: &str) -> ReleaseForm {
    ReleaseForm {
        product: "studio".into(),
        version: version.into(),
        kind: "minor".into(),
        released: "2026-02-20".into(),
        notes_en: "Faster.".into(),
        notes_ko: "더 빠릅니다.".into(),
        discontinued: false,
    }
}

fn wrong_at(saved: Result<(), NotSaved>, field: &str) -> Wrong {
    match saved {
        Err(NotSaved::Invalid(wrongs)) => wrongs
            .of(field)
            .cloned()
            .expect("something is wrong with it"),
        other => panic!("{other:?}"),
    }
}

both! {
    async fn a_new_product_and_its_release_are_in_the_catalog(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let portal = &world.portal;
        let new = ProductForm { slug: "relay".into(), name: "Interactor Relay".into() };
        releases::add_product(portal, admin, &new).await.unwrap().expect("added");
        let first = ReleaseForm { product: "relay".into(), kind: "major".into(), ..release("1.0.0") };
        releases::add_release(portal, admin, &first).await.unwrap().expect("added");
        let catalog = products::catalog(portal, admin).await.unwrap();
        assert_eq!(catalog.products.last().map(|product| product.name.as_str()), Some("Interactor Relay"));
        assert!(catalog.find("relay:1.0.0").is_some());
        let kept = releases::list(portal, admin).await.unwrap().expect("permitted");
        assert_eq!(kept.last().unwrap().releases[0].kind, ReleaseKind::Major);
        assert_eq!(logged(&world, Kind::ReleaseAdded).await.len(), 2);
        // The latest first, by its numbers.
        releases::add_release(portal, admin, &release("8.10.0")).await.unwrap().expect("added");
        let kept = releases::list(portal, admin).await.unwrap().expect("permitted");
        assert_eq!(kept[0].releases[0].version, "8.10.0");
        assert_eq!(kept[0].releases[2].used_by, 1);
    }

    async fn what_is_no_version_is_refused(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let portal = &world.portal;
        for version in ["8.x", "8..1", "v8", "8.4.", "-1"] {
            let saved = releases::add_release(portal, admin, &release(version)).await.unwrap();
            assert_eq!(wrong_at(saved, "version"), Wrong::NotAVersion, "{version}");
        }
        for (form, field, expected) in [
            (release("8.4.2"), "version", Wrong::Taken),
            (ReleaseForm { product: "none".into(), ..release("1.0") }, "product", Wrong::NotOffered),
            (ReleaseForm { kind: "huge".into(), ..release("1.0") }, "kind", Wrong::NotOffered),
            (ReleaseForm { released: String::new(), ..release("1.0") }, "released", Wrong::Empty),
            (ReleaseForm { notes_ko: "가".repeat(4001), ..release("1.0") }, "notes_ko", Wrong::TooLong { is: 4001, most: 4000 }),
        ] {
            assert_eq!(wrong_at(releases::add_release(portal, admin, &form).await.unwrap(), field), expected);
        }
        for (slug, expected) in [("studio", Wrong::Taken), ("Big One", Wrong::NotASlug), ("", Wrong::Empty), ("a:b", Wrong::NotASlug)] {
            let form = ProductForm { slug: slug.into(), name: "N".into() };
            assert_eq!(wrong_at(releases::add_product(portal, admin, &form).await.unwrap(), "slug"), expected);
        }
        assert_eq!(world.count("audit").await, 0);
    }

    async fn support_is_discontinued_and_the_change_is_written_down(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let portal = &world.portal;
        let gone = ReleaseForm { discontinued: true, ..release("8.3.0") };
        releases::change_release(portal, admin, &gone).await.unwrap().expect("changed");
        releases::change_release(portal, admin, &gone).await.unwrap().expect("nothing to change");
        let catalog = products::catalog(portal, admin).await.unwrap();
        assert!(catalog.find("studio:8.3.0").expect("there").1.discontinued);
        let changed = logged(&world, Kind::ReleaseChanged).await;
        let [entry] = changed.as_slice() else { panic!("{changed:?}") };
        assert_eq!(entry.subject, "Interactor Studio 8.3.0");
        assert!(entry.before.as_ref().unwrap().contains("\"discontinued\":false"), "{entry:?}");
        assert_eq!(releases::change_release(portal, admin, &release("99")).await.unwrap(), Err(NotSaved::NotFound));
        for position in [0, 10, 12] {
            let actor = world.actor(position).await;
            assert_eq!(releases::list(portal, actor).await.unwrap(), None);
            assert_eq!(releases::add_release(portal, actor, &release("9.0")).await.unwrap(), Err(NotSaved::NotFound));
            assert_eq!(releases::change_release(portal, actor, &release("8.3.0")).await.unwrap(), Err(NotSaved::NotFound));
            let product = ProductForm { slug: "x".into(), name: "X".into() };
            assert_eq!(releases::add_product(portal, actor, &product).await.unwrap(), Err(NotSaved::NotFound));
        }
        assert_eq!(world.count("releases").await, 10);
    }

    async fn the_log_is_read_newest_first_by_kind_person_and_date(world: World) {
        world.filled().await;
        let admin = world.actor(14).await;
        let portal = &world.portal;
        for n in 0..7 {
            world.clock.advance(HOUR);
            releases::add_release(portal, admin, &release(&format!("9.{n}"))).await.unwrap().expect("added");
        }
        // Two in one millisecond.
        releases::change_release(portal, admin, &ReleaseForm { discontinued: true, ..release("9.6") }).await.unwrap().expect("changed");
        let list = |filter: audit::Filter, at, size| async move {
            audit::list(portal, admin, &filter, at, size).await.unwrap().expect("permitted")
        };
        let all = list(audit::Filter::default(), None, 50).await;
        assert_eq!((all.total, all.rows.len()), (8, 8));
        assert_eq!(all.rows[0].kind, Kind::ReleaseChanged);
        assert!(all.rows.is_sorted_by_key(|entry| std::cmp::Reverse((entry.at, entry.id))));
        let by = |filter: audit::Filter| list(filter, None, 50);
        assert_eq!(by(audit::Filter { kind: Some(Kind::ReleaseAdded), ..Default::default() }).await.total, 7);
        assert_eq!(by(audit::Filter { search: "INES".into(), ..Default::default() }).await.total, 8);
        assert_eq!(by(audit::Filter { search: "Studio 9.3".into(), ..Default::default() }).await.total, 1);
        let from = domain::calendar::Instant(NOW.0 + 2 * HOUR);
        let before = domain::calendar::Instant(NOW.0 + 5 * HOUR);
        assert_eq!(by(audit::Filter { from: Some(from), before: Some(before), ..Default::default() }).await.total, 3);
        // Pages meet without a gap, there and back.
        let first = list(audit::Filter::default(), None, 3).await;
        let second = list(audit::Filter::default(), first.next, 3).await;
        let third = list(audit::Filter::default(), second.next, 3).await;
        assert_eq!((third.rows.len(), third.next), (2, None));
        assert_eq!(list(audit::Filter::default(), second.previous, 3).await.rows, first.rows);
        let paged: Vec<_> = [first.rows, second.rows, third.rows].concat();
        assert_eq!(paged, all.rows);
        let export = audit::export(portal, admin, &audit::Filter::default()).await.unwrap().expect("permitted");
        assert_eq!(export.parts().try_concat().await.unwrap(), all.rows);
    }
}
