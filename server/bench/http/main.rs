//! What a request costs: `./dev bench http`. What is measured, and how, is in `docs/benchmarks.md`, which this program
//! brings up to date.
//!
//! The portal is the program that people run, in a process of its own, so that its CPU time and memory can be read from
//! the system. Everything stays on this machine's loopback interface and ends by itself.

mod bare;
mod client;
mod deadline;
mod insert;
mod load;
mod origin;
mod portal;
mod process;
mod report;
mod scene;
mod table;

use std::{error::Error, path::Path, process::ExitCode, time::Duration};

use crate::{
    insert::Inserted,
    load::Measured,
    portal::{Figures, Page},
    scene::Scene,
};

/// What can go wrong here ends the program, with its words.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// However slow the machine is, it ends.
const AT_MOST: Duration = Duration::from_secs(175);

/// Everything that was measured.
struct Results {
    pages: Vec<Page>,
    sqlite: Figures,
    postgres: Option<Figures>,
    bare: Vec<Measured>,
    inserted: Inserted,
    postgres_inserted: Option<Inserted>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["bare", folder, port] => bare::serve(Path::new(folder), port),
        // Cargo adds `--bench`.
        _ => bench(arguments.iter().any(|one| one == "--with-deadline")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench http: {error}");
            ExitCode::FAILURE
        }
    }
}

/// On one thread: the generator of the load should take as little as it can from what it measures.
fn bench(with_deadline: bool) -> Outcome<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(within_time(with_deadline))
}

/// Dropping what is being measured ends the processes that were started for it, whatever the reason is.
async fn within_time(with_deadline: bool) -> Outcome<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        results = measure() => report::write(&results?, with_deadline),
        () = tokio::time::sleep(AT_MOST) => Err(format!("not done after {} s", AT_MOST.as_secs()).into()),
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
        _ = terminate.recv() => Err("terminated".into()),
    }
}

async fn measure() -> Outcome<Results> {
    // Not in /tmp: where that is kept in memory, nothing would ever be written to a disk.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let sqlite = Scene::sqlite(folder.path());
    let (sqlite, pages) = on(&sqlite, true).await?;

    println!("The bare handler and the bare insertion …");
    let bare = bare::measure(&folder.path().join("pages"), &pages).await?;
    let inserted = insert::sqlite(&folder.path().join("bare.db"), sqlite.row_bytes).await?;

    let mut results = Results {
        pages,
        sqlite,
        postgres: None,
        bare,
        inserted,
        postgres_inserted: None,
    };
    if let Ok(url) = std::env::var("PORTAL_TEST_POSTGRES_URL") {
        let scene = Scene::postgres(&url, folder.path()).await?;
        let measured = on_postgres(&scene).await;
        // Dropped in any case: the server may be one that goes on.
        scene.remove().await?;
        let (figures, inserted) = measured?;
        results.postgres = Some(figures);
        results.postgres_inserted = Some(inserted);
    }
    Ok(results)
}

async fn on_postgres(scene: &Scene) -> Outcome<(Figures, Inserted)> {
    let (figures, _) = on(scene, false).await?;
    let inserted = insert::postgres(&scene.url, figures.row_bytes).await?;
    Ok((figures, inserted))
}

/// Prepares one database, and measures the portal on it.
async fn on(scene: &Scene, with_brotli: bool) -> Outcome<(Figures, Vec<Page>)> {
    println!("{}: filing {} incidents …", scene.name, scene::INCIDENTS);
    let contact = scene.prepare().await?;
    println!("{}: measuring …", scene.name);
    portal::measure(scene, &contact, with_brotli).await
}
