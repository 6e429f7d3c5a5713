//! The figures as tables, on the terminal and in `docs/benchmarks.md`.

use std::fs;

use crate::{
    Outcome, Results, deadline,
    insert::Inserted,
    load::{CONNECTIONS, Measured},
    origin::origin,
    table::{cells, ms, part, rate, table},
};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/benchmarks.md");

/// What is to be beaten, in milliseconds of CPU and MiB: django-helpdesk on a machine like this.
const INCIDENT: f64 = 17.0;
const LIST: f64 = 181.0;
const FILING: f64 = 20.0;
const MEMORY: f64 = 255.0;

/// Prints everything, and brings the document up to date.
pub fn write(results: &Results, with_deadline: bool) -> Outcome<()> {
    let origin = origin();
    let mut document = fs::read_to_string(DOCUMENT)?;
    let mut put = |name: &str, figures: String| {
        println!("\n{figures}");
        replace(&mut document, name, &figures)
    };
    put("http", format!("{origin}\n\n{}", http(results)?))?;
    if with_deadline {
        put("deadline", format!("{origin}\n\n{}", deadline::figures()?))?;
    }
    fs::write(DOCUMENT, document)?;
    println!("\nAlso in docs/benchmarks.md");
    Ok(())
}

/// Puts `figures` between the marks of this name.
fn replace(document: &mut String, name: &str, figures: &str) -> Outcome<()> {
    let (open, close) = (
        format!("<!-- {name}: written by ./dev bench -->"),
        format!("<!-- /{name} -->"),
    );
    let from = document.find(&open).map(|at| at + open.len());
    let to = document.find(&close);
    match from.zip(to) {
        Some((from, to)) if from <= to => {
            document.replace_range(from..to, &format!("\n{figures}\n"));
            Ok(())
        }
        _ => Err(format!("docs/benchmarks.md has lost its marks for {name}").into()),
    }
}

fn http(results: &Results) -> Outcome<String> {
    Ok([
        beaten(results)?,
        format!("Pages on SQLite, {CONNECTIONS} connections, uncompressed:"),
        plain(results),
        "The same pages compressed while they are sent (brotli), and on PostgreSQL (uncompressed):"
            .to_owned(),
        others(results),
        "Filing, and a bare insertion of as many bytes:".to_owned(),
        filing(results),
        "Resident memory of the portal:".to_owned(),
        memory(results),
    ]
    .join("\n\n"))
}

/// The four figures that were set.
fn beaten(results: &Results) -> Outcome<String> {
    let mut rows = vec![cells(&[
        "",
        "to beat",
        "portal",
        "part of it",
        "compressed",
    ])];
    let sqlite = &results.sqlite;
    for (name, page, most) in [
        ("CPU of an incident page", 2, INCIDENT),
        ("CPU of 200 of 10,000 incidents", 3, LIST),
    ] {
        let (plain, brotli) = sqlite
            .plain
            .get(page)
            .zip(sqlite.brotli.get(page))
            .ok_or("a page was not measured")?;
        rows.push(vec![
            name.to_owned(),
            format!("{most:.0} ms"),
            ms(plain.cpu),
            part(plain.cpu.as_secs_f64() * 1000.0, most),
            ms(brotli.cpu),
        ]);
    }
    let cpu = sqlite.filing.cpu;
    rows.push(vec![
        "CPU of a filing".to_owned(),
        format!("{FILING:.0} ms"),
        ms(cpu),
        part(cpu.as_secs_f64() * 1000.0, FILING),
        "–".to_owned(),
    ]);
    let [_, after] = &sqlite.memory;
    rows.push(vec![
        "memory after all".to_owned(),
        format!("{MEMORY:.0} MiB"),
        format!("{:.0} MiB", after.now),
        part(after.now, MEMORY),
        "–".to_owned(),
    ]);
    Ok(table(&rows))
}

fn plain(results: &Results) -> String {
    let mut rows = vec![cells(&[
        "",
        "bytes",
        "bare: a second",
        "CPU",
        "portal: a second",
        "CPU",
        "median",
        "99 %",
    ])];
    for ((page, bare), portal) in results
        .pages
        .iter()
        .zip(&results.bare)
        .zip(&results.sqlite.plain)
    {
        let mut row = vec![page.name.to_owned(), portal.bytes.to_string()];
        row.extend([rate(bare.per_second), ms(bare.cpu)]);
        row.extend(four(portal));
        rows.push(row);
    }
    table(&rows)
}

fn others(results: &Results) -> String {
    let mut head = cells(&["", "bytes", "brotli: a second", "CPU", "median", "99 %"]);
    if results.postgres.is_some() {
        head.extend(cells(&["PostgreSQL: a second", "CPU", "median", "99 %"]));
    }
    let mut rows = vec![head];
    for (index, (page, brotli)) in results.pages.iter().zip(&results.sqlite.brotli).enumerate() {
        let mut row = vec![page.name.to_owned(), brotli.bytes.to_string()];
        row.extend(four(brotli));
        let postgres = results
            .postgres
            .as_ref()
            .and_then(|figures| figures.plain.get(index));
        row.extend(postgres.into_iter().flat_map(four));
        rows.push(row);
    }
    table(&rows)
}

fn filing(results: &Results) -> String {
    let mut rows = vec![cells(&["", "a second", "CPU", "median", "99 %"])];
    let mut add = |name: &str, row: [String; 4]| {
        rows.push([&[name.to_owned()][..], &row].concat());
    };
    let bare = |inserted: &Inserted, cpu: String| {
        [
            rate(inserted.per_second),
            cpu,
            ms(inserted.median),
            ms(inserted.p99),
        ]
    };
    let bytes = results.sqlite.row_bytes;
    add("portal, SQLite", four(&results.sqlite.filing));
    add(
        &format!("bare insertion of {bytes} bytes, SQLite"),
        bare(&results.inserted, ms(results.inserted.cpu)),
    );
    if let Some((figures, inserted)) = results
        .postgres
        .as_ref()
        .zip(results.postgres_inserted.as_ref())
    {
        // A server that keeps nothing safe is quick, and is to be told apart.
        let durable = if inserted.durable {
            ""
        } else {
            " (not durable: fsync is off)"
        };
        add(
            &format!("portal, PostgreSQL{durable}"),
            four(&figures.filing),
        );
        add(
            &format!(
                "bare insertion of {} bytes, PostgreSQL{durable}",
                figures.row_bytes
            ),
            bare(inserted, ms(inserted.cpu)),
        );
    }
    table(&rows)
}

fn memory(results: &Results) -> String {
    let mut rows = vec![cells(&[
        "",
        "idle",
        "after all",
        "pages of the program",
        "at most",
    ])];
    let postgres = results
        .postgres
        .as_ref()
        .map(|figures| ("PostgreSQL", figures));
    for (name, figures) in [("SQLite", &results.sqlite)].into_iter().chain(postgres) {
        let mut row = vec![name.to_owned()];
        let [idle, after] = &figures.memory;
        let figures = [idle.now, after.now, after.program, after.most];
        row.extend(figures.map(|mib| format!("{mib:.0} MiB")));
        rows.push(row);
    }
    table(&rows)
}

fn four(measured: &Measured) -> [String; 4] {
    [
        rate(measured.per_second),
        ms(measured.cpu),
        ms(measured.median),
        ms(measured.p99),
    ]
}
