//! `verify --online`: addresses are really asked for, within bounds.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

mod support;

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, channel},
    thread,
};

use rstest::rstest;
use serde_json::Value;

use self::support::{Files, conform};

/// A server on this machine; it tells what it was asked for.
fn server() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (asked, told) = channel();
    thread::spawn(move || {
        let mut silent = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let line = request(&stream);
            let _ = asked.send(line.clone());
            let (method, path) = line.split_once(' ').unwrap_or_default();
            let head = match (method, path) {
                (_, "/page") | ("GET", "/no-head") => "200 OK\r\nContent-Type: text/html; charset=utf-8",
                (_, "/picture") => "200 OK\r\nContent-Type: image/png",
                (_, "/moved") => "302 Found\r\nLocation: /page",
                (_, "/round") => "302 Found\r\nLocation: /round",
                (_, "/away") => "302 Found\r\nLocation: file:///etc/passwd",
                ("HEAD", "/no-head") => "405 Method Not Allowed",
                (_, "/silent") => {
                    silent.push(stream);
                    continue;
                }
                // An endless head is cut off by the client.
                (_, "/endless") => {
                    thread::spawn(move || endless(stream));
                    continue;
                }
                _ => "404 Not Found",
            };
            let _ = write!(
                stream,
                "HTTP/1.1 {head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
    });
    (address, told)
}

/// Method and path of a request, whose head is read to its end.
fn request(stream: &TcpStream) -> String {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    let mut words = first.split(' ');
    format!(
        "{} {}",
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default()
    )
}

fn endless(mut stream: TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
    while stream
        .write_all(b"X-More: and more and more and more\r\n")
        .is_ok()
    {}
}

/// What the check says of a product whose website is at this path.
fn checked(path: &str) -> (String, String, Vec<String>) {
    let (address, asked) = server();
    let files = Files::new();
    let product = format!(
        "vendor: Example\nname: Example\nversion: v1\nwebsite_url: http://{address}{path}\ndocumentation_url: http://{address}/page\n\
         type: distribution\ndescription: x\ncontact_email_address: a@example.org\n"
    );
    files.put("v1.36/example/PRODUCT.yaml", &product);
    let folder = files.path("v1.36/example");
    let words = [
        "verify",
        &folder,
        "--online",
        "-o",
        "json",
        "--day",
        "2026-11-22",
        "--request-timeout",
        "1s",
    ];
    let (json, _) = conform(&words, 1);
    let verification: Value = serde_json::from_str(&json).unwrap();
    let checks = verification["checks"].as_array().unwrap();
    let check = checks.iter().find(|one| one["check"] == "product-pages").unwrap();
    let text = |key: &str| check[key].as_str().unwrap().replace(&address, "HOST");
    (text("state"), text("message"), asked.try_iter().collect())
}

#[rstest]
#[case("/page", "Passed", "each of 2 leads to a page of HTML")]
#[case("/moved", "Passed", "each of 2 leads to a page of HTML")]
#[case("/no-head", "Passed", "each of 2 leads to a page of HTML")]
#[case(
    "/picture",
    "Failed",
    "website_url: http://HOST/picture is \"image/png\" and no page of HTML"
)]
#[case(
    "/gone",
    "Failed",
    "website_url: http://HOST/gone: the server answers 404 Not Found"
)]
#[case(
    "/round",
    "Failed",
    "website_url: http://HOST/round: it leads on more than 5 times"
)]
#[case(
    "/away",
    "Failed",
    "website_url: http://HOST/away: it leads to what is no address"
)]
#[case("/silent", "Failed", "website_url: http://HOST/silent: no answer in 1s")]
fn an_address_leads_to_a_page_or_it_is_said_why_not(
    #[case] path: &str,
    #[case] state: &str,
    #[case] message: &str,
) {
    let (found, told, asked) = checked(path);
    assert_eq!((found.as_str(), told.as_str()), (state, message));
    assert!(asked.contains(&format!("HEAD {path}")), "{asked:?}");
    assert!(asked.len() <= 8, "{asked:?}");
}

#[test]
fn an_answer_without_an_end_is_given_up() {
    let (state, message, _) = checked("/endless");
    assert_eq!(state, "Failed", "{message}");
}

#[test]
fn nobody_is_asked_unless_one_wants_it() {
    let files = Files::new();
    files.put(
        "v1.36/example/PRODUCT.yaml",
        "name: x\nwebsite_url: https://example.org\n",
    );
    let (json, _) = conform(
        &[
            "verify",
            &files.path("v1.36/example"),
            "-o",
            "json",
            "--day",
            "2026-11-22",
        ],
        1,
    );
    let verification: Value = serde_json::from_str(&json).unwrap();
    let mut checks = verification["checks"].as_array().unwrap().iter();
    let check = checks.find(|one| one["check"] == "product-pages").unwrap();
    assert_eq!(check["state"], "Unevaluated");
    assert!(check["message"].as_str().unwrap().contains("--online"));
}
