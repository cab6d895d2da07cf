//! Tasks of Google Cloud, against a local server that speaks what is documented of its APIs.

mod configurations;
mod credentials;
mod failing;
mod google;
mod jobs;
mod loading;
mod requests;

use ports::run::Attempt;
use serde_json::{Value as Json, json};

use self::google::Google;
use crate::world::{Memory, Ran, World, attempt};

const LOAD: &str = "gcp.bigquery.Load";
const FILE: &str = "main/files/company/team/flow/orders.csv";
const CONTENT: &str = "id,name\n1,a\n2,b\n";

/// A world with a file, beside a Google.
async fn both() -> (Google, World) {
    let google = Google::start().await;
    let world = World::beside(&google.base(), Memory::default().with(FILE, CONTENT));
    (google, world)
}

/// The properties of a load, with these besides.
fn properties(google: &Google, own: &Json) -> Json {
    let mut properties = json!({
        "from": "kestra:///company/team/flow/orders.csv",
        "destinationTable": "kestra-dev.demo.orders",
        "format": "CSV",
        "csvOptions": { "fieldDelimiter": "," },
        "serviceAccount": google.key_file(),
    });
    for (name, value) in own.as_object().unwrap() {
        properties[name.as_str()] = value.clone();
    }
    properties
}

fn numbered(number: u32, properties: Json) -> Attempt {
    Attempt { number, ..attempt(properties) }
}

async fn load(google: &Google, world: &World, own: Json) -> Ran {
    world.task(LOAD, properties(google, &own)).await
}
