//! `io.kestra.plugin.aws.eventbridge.PutEvents`: events to a bus.

use std::time::Instant;

use aws_sdk_eventbridge::{Client, types::PutEventsRequestEntry as Event};
use engine::{
    execution::Metric,
    flow::{PropertyType, Shape, TaskType},
};
use ports::Answer;
use serde_json::{Value as Json, json};

use crate::{
    aws::{
        Work,
        connection::{self, Connection, Patience},
        entries::{BATCH_MAX, Entries, Entry, Fields},
        said::said,
    },
    plain::{Done, Made},
    properties::{Properties, fixed, required},
    storage::Target,
};

const PROPERTIES: [PropertyType; 14] =
    connection::with([required("entries", Shape::Any), fixed("failOnUnsuccessfulEvents", Shape::Boolean)]);

pub(crate) const PUT_EVENTS: TaskType =
    TaskType { name: "io.kestra.plugin.aws.eventbridge.PutEvents", aliases: &[], properties: &PROPERTIES };

/// What has come of the events so far.
struct Put {
    file: Target,
    count: u64,
    failed: u64,
    first: Option<String>,
}

pub(crate) fn put_events(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let fails = properties.flag("failOnUnsuccessfulEvents", true);
        let given = properties.any("entries");
        properties.finish()?;
        let mut entries = Entries::of(work, "entries", given).await?;
        let execution = work.attempt.execution.to_string();
        let client = Client::new(&connection.open(work.shared, Patience::SMALL, &execution).await?);
        let started = Instant::now();
        let file = Target::open(work.attempt, work.surroundings, "events.ion")?;
        let mut put = Put { file, count: 0, failed: 0, first: None };
        let mut batch = Vec::new();
        while let Some(entry) = entries.next(work).await? {
            if batch.len() == BATCH_MAX {
                put.send(&client, std::mem::take(&mut batch)).await?;
            }
            batch.push(entry);
        }
        put.send(&client, batch).await?;
        let Put { file, count, failed, first } = put;
        if fails && let Some(why) = first {
            return Err(format!("Response show {failed} event failed: {why}"));
        }
        let mut made = Made { warns: failed > 0, ..Made::default() };
        made.put("uri", file.finish().await?);
        made.put("failedEntryCount", json!(failed));
        made.put("entryCount", json!(count));
        Ok(made.measured([
            Metric::timer("duration", started.elapsed()),
            Metric::counter("failedEntryCount", failed),
            Metric::counter("successfulEntryCount", count - failed),
            Metric::counter("entryCount", count),
        ]))
    })
}

impl Put {
    async fn send(&mut self, client: &Client, batch: Vec<Entry>) -> Result<(), String> {
        if batch.is_empty() {
            return Ok(());
        }
        let events = batch.iter().cloned().map(event).collect::<Result<_, _>>()?;
        let put = client.put_events().set_entries(Some(events)).send().await.map_err(said)?;
        for (entry, result) in batch.into_iter().zip(put.entries()) {
            self.count += 1;
            if let Some(code) = result.error_code() {
                self.failed += 1;
                let why = result.error_message().unwrap_or_default();
                self.first.get_or_insert_with(|| format!("{code}: {why}"));
            }
            let told = json!({
                "entry": Json::Object(entry), "eventId": result.event_id(), "errorCode": result.error_code(),
                "errorMessage": result.error_message(),
            });
            self.file.write(format!("{told}\n").as_bytes()).await;
        }
        Ok(())
    }
}

fn event(entry: Entry) -> Result<Event, String> {
    let mut fields = Fields::new(entry);
    let mut event = Event::builder()
        .set_event_bus_name(fields.text(&["eventBusName", "EventBusName"])?)
        .set_source(fields.text(&["source", "Source"])?)
        .set_detail_type(fields.text(&["detailType", "DetailType"])?)
        .detail(fields.content(&["detail", "Detail"])?);
    for resource in fields.texts(&["resources", "Resources"])? {
        event = event.resources(resource);
    }
    fields.finish()?;
    Ok(event.build())
}
