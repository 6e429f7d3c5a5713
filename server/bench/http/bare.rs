//! The least that a page can cost with these libraries: an axum handler that holds its bytes ready.

use std::{fs, net::Ipv4Addr, path::Path};

use axum::{Router, body::Bytes, http::header, routing::get};

use crate::{
    Outcome, client,
    load::{self, Measured, Task},
    portal::{PAGES, Page, is_page},
    process::Server,
};

/// Serves the files `0`, `1`, … of a folder as pages, each by a handler of its own, in a process of its own.
pub fn serve(folder: &Path, port: &str) -> Outcome<()> {
    let mut router = Router::new();
    for number in 0.. {
        let Ok(body) = fs::read(folder.join(number.to_string())) else {
            break;
        };
        let body = Bytes::from(body);
        let page =
            move || async move { ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body) };
        router = router.route(&format!("/{number}"), get(page));
    }
    let port: u16 = port.parse()?;
    // As many threads as the portal has.
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        Ok(axum::serve(listener, router).await?)
    })
}

/// The same pages as the portal's, from the handlers of [`serve`].
pub async fn measure(folder: &Path, pages: &[Page]) -> Outcome<Vec<Measured>> {
    fs::create_dir(folder)?;
    for (number, page) in pages.iter().enumerate() {
        fs::write(folder.join(number.to_string()), &page.body)?;
    }
    let server = Server::start(
        std::env::current_exe()?,
        |command, address| {
            command
                .arg("bare")
                .arg(folder)
                .arg(address.port().to_string());
        },
        "/0",
    )
    .await?;
    let mut measured = Vec::new();
    for number in 0..pages.len() {
        let request = client::get(&format!("/{number}"), "");
        let task = Task {
            address: server.address,
            pid: server.pid(),
            request: Box::new(move || request.clone()),
            right: is_page,
        };
        measured.push(load::run(task, PAGES).await?);
    }
    Ok(measured)
}
