use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use super::client::{Browser, Page, World};

const AT: &str = "/admin/import";
const ADMINISTRATOR: usize = 14;
const HEADER: &str = "customer,name,email,role,designated\n";

/// Sends a file as a browser does.
async fn upload(browser: &mut Browser, kind: &str, content: &[u8]) -> Page {
    let head = format!(
        "--XX\r\ncontent-disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n\
         --XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"people <1>.csv\"\r\ncontent-type: text/csv\r\n\r\n"
    );
    let body = [head.as_bytes(), content, b"\r\n--XX--\r\n"].concat();
    let request = Request::post(AT)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    browser.send(request).await
}

fn three_bad_rows() -> String {
    format!(
        "{HEADER}Cascade Retail,=HYPERLINK(1),good.one@cascade.example,contact,no\n\
         Nobody,Bad One,bad.one@cascade.example,contact,\n\
         Cascade Retail,Bad Two,bad.two,contact,\n\
         Cascade Retail,Good Two,good.two@cascade.example,coordinator,\n\
         Cascade Retail,Bad <b>Three</b>,GOOD.two@cascade.example,contact,\n"
    )
}

#[tokio::test]
async fn three_bad_rows_are_named_and_the_good_ones_go_in() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMINISTRATOR).await;
    admin
        .get(AT)
        .await
        .says("What the file contains")
        .says("multipart/form-data");
    let taken = upload(&mut admin, "contacts", three_bad_rows().as_bytes()).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    let at = taken.location().to_owned();
    let id = at.split('=').nth(1).unwrap().to_owned();
    let page = admin.get(&at).await;
    page.says("Dry run: people &lt;1&gt;.csv")
        .says("Nothing has been imported.")
        .says("No customer has this name.")
        .says("This is not an e-mail address.")
        .says("The same is already in line 5.")
        .says("Bad &lt;b&gt;Three&lt;/b&gt;")
        .says("5 of 5 rows are shown.");
    let first = page.html.find("No customer has this name").unwrap();
    assert!(
        first < page.html.find("good.one@").unwrap(),
        "bad rows come first"
    );

    let result = admin
        .get(&format!("/admin/import/result.csv?upload={id}"))
        .await;
    assert_eq!(
        result.headers[header::CONTENT_TYPE],
        "text/csv; charset=utf-8"
    );
    let lines: Vec<_> = result.html.lines().collect();
    assert_eq!(
        lines[0],
        "\u{FEFF}Line,Outcome,Reason,customer,name,email,role,designated"
    );
    assert_eq!(
        lines[1],
        "2,Add,,Cascade Retail,'=HYPERLINK(1),good.one@cascade.example,contact,no"
    );
    assert_eq!(
        lines[2],
        "3,Bad,No customer has this name.,Nobody,Bad One,bad.one@cascade.example,contact,"
    );
    assert_eq!(lines.len(), 6);

    let page = admin.post(AT, &[("upload", &id)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Choose what happens if a row is bad.");
    let page = admin
        .post(AT, &[("upload", &id), ("choice", "refuse")])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Nothing was imported: 3 rows are bad.");
    for _ in 0..2 {
        let done = admin.post(AT, &[("upload", &id), ("choice", "good")]).await;
        assert_eq!(
            (done.status, done.location()),
            (StatusCode::SEE_OTHER, at.as_str())
        );
    }
    admin
        .get(&at)
        .await
        .says("Added: 2. Changed nothing: 0. Left out as bad: 3.")
        .says("can sign in once they are invited");
    let again = upload(&mut admin, "contacts", three_bad_rows().as_bytes()).await;
    let again = again.location().to_owned();
    admin.language = "ko";
    admin
        .get(&again)
        .await
        .says("시험 실행: people &lt;1&gt;.csv")
        .says("추가할 행이 없어 아무것도 가져오지 않았습니다.")
        .says("이 이름의 고객이 없습니다.");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_why() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMINISTRATOR).await;
    let latin = [HEADER.as_bytes(), b"X,Andr\xe9,a@x.example,contact,\n"].concat();
    let large = vec![b'x'; 10 * 1024 * 1024 + 1];
    let cases: [(&[u8], &str); 5] = [
        (b"", "Choose a file that is not empty."),
        (&latin, "The file is not UTF-8 from line 2 on."),
        (b"PK\x03\x04\0\0", "This is not a CSV file."),
        (
            b"name,email\n",
            "The first line must name every column; missing: customer, role.",
        ),
        (&large, "The file is larger than 10 MiB."),
    ];
    for (content, words) in cases {
        let page = upload(&mut admin, "contacts", content).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        page.says("The file was not accepted")
            .says("id=\"file-error\"")
            .says(words);
    }
    let page = upload(&mut admin, "", three_bad_rows().as_bytes()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("id=\"kind-error\"");
    let gone = admin
        .get("/admin/import?upload=0190a6f0-7b7e-4c3e-9d6f-0123456789ab")
        .await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    gone.says("That file is no longer kept.");
    for (kind, columns) in [
        ("contacts", "customer,name,email,role,designated"),
        ("certifications", "email,track,level,number,issued,expires"),
    ] {
        let template = admin.get(&format!("/admin/import/{kind}.csv")).await;
        assert_eq!(template.html, format!("\u{FEFF}{columns}\r\n"));
        // It can be filled in and sent as it is.
        let page = upload(&mut admin, kind, template.html.as_bytes()).await;
        page.says("There is no row below the first line.");
    }
}

#[tokio::test]
async fn to_everybody_else_the_import_is_not_there() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMINISTRATOR).await;
    let taken = upload(&mut admin, "contacts", three_bad_rows().as_bytes()).await;
    let at = taken.location().to_owned();
    let id = at.split('=').nth(1).unwrap();
    let result = format!("/admin/import/result.csv?upload={id}");
    for person in [0, 1, 10, 12] {
        let mut browser = world.signed_in(person).await;
        for path in [
            AT,
            &at,
            &result,
            "/admin/import/contacts.csv",
            "/admin/import/certifications.csv",
        ] {
            assert_eq!(
                browser.get(path).await.status,
                StatusCode::NOT_FOUND,
                "{person} {path}"
            );
        }
        let page = upload(&mut browser, "contacts", three_bad_rows().as_bytes()).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        let page = browser
            .post(AT, &[("upload", id), ("choice", "good")])
            .await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }
    let mut nobody = world.browser();
    assert_eq!(
        nobody.get(AT).await.location(),
        "/sign-in?next=/admin/import"
    );
    let page = upload(&mut nobody, "contacts", b"x").await;
    assert_eq!(page.location(), "/sign-in?next=/admin/import");
    // From another site nothing is taken.
    let request = Request::post(AT)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX")
        .header("sec-fetch-site", "cross-site")
        .body(Body::empty())
        .unwrap();
    assert_eq!(admin.send(request).await.status, StatusCode::FORBIDDEN);
}
