//! An API server as somebody sees it who does not know all that it says: a proxy that is given such a view does what a proxy
//! does that does not know a feature, with real packets.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{IpAddr, SocketAddr, TcpListener, TcpStream},
    process::{Child, ChildStdout},
};

use serde_json::{Value, json};

use crate::program::start_kubectl;

/// Changes an object, or says that it is not to be seen.
pub type View = fn(&mut Value) -> bool;

/// The longest head of a request or an answer, in bytes.
const MAX_HEAD: u64 = 64 << 10;

/// A server of plain HTTP that passes reads on, and shows objects through a view. It serves until the process ends.
#[derive(Debug)]
pub struct Lens {
    /// Where it serves.
    pub address: SocketAddr,
    way: Child,
    /// Held open: a program whose output nobody takes ends when it says something.
    _said: BufReader<ChildStdout>,
}

impl Lens {
    /// Serves on an address of this machine. Reads have the rights of `KUBECONFIG`.
    ///
    /// # Errors
    ///
    /// kubectl does not open its way to the API server, or no port can be had.
    pub fn open(address: IpAddr, view: View) -> io::Result<Self> {
        let mut way = start_kubectl(&["proxy", "--port=0"])?;
        let mut said = BufReader::new(way.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let mut line = String::new();
        said.read_line(&mut line)?;
        let upstream = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        let listener = TcpListener::bind((address, 0))?;
        let address = listener.local_addr()?;
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let upstream = upstream.clone();
                // A connection that breaks is one that its client makes anew.
                std::thread::spawn(move || pass(&client, &upstream, view));
            }
        });
        Ok(Self {
            address,
            way,
            _said: said,
        })
    }
}

impl Drop for Lens {
    fn drop(&mut self) {
        let _ = self.way.kill();
        let _ = self.way.wait();
    }
}

/// Answers one request. Only reads are passed on.
fn pass(mut client: &TcpStream, upstream: &str, view: View) -> io::Result<()> {
    let head = head(client)?;
    let mut words = head.split(' ');
    let (Some("GET"), Some(path)) = (words.next(), words.next()) else {
        return client.write_all(b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    };
    let mut server = TcpStream::connect(upstream)?;
    // The old version of HTTP: the answer is not cut into chunks and ends with its connection.
    write!(
        server,
        "GET {path} HTTP/1.0\r\nHost: localhost\r\nAccept: application/json\r\n\r\n"
    )?;
    let mut server = BufReader::new(server);
    let status = self::head(&mut server)?;
    let code = status.split(' ').nth(1).unwrap_or("502").to_owned();
    write!(
        client,
        "HTTP/1.1 {code} -\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n"
    )?;
    if path.contains("watch=") {
        let mut line = String::new();
        while server.read_line(&mut line)? > 0 {
            if let Some(shown) = event(&line, view) {
                client.write_all(shown.as_bytes())?;
            }
            line.clear();
        }
        return Ok(());
    }
    let mut body = String::new();
    server.read_to_string(&mut body)?;
    client.write_all(list(body, view).as_bytes())
}

/// The first line of a request or an answer, whose other lines are read too.
fn head(stream: impl Read) -> io::Result<String> {
    let mut first = None;
    let mut lines = BufReader::with_capacity(1, stream.take(MAX_HEAD));
    loop {
        let mut line = String::new();
        lines.read_line(&mut line)?;
        if line.trim().is_empty() {
            return Ok(first.unwrap_or_default());
        }
        first.get_or_insert_with(|| line.trim().to_owned());
    }
}

/// One event of a watch; none if its object is not to be seen.
fn event(line: &str, view: View) -> Option<String> {
    let mut event: Value = serde_json::from_str(line).ok()?;
    if event.get("type") != Some(&json!("BOOKMARK")) && !view(event.get_mut("object")?) {
        return None;
    }
    Some(format!("{event}\n"))
}

/// A list; whatever else it is stays as it is.
fn list(body: String, view: View) -> String {
    let Ok(mut read) = serde_json::from_str::<Value>(&body) else {
        return body;
    };
    let kind = read.get("kind").and_then(Value::as_str).unwrap_or_default();
    let item_kind = kind.strip_suffix("List").map(str::to_owned);
    let Some((kind, items)) = item_kind.zip(read.get_mut("items").and_then(Value::as_array_mut)) else {
        return body;
    };
    items.retain_mut(|item| {
        // Items of a list do not say what they are.
        item["kind"] = json!(kind);
        view(item)
    });
    read.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_b(object: &mut Value) -> bool {
        object["seen"] = json!(true);
        object["metadata"]["name"] != json!("b")
    }

    #[test]
    fn lists_and_events_are_seen_through_the_view() {
        let body = json!({ "kind": "ServiceList", "items": [
            { "metadata": { "name": "a" } }, { "metadata": { "name": "b" } },
        ] });
        let shown: Value = serde_json::from_str(&list(body.to_string(), no_b)).unwrap();
        assert_eq!(
            shown["items"],
            json!([{ "kind": "Service", "metadata": { "name": "a" }, "seen": true }])
        );
        let of = |name: &str| json!({ "type": "ADDED", "object": { "metadata": { "name": name } } });
        assert!(event(&of("a").to_string(), no_b).is_some());
        assert_eq!(event(&of("b").to_string(), no_b), None);
        let bookmark = json!({ "type": "BOOKMARK", "object": { "metadata": { "name": "b" } } });
        assert!(event(&bookmark.to_string(), no_b).is_some());
        assert_eq!(list("no JSON".to_owned(), no_b), "no JSON");
    }
}
