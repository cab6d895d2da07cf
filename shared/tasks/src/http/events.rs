//! Server-sent events, as the HTML standard reads them.

use serde_json::{Map, Value as Json};

/// Bytes of one event, and of what came of one that has not ended.
const EVENT_BYTES_MAX: usize = 1024 * 1024;

/// What came so far of a stream of events.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    after_return: bool,
    is_started: bool,
    event: Event,
    bytes: usize,
    last_id: Option<String>,
}

/// One event.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Event {
    pub(super) data: Option<String>,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) retry_ms: Option<u64>,
}

impl Events {
    /// Takes what came, and gives the events that end in it.
    ///
    /// # Errors
    /// It is no text, or an event is too large.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<Vec<Event>, String> {
        let mut events = Vec::new();
        for byte in bytes {
            let follows_return = std::mem::replace(&mut self.after_return, *byte == b'\r');
            match byte {
                b'\n' if follows_return => {}
                b'\r' | b'\n' => events.extend(self.end_line()?),
                other => {
                    self.bytes += 1;
                    if self.bytes > EVENT_BYTES_MAX {
                        return Err(format!("an event may have at most {EVENT_BYTES_MAX} bytes"));
                    }
                    self.line.push(*other);
                }
            }
        }
        Ok(events)
    }

    fn end_line(&mut self) -> Result<Option<Event>, String> {
        let line = String::from_utf8(std::mem::take(&mut self.line));
        let line = line.map_err(|_| "the events are not UTF-8".to_owned())?;
        let line = if std::mem::replace(&mut self.is_started, true) {
            line.as_str()
        } else {
            line.trim_start_matches('\u{feff}')
        };
        if line.is_empty() {
            self.bytes = 0;
            let event = std::mem::take(&mut self.event);
            // What has no data is no event; its id counts nevertheless.
            return Ok(event.data.is_some().then(|| Event { id: self.last_id.clone(), ..event }));
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => append(&mut self.event.comment, value),
            "data" => append(&mut self.event.data, value),
            "event" => self.event.name = Some(value.to_owned()),
            "id" if !value.contains('\0') => self.last_id = (!value.is_empty()).then(|| value.to_owned()),
            "retry" => self.event.retry_ms = value.parse().ok().or(self.event.retry_ms),
            _ => {}
        }
        Ok(None)
    }
}

fn append(text: &mut Option<String>, line: &str) {
    match text {
        Some(text) => {
            text.push('\n');
            text.push_str(line);
        }
        None => *text = Some(line.to_owned()),
    }
}

impl Event {
    /// Kestra: data that is JSON is what it means, and what is not there is left out.
    pub(super) fn into_json(self) -> Json {
        let mut json = Map::new();
        let data = self.data.unwrap_or_default();
        let data = serde_json::from_str(&data).unwrap_or(Json::String(data));
        json.insert("data".to_owned(), data);
        for (name, value) in [("id", self.id), ("name", self.name), ("comment", self.comment)] {
            if let Some(value) = value {
                json.insert(name.to_owned(), Json::String(value));
            }
        }
        if let Some(ms) = self.retry_ms {
            let retry = engine::duration::format(std::time::Duration::from_millis(ms));
            json.insert("retry".to_owned(), Json::String(retry));
        }
        Json::Object(json)
    }
}

#[cfg(test)]
mod tests;
