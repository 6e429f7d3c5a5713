//! Random steps with several incidents, by the functions that everybody uses, while days are closed and opened again: in
//! the end each history is whole, each row is what its events add up to, and there is one Response to each.

use domain::{
    calendar::LocalDate,
    incident::{
        Channel, Designation, Event, IncidentNumber, Party, Solution, State, Step, Who, legal,
    },
    people::Actor,
    plan::{ClauseId, Severity},
};
use portal_core::{
    clock::{Chance as _, TestChance},
    closed_days::{self, Change, NewClosedDay, NotChanged},
    incidents::{self, Incident, NotTaken, Taken},
};

use crate::{
    both,
    common::{HOUR, RELEASE, World},
};

const HANA: usize = 12;
const DANIEL: usize = 13;
/// Accompanies both customers.
const GRACE: usize = 10;
const ADMINISTRATOR: usize = 14;
/// Of Hangang, whose Responses are counted in Business Hours, and of Cascade: who files, and a colleague.
const CUSTOMERS: [[usize; 2]; 2] = [[0, 1], [2, 3]];

/// How many steps are tried.
const STEPS: usize = 160;

/// The same numbers for the same seed.
struct Dice(TestChance);

impl Dice {
    /// Others each time, unless the environment names a seed; it is printed, for whoever wants to take the same steps again.
    fn new() -> Self {
        let seed = std::env::var("PORTAL_TEST_SEED").map_or_else(
            |_| uuid::Uuid::new_v4().as_u64_pair().0,
            |seed| seed.parse().unwrap(),
        );
        println!("the same steps again: PORTAL_TEST_SEED={seed}");
        Self(TestChance::seeded(seed))
    }

    fn below(&self, many: usize) -> usize {
        let mut bytes = [0; size_of::<usize>()];
        self.0.fill(&mut bytes);
        usize::from_le_bytes(bytes) % many
    }

    fn one<'a, T>(&self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Any step.
    fn step(&self, engineers: &[Actor], colleagues: &[Actor]) -> Step {
        let text = || format!("Words {}.", self.below(1000));
        let level = || Severity::new(*self.one(&[1, 2, 3, 4])).unwrap();
        let designate = |designation| Step::Designate {
            designation,
            reason: text(),
        };
        match self.below(21) {
            0 => Step::Assign {
                to: who(*self.one(engineers)),
            },
            1 => Step::Acknowledge {
                to: who(*self.one(engineers)),
                text: text(),
            },
            2 => Step::Verify {
                recreated: self.below(2) == 0,
                text: text(),
            },
            3 => designate(Designation::Level(level())),
            4 => designate(Designation::NotAnError(ClauseId("1-error".into()))),
            5 => designate(Designation::Excluded(ClauseId("7-v".into()))),
            6 => Step::Begin,
            7 => Step::Note { text: text() },
            8 => Step::Wait { text: text() },
            9 => Step::Resume,
            10 => Step::Resolve {
                solution: Solution::Fix,
                text: text(),
            },
            11 => Step::Object { reason: text() },
            12 => Step::AskSeverity {
                level: level(),
                reason: text(),
            },
            13 => Step::Escalate { reason: text() },
            14 => Step::Accept,
            15 => Step::Reopen { reason: text() },
            16 => Step::Rate {
                stars: 4,
                text: text(),
            },
            17 => Step::Watch {
                who: who(*self.one(colleagues)),
            },
            18 => Step::Unwatch {
                who: who(*self.one(colleagues)),
            },
            // Nothing comes after it.
            19 if self.below(4) == 0 => Step::Withdraw { reason: text() },
            _ => Step::Write {
                text: text(),
                channel: Channel::Portal,
            },
        }
    }
}

fn who(actor: Actor) -> Who {
    Who {
        id: actor.person().unwrap(),
        name: String::new(),
    }
}

async fn get(world: &World, actor: Actor, number: IncidentNumber) -> Incident {
    incidents::get(&world.portal, actor, number)
        .await
        .unwrap()
        .expect("theirs to see")
}

/// Time passes: mostly hours, now and then so many days that a resolution counts as accepted. A clock may be set back.
async fn wait(world: &World, dice: &Dice) {
    let minutes = i64::try_from(dice.below(600)).unwrap();
    match dice.below(24) {
        0 => world.clock.advance(15 * 24 * HOUR),
        1 => world.clock.advance(-HOUR),
        _ => world.clock.advance(minutes * (HOUR / 60)),
    }
    incidents::close_silent(&world.portal).await.unwrap();
}

