//! What has to be there before a case begins.

use serde_json::{Value as Json, json};
use service::Settings;
use tests::{
    http::{Request, encoded},
    multipart::Form,
};

use super::{Flow, Scene, text};
use crate::{
    case::{Case, Kind, Mode},
    inputs,
    shortfall::Shortfall,
};

/// Of every case, unless it is about having none.
const ENCRYPTION_KEY: &str = "cm91bmR0cmlwIHJvdW5kdHJpcCByb3VuZHRyaXAgISE=";

/// The settings of the case's server.
pub(super) fn settings(case: &Case) -> Settings {
    let key = ENCRYPTION_KEY.parse().expect("it has 32 bytes");
    let encryption_key = (!case.is_variant("no-encryption-key")).then_some(key);
    Settings { encryption_key, ..Settings::default() }
}

impl Scene<'_> {
    /// Flows, keys, files, triggers and templates of the case.
    pub(super) fn set_up(&mut self) -> Result<(), Shortfall> {
        for file in self.case.requires.clone() {
            self.load(&file)?;
        }
        if let Some(template) = self.case.setup.get("template") {
            self.taken(&Request::post("/api/v1/templates").json(template))?;
        }
        if self.case.mode == Mode::Raw || self.case.kind == Kind::Graph {
            self.flow = self.flow.with_inputs(&inputs::of(self.suite, self.case));
        }
        let flow = self.flow.clone();
        self.create(&flow, &self.case.flow)?;
        let setup = |name: &str| self.case.setup.get(name).and_then(Json::as_object).into_iter().flatten();
        for (key, value) in setup("kv") {
            let (namespace, key) = key.split_once('/').unwrap_or((&self.flow.namespace, key));
            let path = format!("/api/v1/namespaces/{namespace}/kv/{}", encoded(key));
            self.taken(&Request::put(&path).json(value))?;
        }
        for (path, content) in setup("namespaceFiles") {
            let request = Request::post(&format!("/api/v1/namespaces/{}/files", self.flow.namespace));
            let form = Form::new().file("fileContent", "file", text(content).as_bytes());
            self.taken(&request.query("path", path).form(form))?;
        }
        for (trigger, settings) in setup("trigger") {
            let mut body = json!({
                "namespace": self.flow.namespace, "flowId": self.flow.id, "triggerId": trigger,
            });
            for (name, value) in settings.as_object().into_iter().flatten() {
                body[name] = value.clone();
            }
            self.taken(&Request::put("/api/v1/triggers").json(&body))?;
        }
        Ok(())
    }

    /// Creates the flow of a file.
    pub(crate) fn load(&mut self, file: &str) -> Result<Flow, Shortfall> {
        let flow = Flow::read(self.suite, &self.case.dir, file)?;
        self.create(&flow, file)?;
        Ok(flow)
    }

    /// Creates a flow; one that is there already is left as it is.
    pub(crate) fn create(&self, flow: &Flow, file: &str) -> Result<(), Shortfall> {
        let there = Request::get(&format!("/api/v1/flows/{}/{}", flow.namespace, flow.id));
        if self.send(&there)?.status == 200 {
            return Ok(());
        }
        let request = Request::post("/api/v1/flows").yaml(&flow.source);
        self.taken(&request).map(drop).map_err(|shortfall| match shortfall {
            Shortfall::Refused { message, .. } => Shortfall::FlowRefused { flow: file.to_owned(), message },
            other => other,
        })
    }
}
