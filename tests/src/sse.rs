//! Server-sent events, as they come.

use std::io::{BufRead, BufReader};

use serde_json::Value as Json;

use crate::http::Body;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Kestra puts the event's name here.
    pub id: String,
    pub data: Json,
}

/// The events of a response.
#[derive(Debug)]
pub struct Events(BufReader<Body>);

impl Events {
    pub fn of(body: Body) -> Self {
        Self(BufReader::new(body))
    }
}

impl Iterator for Events {
    type Item = Event;

    /// Waits for the next event; `None` when the server has closed the stream.
    fn next(&mut self) -> Option<Event> {
        let (mut id, mut data) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            let length =
                self.0.read_line(&mut line).expect("the stream is whole, UTF-8, and not silent for long");
            match line.trim_end_matches(['\r', '\n']).split_once(':') {
                _ if length == 0 => {
                    assert!(data.is_empty(), "the stream ends inside of an event: {data}");
                    return None;
                }
                Some(("id", value)) => value.trim_start().clone_into(&mut id),
                Some(("data", value)) => data.push_str(value.trim_start()),
                Some(("", _comment)) => {}
                Some((field, _)) => panic!("clients of Kestra know no field `{field}`"),
                None if data.is_empty() => {}
                None => {
                    let data = serde_json::from_str(&data).expect("an event is JSON");
                    return Some(Event { id, data });
                }
            }
        }
    }
}