/// Adds a closed day in the next days, or withdraws one. Gives whether there is anything to be changed.
async fn change_a_day(world: &World, dice: &Dice, admin: Actor) -> bool {
    let calendars = closed_days::list(&world.portal, admin)
        .await
        .unwrap()
        .expect("permitted");
    let days = calendars.iter().flat_map(|calendar| &calendar.days);
    let ahead: Vec<i64> = days.filter(|day| day.ahead).map(|day| day.id).collect();
    let change = if !ahead.is_empty() && dice.below(3) == 0 {
        Change::Withdraw(*dice.one(&ahead))
    } else {
        let today = i32::try_from(world.portal.now().0 / (24 * HOUR)).unwrap();
        let later = i32::try_from(1 + dice.below(6)).unwrap();
        Change::Add(NewClosedDay {
            calendar: dice.one(&calendars).key.to_string(),
            date: LocalDate::from_epoch_days(today + later)
                .unwrap()
                .to_string(),
            name: "By-election".into(),
            name_ko: "보궐선거일".into(),
            kind: "election".into(),
        })
    };
    let review = match closed_days::review(&world.portal, admin, &change)
        .await
        .unwrap()
    {
        Ok(review) => review,
        // It is a weekend, or closed already.
        Err(NotChanged::Invalid(_)) => return false,
        Err(other) => panic!("{change:?}: {other:?}"),
    };
    let saved = closed_days::save(&world.portal, admin, &change, &review.seal)
        .await
        .unwrap()
        .expect("nothing happened since it was looked over");
    assert_eq!(saved.moved, review.moved.len());
    true
}

both! {
    async fn whatever_is_done_each_row_is_what_its_events_add_up_to(world: World) {
        world.filled().await;
        // More days pass than a term has.
        world.without_end().await;
        let dice = Dice::new();
        let (grace, admin) = (world.actor(GRACE).await, world.actor(ADMINISTRATOR).await);
        let engineers = [world.actor(HANA).await, world.actor(DANIEL).await];
        let mut customers = Vec::new();
        for [files, colleague] in CUSTOMERS {
            customers.push([world.actor(files).await, world.actor(colleague).await]);
        }
        let mut filed = Vec::new();
        let (mut taken, mut changed) = (0, 0);
        for turn in 0..STEPS {
            wait(&world, &dice).await;
            if turn % 12 == 0 {
                let people = *dice.one(&customers);
                let new = if dice.below(2) == 0 { world.severe("Down") } else { world.question("When?", RELEASE) };
                filed.push((world.file(people[0], new).await, people));
            }
            if turn % 8 == 4 {
                changed += usize::from(change_a_day(&world, &dice, admin).await);
            }
            let (number, people) = *dice.one(&filed);
            let [hana, daniel] = engineers;
            let (actor, party) = *dice.one(&[
                (hana, Party::Engineer),
                (hana, Party::Engineer),
                (daniel, Party::Engineer),
                (people[0], Party::Customer),
                (people[1], Party::Customer),
                (grace, Party::AccountManager),
            ]);
            let state = get(&world, hana, number).await.standing.state();
            let mut steps = (0..100).map(|_| dice.step(&engineers, &people));
            let Some(step) = steps.find(|step| legal(step.kind(), party, state)) else {
                continue;
            };
            let tried = format!("{actor:?}, {state:?}: {step:?}");
            match world.take(actor, number, step).await {
                Ok(Taken::Now(events)) => {
                    assert!(!events.is_empty(), "{tried}");
                    taken += 1;
                }
                // It is so already, or was done already.
                Err(NotTaken::Illegal(_)) => {}
                other => panic!("{tried}: {other:?}"),
            }
        }
        println!("{taken} steps, {changed} closed days");
        assert!(taken > STEPS / 8 && changed > 0, "{taken} steps, {changed} closed days");

        for (number, _) in &filed {
            if get(&world, engineers[0], *number).await.standing.state() == State::AwaitingResponse {
                let step = Step::Acknowledge { to: who(engineers[0]), text: "We have it.".into() };
                world.take(engineers[0], *number, step).await.unwrap();
            }
        }
        let verified = incidents::verify(&world.portal, Actor::Operator).await.unwrap().unwrap();
        assert_eq!(verified.broken, []);
        for (number, _) in filed {
            let incident = get(&world, engineers[0], number).await;
            let responses = incident.events.iter().filter(|entry| matches!(entry.event, Event::Responded { .. })).count();
            // One; none to what was withdrawn before.
            assert_eq!(responses, usize::from(incident.standing.responded.is_some()), "{number}");
            assert!(responses == 1 || incident.standing.state() == State::Withdrawn, "{number}");
            assert!(incident.events.is_sorted_by_key(|entry| entry.at), "{number}");
        }
    }
}
