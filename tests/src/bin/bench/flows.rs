//! The flows that are measured, and how an answer shows that one of them did its work.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::{
    error::Error,
    http::{self, Connection},
};

/// What one call has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// One `Return` with expressions.
    OnePure,
    /// The same as a definition of Conductor's, over its synchronous route: one `INLINE`.
    Inline,
    /// A chain of five, each using the one before.
    FivePure,
    /// A process on the server's machine.
    Shell,
}

impl Work {
    pub(crate) const ALL: [Self; 4] = [Self::OnePure, Self::Inline, Self::FivePure, Self::Shell];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OnePure => "1 pure task",
            Self::Inline => "1 INLINE task",
            Self::FivePure => "5 pure tasks",
            Self::Shell => "1 shell task",
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::OnePure => "one-pure",
            Self::Inline => "inline",
            Self::FivePure => "five-pure",
            Self::Shell => "shell",
        }
    }

    /// Every flow has the output `finished`: a name that an answer holds only at the end of an execution.
    fn source(self) -> String {
        let (tasks, finished) = match self {
            Self::OnePure => {
                (pure("t1", "{{ flow.id }} {{ execution.id | upper }}"), "{{ outputs.t1.value }}")
            }
            Self::FivePure => {
                let first = pure("t1", "{{ flow.id }} {{ execution.id | upper }}");
                let next =
                    |n: u8| pure(&format!("t{n}"), &format!("{{{{ outputs.t{}.value ~ ' {n}' }}}}", n - 1));
                (first + &(2..=5).map(next).collect::<String>(), "{{ outputs.t5.value }}")
            }
            Self::Shell => (shell("t1"), "{{ outputs.t1.exitCode }}"),
            Self::Inline => return inline(self.id()),
        };
        let id = self.id();
        format!(
            "id: {id}\nnamespace: bench\ntasks:\n{tasks}outputs:\n  - id: finished\n    type: STRING\n    \
             value: \"{finished}\"\n"
        )
    }

    pub(crate) fn request(self) -> Vec<u8> {
        let path = match self {
            Self::Inline => format!("/api/workflow/execute/{}/1", self.id()),
            Self::OnePure | Self::FivePure | Self::Shell => {
                format!("/api/v1/executions/bench/{}?wait=true", self.id())
            }
        };
        http::request("POST", &path, "application/json", "{}")
    }

    fn creation(self) -> Vec<u8> {
        let (path, content_type) = match self {
            Self::Inline => ("/api/metadata/workflow", "application/json"),
            Self::OnePure | Self::FivePure | Self::Shell => ("/api/v1/flows", "application/x-yaml"),
        };
        http::request("POST", path, content_type, &self.source())
    }

    fn has_ended(self, answer: &Value) -> bool {
        match self {
            Self::Inline => answer["status"] == "COMPLETED",
            Self::OnePure | Self::FivePure | Self::Shell => answer["state"]["current"] == "SUCCESS",
        }
    }
}

fn inline(id: &str) -> String {
    json!({
        "name": id, "version": 1, "schemaVersion": 2,
        "tasks": [{
            "name": "t1", "taskReferenceName": "t1", "type": "INLINE",
            "inputParameters": {
                "flow": "${workflow.workflowType}", "id": "${workflow.workflowId}",
                "expression": "$.flow + ' ' + $.id.toUpperCase()",
            },
        }],
        "outputParameters": {"finished": "${t1.output.result}"},
    })
    .to_string()
}

fn pure(id: &str, format: &str) -> String {
    format!("  - id: {id}\n    type: io.kestra.plugin.core.debug.Return\n    format: \"{format}\"\n")
}

fn shell(id: &str) -> String {
    format!(
        "  - id: {id}\n    type: io.kestra.plugin.scripts.shell.Commands\n    taskRunner:\n      \
         type: io.kestra.plugin.core.runner.Process\n    commands: [\"true\"]\n"
    )
}

/// Whether an answer is an execution that ended well; by its bytes, since this runs for each.
pub(crate) fn ended_well(body: &[u8]) -> bool {
    std::str::from_utf8(body)
        .is_ok_and(|text| text.contains("\"finished\":\"") && !text.contains("\"FAILED\""))
}

/// Creates every flow and runs it once, reading that answer properly. Returns the answer of [`Work::OnePure`].
pub(crate) async fn create(server: SocketAddr) -> Result<Vec<u8>, Error> {
    let mut connection = Connection::open(server).await?;
    let mut first = Vec::new();
    for work in Work::ALL {
        let answer = connection.call(&work.creation()).await?;
        if answer.status != 200 {
            return Err(wrong(format!("creating the flow of {}", work.name()), answer));
        }
        let answer = connection.call(&work.request()).await?;
        let execution: Value = serde_json::from_slice(answer.body).unwrap_or_default();
        let well = work.has_ended(&execution) && ended_well(answer.body);
        if answer.status != 200 || !well {
            return Err(wrong(work.name().to_owned(), answer));
        }
        if work == Work::OnePure {
            answer.body.clone_into(&mut first);
        }
    }
    Ok(first)
}

fn wrong(what: String, answer: http::Answer<'_>) -> Error {
    Error::WrongAnswer {
        what,
        status: answer.status,
        body: String::from_utf8_lossy(answer.body).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_uses_the_task_before() {
        insta::assert_snapshot!(Work::FivePure.source(), @r#"
    id: five-pure
    namespace: bench
    tasks:
      - id: t1
        type: io.kestra.plugin.core.debug.Return
        format: "{{ flow.id }} {{ execution.id | upper }}"
      - id: t2
        type: io.kestra.plugin.core.debug.Return
        format: "{{ outputs.t1.value ~ ' 2' }}"
      - id: t3
        type: io.kestra.plugin.core.debug.Return
        format: "{{ outputs.t2.value ~ ' 3' }}"
      - id: t4
        type: io.kestra.plugin.core.debug.Return
        format: "{{ outputs.t3.value ~ ' 4' }}"
      - id: t5
        type: io.kestra.plugin.core.debug.Return
        format: "{{ outputs.t4.value ~ ' 5' }}"
    outputs:
      - id: finished
        type: STRING
        value: "{{ outputs.t5.value }}"
    "#);
    }

    #[test]
    fn only_an_execution_that_ended_well_counts() {
        assert!(ended_well(br#"{"outputs":{"finished":"x"},"state":{"current":"SUCCESS"}}"#));
        assert!(!ended_well(br#"{"state":{"current":"RUNNING"}}"#));
        assert!(!ended_well(br#"{"outputs":{"finished":"x"},"state":{"current":"FAILED"}}"#));
        assert!(!ended_well(b"\xff"));
    }
}
