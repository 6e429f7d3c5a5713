use std::path::Path;

use data_encoding::HEXLOWER;
use domain::{
    calendar::Instant,
    incident::{
        Attachment, Channel, Event, IncidentNumber, MOST_FILE, Picture, Solution, State, Step, Who,
    },
    people::Actor,
};
use futures_util::{Stream, StreamExt as _, stream};
use portal_core::{
    audit::Kind,
    files::{self, Appended, NewFile, NotAttached},
    incidents::{self, NotTaken},
};
use sha2::{Digest as _, Sha256};

use crate::{
    both,
    common::{HOUR, NOW, RELEASE, World, logged},
};

const HANA: usize = 12;
const GRACE: usize = 10;
const TOM: usize = 11;
const ADMINISTRATOR: usize = 14;
/// Of Hangang: a coordinator, and a colleague.
const SEOYEON: usize = 0;
const JIHUN: usize = 1;
/// Of another customer.
const MARIA: usize = 2;

const MIB: usize = 1024 * 1024;

async fn filed(world: &World) -> IncidentNumber {
    let contact = world.actor(SEOYEON).await;
    world.clock.set(Instant(NOW.0 + 23 * HOUR));
    world.file(contact, world.question("When?", RELEASE)).await
}

/// Bytes that are no two the same stretch of a megabyte.
fn bytes(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| (at ^ (at >> 8) ^ (at >> 16)).to_le_bytes()[0])
        .collect()
}

fn hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// As they come over a connection, in pieces of an odd size; at the end it breaks, or not.
fn sent(bytes: &[u8], breaks: bool) -> impl Stream<Item = Result<Vec<u8>, ()>> + Unpin {
    let chunks: Vec<_> = bytes
        .chunks(70_001)
        .map(|chunk| Ok(chunk.to_vec()))
        .collect();
    stream::iter(chunks.into_iter().chain(breaks.then_some(Err(()))))
}

fn named(name: &str) -> NewFile<'_> {
    NewFile {
        name,
        internal: false,
        form_key: None,
        length: None,
    }
}

async fn attach(
    world: &World,
    actor: Actor,
    number: IncidentNumber,
    new: NewFile<'_>,
    bytes: &[u8],
) -> Result<Attachment, NotAttached> {
    files::attach(&world.portal, actor, number, new, &mut sent(bytes, false))
        .await
        .unwrap()
        .map(|attached| attached.file)
}

async fn read(world: &World, actor: Actor, number: IncidentNumber, id: &str) -> Option<Vec<u8>> {
    let stored = files::find(&world.portal, actor, number, id)
        .await
        .unwrap()?;
    let size = stored.file.size;
    let pieces: Vec<_> = stored.bytes(0..size).map(Result::unwrap).collect().await;
    Some(pieces.concat())
}

/// The files that an incident's history names, as somebody sees it.
async fn attached(world: &World, actor: Actor, number: IncidentNumber) -> Vec<Attachment> {
    let incident = incidents::get(&world.portal, actor, number)
        .await
        .unwrap()
        .unwrap();
    let files = incident
        .events
        .into_iter()
        .filter_map(|entry| match entry.event {
            Event::Attached { file, channel, .. } => {
                assert_eq!(channel, Channel::Portal);
                Some(file)
            }
            _ => None,
        });
    files.collect()
}

async fn intact(world: &World) {
    let verified = incidents::verify(&world.portal, Actor::Operator)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(verified.broken, []);
}

/// How many pieces lie in the store.
fn pieces(folder: &Path) -> usize {
    let inside = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    inside
        .map(|path| if path.is_dir() { pieces(&path) } else { 1 })
        .sum()
}

async fn nothing_is_left(world: &World) {
    assert_eq!(world.count("files").await, 0);
    assert_eq!(world.count("file_pieces").await, 0);
    assert_eq!(pieces(&world.files), 0);
}

