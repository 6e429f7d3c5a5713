use domain::{people::Actor, text::Lang};
use portal_core::{
    audit::Kind,
    forms::{NotSaved, Wrong, Wrongs},
    templates::{self, TemplateForm},
};

use crate::{both, common::logged};

const HANA: usize = 12;
const ADMINISTRATOR: usize = 14;

fn form(language: &str, name: &str, body: &str) -> TemplateForm {
    TemplateForm {
        language: language.into(),
        name: name.into(),
        body: body.into(),
    }
}

fn wrong(saved: Result<(), NotSaved>) -> Wrongs {
    match saved {
        Err(NotSaved::Invalid(wrongs)) => wrongs,
        other => panic!("{other:?}"),
    }
}

both! {
    async fn a_template_is_added_changed_and_removed_and_the_log_keeps_it(world: World) {
        world.filled().await;
        let (hana, admin) = (world.actor(HANA).await, world.actor(ADMINISTRATOR).await);
        let add = |form: TemplateForm| {
            let portal = world.portal.clone();
            async move { templates::add(&portal, hana, &form).await.unwrap() }
        };
        add(form("ko", "안내", "{contact} 님, {number}입니다.")).await.unwrap();
        add(form("en", " Which version? ", "Dear {contact},\r\nwhich version?")).await.unwrap();
        // The same name in another language is another one.
        add(form("en", "안내", "x")).await.unwrap();
        assert_eq!(wrong(add(form("ko", "안내", "y")).await).of("name"), Some(&Wrong::Taken));
        let all = templates::list(&world.portal, admin).await.unwrap().unwrap();
        let names: Vec<_> = all.iter().map(|one| (one.language, one.name.as_str())).collect();
        assert_eq!(names, [(Lang::En, "Which version?"), (Lang::En, "안내"), (Lang::Ko, "안내")]);
        assert_eq!(all[0].body, "Dear {contact},\nwhich version?");

        let change = |id: i64, form: TemplateForm| {
            let portal = world.portal.clone();
            async move { templates::change(&portal, admin, id, &form).await.unwrap() }
        };
        change(all[0].id, form("en", "Version", "Which version of {product}?")).await.unwrap();
        assert_eq!(wrong(change(all[0].id, form("ko", "안내", "x")).await).of("name"), Some(&Wrong::Taken));
        assert_eq!(change(i64::MAX, form("en", "n", "x")).await, Err(NotSaved::NotFound));
        let changed = templates::get(&world.portal, hana, all[0].id).await.unwrap().unwrap();
        assert_eq!((changed.name.as_str(), changed.body.as_str()), ("Version", "Which version of {product}?"));
        assert!(templates::remove(&world.portal, hana, all[0].id).await.unwrap());
        assert!(!templates::remove(&world.portal, hana, all[0].id).await.unwrap());
        assert_eq!(templates::get(&world.portal, hana, all[0].id).await.unwrap(), None);
        let removed = logged(&world, Kind::TemplateRemoved).await;
        assert_eq!((removed.len(), removed[0].subject.as_str()), (1, "Version"));
        assert!(removed[0].before.as_ref().unwrap().contains("{product}"));
        assert_eq!(logged(&world, Kind::TemplateAdded).await.len(), 3);
        assert_eq!(logged(&world, Kind::TemplateChanged).await.len(), 1);
    }

    async fn a_placeholder_that_is_none_is_named(world: World) {
        world.filled().await;
        let hana = world.actor(HANA).await;
        let saved = templates::add(&world.portal, hana, &form("xx", " ", "{numbr} {due} {who}")).await.unwrap();
        let wrongs = wrong(saved);
        assert_eq!(wrongs.of("language_of"), Some(&Wrong::NotOffered));
        assert_eq!(wrongs.of("name"), Some(&Wrong::Empty));
        let unknown = Wrong::UnknownPlaceholders(vec!["numbr".into(), "who".into()]);
        assert_eq!(wrongs.of("body"), Some(&unknown));
        let saved = templates::add(&world.portal, hana, &form("en", "a", " \n ")).await.unwrap();
        assert_eq!(wrong(saved).of("body"), Some(&Wrong::Empty));
        let long = "가".repeat(10_001);
        let saved = templates::add(&world.portal, hana, &form("en", "a", &long)).await.unwrap();
        assert!(matches!(wrong(saved).of("body"), Some(Wrong::TooLong { is: 10_001, .. })));
        // What fits the form fits the table.
        let (name, body) = ("가".repeat(100), "가".repeat(10_000));
        templates::add(&world.portal, hana, &form("en", &name, &body)).await.unwrap().unwrap();
    }

    async fn templates_are_the_desks(world: World) {
        world.filled().await;
        let hana = world.actor(HANA).await;
        templates::add(&world.portal, hana, &form("en", "One", "x")).await.unwrap().unwrap();
        let id = templates::list(&world.portal, hana).await.unwrap().unwrap()[0].id;
        let mut actors = vec![Actor::Anonymous, Actor::Operator];
        for position in [0, 1, 10] {
            actors.push(world.actor(position).await);
        }
        for actor in actors {
            assert_eq!(templates::list(&world.portal, actor).await.unwrap(), None);
            assert_eq!(templates::get(&world.portal, actor, id).await.unwrap(), None);
            assert_eq!(templates::add(&world.portal, actor, &form("en", "Two", "x")).await.unwrap(), Err(NotSaved::NotFound));
            assert_eq!(templates::change(&world.portal, actor, id, &form("en", "Two", "x")).await.unwrap(), Err(NotSaved::NotFound));
            assert!(!templates::remove(&world.portal, actor, id).await.unwrap());
        }
        assert_eq!(world.count("templates").await, 1);
    }
}
