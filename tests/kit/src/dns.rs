//! A DNS server on loopback that answers as it is told.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{net::UdpSocket, task::JoinHandle};

/// How to answer questions for a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DnsAnswer {
    /// It is an alias of this name.
    Cname(String),
    /// It is there and is none.
    Address,
    /// There is no such name.
    NxDomain,
    /// The server has failed.
    ServFail,
    /// Never.
    Never,
}

/// A server, and what it was asked.
pub struct DnsServer {
    /// Where it listens.
    pub address: SocketAddr,
    answers: Arc<Mutex<HashMap<String, DnsAnswer>>>,
    server: JoinHandle<()>,
}

impl DnsServer {
    /// Starts one that knows no name.
    pub async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let address = socket.local_addr().expect("an address");
        let answers: Arc<Mutex<HashMap<String, DnsAnswer>>> = Arc::default();
        let shared = answers.clone();
        let server = tokio::spawn(async move {
            let mut buffer = [0; 1024];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let query = &buffer[..length];
                let (name, end) = question(query);
                let found = shared.lock().expect("not poisoned").get(&name).cloned();
                let answer = found.unwrap_or(DnsAnswer::NxDomain);
                if answer != DnsAnswer::Never {
                    let response = response(&query[..end], &answer);
                    socket.send_to(&response, from).await.expect("it is sent");
                }
            }
        });
        Self { address, answers, server }
    }

    /// From now on questions for `name` are answered so.
    pub fn set(&self, name: &str, answer: DnsAnswer) {
        self.answers.lock().expect("not poisoned").insert(name.to_owned(), answer);
    }
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The name that is requested, in lower case, and where the question ends.
fn question(query: &[u8]) -> (String, usize) {
    let (mut at, mut labels) = (12, Vec::new());
    while query[at] != 0 {
        let end = at + 1 + usize::from(query[at]);
        labels.push(String::from_utf8_lossy(&query[at + 1..end]).to_lowercase());
        at = end;
    }
    (labels.join("."), at + 5)
}

/// By RFC 1035: the header and the question come back, one record may follow.
fn response(query: &[u8], answer: &DnsAnswer) -> Vec<u8> {
    let code = match answer {
        DnsAnswer::ServFail => 2,
        DnsAnswer::NxDomain => 3,
        _ => 0,
    };
    let records = u8::from(matches!(answer, DnsAnswer::Cname(_)));
    let mut bytes = query.to_vec();
    bytes[2..12].copy_from_slice(&[0x81, 0x80 | code, 0, 1, 0, records, 0, 0, 0, 0]);
    if let DnsAnswer::Cname(target) = answer {
        let mut name = Vec::new();
        for label in target.split('.') {
            name.push(u8::try_from(label.len()).expect("a label"));
            name.extend(label.as_bytes());
        }
        name.push(0);
        // The name of the question, type CNAME, class IN, a minute to live.
        bytes.extend([0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60]);
        bytes.extend(u16::try_from(name.len()).expect("a name").to_be_bytes());
        bytes.extend(name);
    }
    bytes
}