both! {
    async fn a_file_is_an_event_and_comes_back_as_it_was(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let seoyeon = world.actor(SEOYEON).await;
        let content = bytes(5 * MIB / 2);
        let file = attach(&world, seoyeon, number, named("../../trace.log"), &content).await.unwrap();
        assert_eq!((file.name.as_str(), file.size), ("trace.log", content.len() as u64));
        assert_eq!((file.sha256.clone(), file.picture), (hash(&content), None));
        for reader in [SEOYEON, JIHUN, HANA, GRACE, ADMINISTRATOR] {
            let reader = world.actor(reader).await;
            assert_eq!(attached(&world, reader, number).await, std::slice::from_ref(&file));
            assert_eq!(read(&world, reader, number, &file.id).await.as_ref(), Some(&content));
        }
        let stored = files::find(&world.portal, seoyeon, number, &file.id).await.unwrap().unwrap();
        let range = MIB as u64 - 3..2 * MIB as u64 + 3;
        let part: Vec<_> = stored.bytes(range).map(Result::unwrap).collect().await;
        assert_eq!(part.concat(), content[MIB - 3..2 * MIB + 3]);
        intact(&world).await;
        // What is attached stays.
        for change in ["DELETE FROM files", "UPDATE files SET name = 'x'"] {
            world.execute(change).await.expect_err(change);
        }
    }

    async fn to_everybody_else_a_file_is_not_there(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let seoyeon = world.actor(SEOYEON).await;
        let file = attach(&world, seoyeon, number, named("a.txt"), b"abc").await.unwrap();
        for stranger in [Actor::Anonymous, Actor::Operator, world.actor(MARIA).await, world.actor(TOM).await] {
            // What is not there leaves the same entry, or a coordinator could tell by it what there is.
            for id in [file.id.as_str(), "none"] {
                assert_eq!(read(&world, stranger, number, id).await, None, "{stranger:?}");
            }
            let refused = attach(&world, stranger, number, named("b.txt"), b"abc").await;
            assert_eq!(refused, Err(NotAttached::NotThere), "{stranger:?}");
        }
        let administrator = attach(&world, world.actor(ADMINISTRATOR).await, number, named("b.txt"), b"abc").await;
        assert_eq!(administrator, Err(NotAttached::NotThere), "administrators only read");
        let refused = logged(&world, Kind::Refused).await;
        let subjects: Vec<_> = refused.iter().map(|entry| entry.subject.as_str()).collect();
        assert_eq!(subjects, ["AttachFile", "AttachFile", "ReadFile", "ReadFile", "AttachFile", "ReadFile", "ReadFile"]);
        // Nor under another incident, nor before it is whole.
        let other = world.file(seoyeon, world.question("Another", RELEASE)).await;
        assert_eq!(read(&world, seoyeon, other, &file.id).await, None);
        let begun = files::begin(&world.portal, seoyeon, number, named("c.txt")).await.unwrap().unwrap();
        files::append(&world.portal, seoyeon, number, &begun.id, 0, &mut sent(b"abc", false)).await.unwrap().unwrap();
        assert_eq!(read(&world, seoyeon, number, &begun.id).await, None);
        assert_eq!(attached(&world, seoyeon, number).await.len(), 1);
        // A colleague goes on with nothing of hers.
        let jihun = world.actor(JIHUN).await;
        assert_eq!(files::upload(&world.portal, jihun, number, &begun.id).await.unwrap(), None);
        let not = files::append(&world.portal, jihun, number, &begun.id, 3, &mut sent(b"d", false)).await.unwrap();
        assert_eq!(not, Err(NotAttached::NotThere));
        assert_eq!(files::finish(&world.portal, jihun, number, &begun.id).await.unwrap(), Err(NotAttached::NotThere));
        assert!(!files::give_up(&world.portal, jihun, number, &begun.id).await.unwrap());
    }

    async fn a_file_goes_on_from_where_the_connection_broke(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let (portal, seoyeon) = (&world.portal, world.actor(SEOYEON).await);
        let content = bytes(3 * MIB + 17);
        let length = Some(content.len() as u64);
        let id = files::begin(portal, seoyeon, number, NewFile { length, ..named("trace.log") }).await.unwrap().unwrap().id;
        let (first, rest) = content.split_at(MIB + 5000);
        let broken = files::append(portal, seoyeon, number, &id, 0, &mut sent(first, true)).await.unwrap();
        assert_eq!(broken, Ok(Appended { size: first.len() as u64, whole: false }));
        let early = files::finish(portal, seoyeon, number, &id).await.unwrap();
        assert_eq!(early, Err(NotAttached::NotAsAnnounced { is: first.len() as u64 }));
        let elsewhere = files::append(portal, seoyeon, number, &id, 0, &mut sent(rest, false)).await.unwrap();
        assert_eq!(elsewhere, Err(NotAttached::Elsewhere { is: first.len() as u64 }));
        let upload = files::upload(portal, seoyeon, number, &id).await.unwrap().unwrap();
        assert_eq!((upload.size, upload.length, upload.complete), (first.len() as u64, length, false));
        files::append(portal, seoyeon, number, &id, upload.size, &mut sent(rest, false)).await.unwrap().unwrap();
        let file = files::finish(portal, seoyeon, number, &id).await.unwrap().unwrap();
        assert_eq!(file.sha256, hash(&content));
        // Asked for again, nothing happens again.
        assert_eq!(files::finish(portal, seoyeon, number, &id).await.unwrap(), Ok(file.clone()));
        let more = files::append(portal, seoyeon, number, &id, 0, &mut sent(b"x", false)).await.unwrap();
        assert_eq!(more, Err(NotAttached::Complete));
        assert!(!files::give_up(portal, seoyeon, number, &id).await.unwrap());
        assert_eq!(attached(&world, seoyeon, number).await, [file]);
        assert_eq!(read(&world, seoyeon, number, &id).await, Some(content));
        intact(&world).await;
    }

    async fn a_file_whose_step_was_not_taken_is_asked_for_again(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let (portal, seoyeon) = (&world.portal, world.actor(SEOYEON).await);
        let id = files::begin(portal, seoyeon, number, named("trace.log")).await.unwrap().unwrap().id;
        files::append(portal, seoyeon, number, &id, 0, &mut sent(b"abc", false)).await.unwrap().unwrap();
        // As a kill leaves it between the two.
        world.execute(&format!("UPDATE files SET sha256 = '{}' WHERE id = '{id}'", hash(b"abc"))).await.unwrap();
        let again = files::append(portal, seoyeon, number, &id, 0, &mut sent(b"abc", false)).await.unwrap();
        assert_eq!(again, Err(NotAttached::Elsewhere { is: 3 }));
        let rest = files::append(portal, seoyeon, number, &id, 3, &mut sent(b"", false)).await.unwrap();
        assert_eq!(rest, Ok(Appended { size: 3, whole: true }));
        let file = files::finish(portal, seoyeon, number, &id).await.unwrap().unwrap();
        assert_eq!(file.sha256, hash(b"abc"));
        assert_eq!(attached(&world, seoyeon, number).await, [file]);
    }

    async fn what_is_not_attached_leaves_nothing(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let seoyeon = world.actor(SEOYEON).await;
        let most = usize::try_from(MOST_FILE).unwrap();
        let large = bytes(most + 1);
        assert_eq!(attach(&world, seoyeon, number, named("x"), &large).await, Err(NotAttached::TooLarge));
        assert_eq!(attach(&world, seoyeon, number, named("x"), b"").await, Err(NotAttached::Empty));
        let announced = |length| NewFile { length: Some(length), ..named("x") };
        assert_eq!(attach(&world, seoyeon, number, announced(MOST_FILE + 1), b"x").await, Err(NotAttached::TooLarge));
        assert_eq!(attach(&world, seoyeon, number, announced(3), b"1234").await, Err(NotAttached::NotAsAnnounced { is: 0 }));
        assert_eq!(attach(&world, seoyeon, number, announced(3), b"12").await, Err(NotAttached::NotAsAnnounced { is: 2 }));
        let key = NewFile { form_key: Some("1"), ..named("x") };
        assert_eq!(attach(&world, seoyeon, number, key, b"x").await, Err(NotAttached::FormKey));
        let broken = files::attach(&world.portal, seoyeon, number, named("x"), &mut sent(&large[..2 * MIB], true)).await.unwrap();
        assert_eq!(broken, Err(NotAttached::Broken));
        let begun = files::begin(&world.portal, seoyeon, number, named("x")).await.unwrap().unwrap();
        files::append(&world.portal, seoyeon, number, &begun.id, 0, &mut sent(b"abc", false)).await.unwrap().unwrap();
        assert!(files::give_up(&world.portal, seoyeon, number, &begun.id).await.unwrap());
        nothing_is_left(&world).await;
        assert_eq!(attached(&world, seoyeon, number).await, []);
        // Exactly as much as fits does fit.
        let file = attach(&world, seoyeon, number, named("x"), &large[..most]).await.unwrap();
        assert_eq!(file.sha256, hash(&large[..most]));
    }

    async fn the_same_file_sent_twice_with_a_form_is_attached_once(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let seoyeon = world.actor(SEOYEON).await;
        let key = world.portal.new_form_key();
        let new = |name| NewFile { form_key: Some(&key), ..named(name) };
        let file = attach(&world, seoyeon, number, new("a.txt"), b"abc").await.unwrap();
        assert_eq!(attach(&world, seoyeon, number, new("a.txt"), b"abc").await, Ok(file.clone()));
        assert_eq!((world.count("files").await, pieces(&world.files)), (1, 1));
        // Other files of the form, and the same one with another form, are more files.
        attach(&world, seoyeon, number, new("b.txt"), b"abc").await.unwrap();
        attach(&world, seoyeon, number, new("a.txt"), b"abcd").await.unwrap();
        attach(&world, seoyeon, number, named("a.txt"), b"abc").await.unwrap();
        assert_eq!(attached(&world, seoyeon, number).await.len(), 4);
        intact(&world).await;
    }

    async fn what_is_internal_is_for_the_vendors_people(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let (seoyeon, hana, grace) = (world.actor(SEOYEON).await, world.actor(HANA).await, world.actor(GRACE).await);
        let internal = |name| NewFile { internal: true, ..named(name) };
        let refused = attach(&world, seoyeon, number, internal("x"), b"abc").await;
        assert_eq!(refused, Err(NotAttached::NotThere));
        let file = attach(&world, hana, number, internal("invoice.txt"), b"abc").await.unwrap();
        attach(&world, grace, number, internal("b.txt"), b"abc").await.unwrap();
        for (reader, sees) in [(seoyeon, false), (world.actor(JIHUN).await, false), (hana, true), (grace, true), (world.actor(ADMINISTRATOR).await, true)] {
            assert_eq!(attached(&world, reader, number).await.len(), if sees { 2 } else { 0 }, "{reader:?}");
            assert_eq!(read(&world, reader, number, &file.id).await.is_some(), sees, "{reader:?}");
        }
        intact(&world).await;
    }

    async fn an_incident_that_is_over_takes_no_file(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let (seoyeon, hana) = (world.actor(SEOYEON).await, world.actor(HANA).await);
        let who = Who { id: hana.person().unwrap(), name: String::new() };
        world.take(hana, number, Step::Acknowledge { to: who, text: "We have it.".into() }).await.unwrap();
        world.take(hana, number, Step::Resolve { solution: Solution::Fix, text: "Install 5.1.1.".into() }).await.unwrap();
        attach(&world, seoyeon, number, named("a.txt"), b"abc").await.unwrap();
        // One that is on its way while it is closed comes too late.
        let begun = files::begin(&world.portal, seoyeon, number, named("b.txt")).await.unwrap().unwrap();
        files::append(&world.portal, seoyeon, number, &begun.id, 0, &mut sent(b"abc", false)).await.unwrap().unwrap();
        world.take(seoyeon, number, Step::Accept).await.unwrap();
        let late = files::finish(&world.portal, seoyeon, number, &begun.id).await.unwrap();
        assert_eq!(late, Err(NotAttached::NotNow(State::Closed)));
        for actor in [seoyeon, hana] {
            let not = attach(&world, actor, number, named("c.txt"), b"abc").await;
            assert_eq!(not, Err(NotAttached::NotNow(State::Closed)));
        }
        assert_eq!((world.count("files").await, pieces(&world.files)), (1, 1));
        intact(&world).await;
    }

    async fn of_two_requests_that_append_at_one_place_one_counts(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let seoyeon = world.actor(SEOYEON).await;
        let id = files::begin(&world.portal, seoyeon, number, named("x")).await.unwrap().unwrap().id;
        let content = bytes(2 * MIB);
        let race = [(); 2].map(|()| {
            let (portal, id, content) = (world.portal.clone(), id.clone(), content.clone());
            tokio::spawn(async move {
                files::append(&portal, seoyeon, number, &id, 0, &mut sent(&content, false)).await.unwrap()
            })
        });
        let mut won = 0;
        for task in race {
            match task.await.unwrap() {
                Ok(appended) => {
                    assert_eq!(appended.size, content.len() as u64);
                    won += 1;
                }
                Err(NotAttached::Elsewhere { .. }) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(won, 1);
        let file = files::finish(&world.portal, seoyeon, number, &id).await.unwrap().unwrap();
        assert_eq!(file.sha256, hash(&content));
        assert_eq!(read(&world, seoyeon, number, &id).await, Some(content));
        assert_eq!(pieces(&world.files), 2);
    }

    async fn a_file_that_nobody_goes_on_with_is_deleted_after_a_day(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let (portal, seoyeon) = (&world.portal, world.actor(SEOYEON).await);
        let kept = attach(&world, seoyeon, number, named("kept.txt"), b"abc").await.unwrap();
        let id = files::begin(portal, seoyeon, number, named("x")).await.unwrap().unwrap().id;
        files::append(portal, seoyeon, number, &id, 0, &mut sent(b"abc", true)).await.unwrap().unwrap();
        world.clock.advance(24 * HOUR);
        assert_eq!(files::delete_abandoned(portal).await.unwrap(), 0);
        files::append(portal, seoyeon, number, &id, 3, &mut sent(b"def", true)).await.unwrap().unwrap();
        world.clock.advance(24 * HOUR);
        assert_eq!(files::delete_abandoned(portal).await.unwrap(), 0);
        world.clock.advance(1);
        assert_eq!(files::delete_abandoned(portal).await.unwrap(), 1);
        assert_eq!(files::upload(portal, seoyeon, number, &id).await.unwrap(), None);
        assert_eq!((world.count("files").await, pieces(&world.files)), (1, 1));
        assert_eq!(read(&world, seoyeon, number, &kept.id).await.as_deref(), Some(&b"abc"[..]));
    }

    async fn no_event_names_a_file_that_is_not_there(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let seoyeon = world.actor(SEOYEON).await;
        let forged = Attachment {
            id: world.portal.new_id(),
            name: "x".into(),
            size: 3,
            sha256: hash(b"abc"),
            picture: None,
        };
        let attach_it = Step::Attach { file: forged.clone(), channel: Channel::Portal };
        incidents::take(&world.portal, seoyeon, number, attach_it.clone(), &world.portal.new_form_key()).await.expect_err("there is no such file");
        // Nor one that is still to come.
        let begun = files::begin(&world.portal, seoyeon, number, named("x")).await.unwrap().unwrap();
        files::append(&world.portal, seoyeon, number, &begun.id, 0, &mut sent(b"abc", false)).await.unwrap().unwrap();
        let early = Step::Attach { file: Attachment { id: begun.id, ..forged }, channel: Channel::Portal };
        incidents::take(&world.portal, seoyeon, number, early, &world.portal.new_form_key()).await.expect_err("it is not complete");
        assert_eq!(attached(&world, seoyeon, number).await, []);
        let refused = world.take(world.actor(MARIA).await, number, attach_it).await;
        assert_eq!(refused, Err(NotTaken::NotThere));
        intact(&world).await;
    }

    async fn a_picture_is_known_by_its_first_bytes(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let (portal, seoyeon) = (&world.portal, world.actor(SEOYEON).await);
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_eq!(attach(&world, seoyeon, number, named("x.txt"), png).await.unwrap().picture, Some(Picture::Png));
        assert_eq!(attach(&world, seoyeon, number, named("x.png"), b"<svg>").await.unwrap().picture, None);
        // However small the pieces are that it comes in.
        let id = files::begin(portal, seoyeon, number, named("x")).await.unwrap().unwrap().id;
        for (at, byte) in (0..).zip(png) {
            files::append(portal, seoyeon, number, &id, at, &mut sent(&[*byte], false)).await.unwrap().unwrap();
        }
        let file = files::finish(portal, seoyeon, number, &id).await.unwrap().unwrap();
        assert_eq!((file.picture, file.sha256), (Some(Picture::Png), hash(png)));
    }
}
