//! From what a caller sent to the values of an execution.

use std::{cell::LazyCell, collections::HashMap};

use expression::{Environment, Error, Limits, Need, Supplied};
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};

use super::{
    Input,
    choice::{self, NotOffered, Offered},
    nest::Nested,
    order::Order,
    raw::Raw,
    read::read,
    refuse::{self, Of},
    scope::{self, Scope},
    text::NO_ENCRYPTION,
};
use crate::{
    flow::Flow,
    problem::{Invalid, Problem, Reason},
    secrets::{Masks, Seal},
    time::Timestamp,
};

/// What a caller sent for one input.
#[derive(Debug, Clone, PartialEq)]
pub enum Sent {
    /// A field of a form, or an option of the command line.
    Text(String),
    /// A member of a JSON body. A string is read as the same text of a form is; null is as good as not sent.
    Json(Json),
    /// A file that is already stored: its `kestra://` URI.
    File { uri: String },
}

impl Sent {
    fn to_json(&self) -> Json {
        match self {
            Self::Text(text) => Json::String(text.clone()),
            Self::Json(json) => json.clone(),
            Self::File { uri } => Json::String(uri.clone()),
        }
    }
}

/// Everything a caller sent, by input id. What no input declares is ignored.
pub type Submitted = HashMap<String, Sent>;

/// What became of every declared input, in order of declaration.
#[derive(Debug, Clone)]
pub struct Resolution<'f> {
    pub inputs: Vec<Resolved<'f>>,
    /// Of a workflow of Conductor, which declares none: all that was sent, over its `inputTemplate`.
    pub undeclared: Option<Map<String, Json>>,
}

/// What became of one input.
#[derive(Debug, Clone)]
pub struct Resolved<'f> {
    pub input: &'f Input,
    /// Whether its `dependsOn` lets it take part.
    pub enabled: bool,
    /// `None` when it is disabled or has problems; JSON null when it is optional and nothing was sent.
    pub value: Option<Json>,
    /// What may be chosen, its expression rendered. `None` when it is disabled or there is nothing to choose.
    pub choices: Option<Vec<String>>,
    /// Kestra's texts: ``Invalid input for `x`, missing required input, but received `null` ``. One that is disabled
    /// has some only when its condition cannot be rendered.
    pub problems: Vec<String>,
}

impl Resolution<'_> {
    /// Keeps secrets out of what is said of the inputs. Their values stay what they are.
    pub fn mask(&mut self, masks: &Masks) {
        self.inputs.iter_mut().flat_map(|it| &mut it.problems).for_each(|problem| masks.mask(problem));
    }

    /// The values that there are, problems passed over: the inputs of an execution that no caller starts. What is null
    /// is not there either: Kestra shows such an execution its defaults and nothing else.
    pub fn defaults(&self) -> Map<String, Json> {
        if let Some(undeclared) = &self.undeclared {
            return undeclared.clone();
        }
        let mut nested = Nested::default();
        for Resolved { input, value, .. } in &self.inputs {
            if let Some(value) = value.as_ref().filter(|it| !it.is_null()) {
                // Of ids that collide the first one is kept.
                let _ = nested.insert(&input.id, value);
            }
        }
        nested.to_json()
    }

    /// The `inputs` of an execution, dotted ids nested. Disabled inputs are not there, optional ones that were not sent
    /// are null.
    ///
    /// # Errors
    /// All problems of the enabled inputs at once; `path` is the id of the input.
    pub fn values(&self) -> Result<Map<String, Json>, Invalid> {
        if let Some(undeclared) = &self.undeclared {
            return Ok(undeclared.clone());
        }
        let mut nested = Nested::default();
        let mut problems = Vec::new();
        for resolved in self.inputs.iter().filter(|it| it.enabled) {
            let Input { id, kind, .. } = resolved.input;
            let collision = resolved.value.as_ref().and_then(|value| {
                let fragment = nested.insert(id, value).err()?;
                let received = refuse::received(kind, Raw::of_json(value));
                Some(refuse::message(Of::Input, id, &fragment, &received))
            });
            problems.extend(resolved.problems.iter().cloned().chain(collision).map(|message| Problem {
                path: id.clone(),
                message,
                at: None,
            }));
        }
        if problems.is_empty() {
            return Ok(nested.to_json());
        }
        Err(Invalid { reason: Reason::Entity, problems })
    }
}

/// Resolves the inputs of a flow: dependencies first, defaults where nothing was sent, each by the rules of its type.
///
/// Conditions and choices see secrets as they were sent; what comes back holds them as they are kept.
///
/// # Errors
/// As [`resolve_all`].
pub fn resolve<'f>(
    flow: &'f Flow,
    submitted: &Submitted,
    supplied: &Supplied,
    now: Timestamp,
    seal: Seal<'_>,
) -> Result<Resolution<'f>, Vec<Need>> {
    let Some(workflow) = &flow.workflow else {
        return resolve_all(flow, &flow.inputs, submitted, supplied, now, seal);
    };
    let sent = submitted.iter().map(|(id, sent)| (id.clone(), sent.to_json()));
    let mut sent: Vec<(String, Json)> = sent.collect();
    sent.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(Resolution { inputs: Vec::new(), undeclared: Some(workflow.input(sent.into_iter().collect())) })
}

/// As [`resolve`], for inputs that something in the flow declares: a `Pause` asks for its `onResume`.
///
/// # Errors
/// The needs of conditions and choices that ask the outside, all that are known by now; call again with them supplied.
/// There may be others then, of inputs that depend on these.
pub fn resolve_all<'f>(
    flow: &'f Flow,
    inputs: &'f [Input],
    submitted: &Submitted,
    supplied: &Supplied,
    now: Timestamp,
    seal: Seal<'_>,
) -> Result<Resolution<'f>, Vec<Need>> {
    let order = Order::of(inputs);
    let flow_variable = LazyCell::new(|| scope::flow_variable(flow));
    let mut progress: Vec<Progress<'f>> = inputs.iter().map(|_| Progress::Ahead).collect();
    let mut needs: Vec<Need> = Vec::new();
    for place in order.places {
        let input = &inputs[place];
        let dependencies = order.dependencies[place].iter().map(|it| &progress[*it]);
        let next = match known(dependencies) {
            None => Progress::Waiting,
            Some(known) if known.iter().any(|it| !it.enabled) => Progress::Done(disabled(input, Vec::new())),
            Some(known) => {
                let known = visible(&known);
                let environment = Environment {
                    variables: &Scope { flow: &flow_variable, inputs: &known },
                    supplied,
                    now: now.to_jiff(),
                    zone: &TimeZone::UTC,
                    seed: now.as_millis().cast_unsigned(),
                    limits: Limits::default(),
                };
                let sealed = seal.key.is_some();
                match resolve_one(input, submitted.get(&input.id), &environment, sealed) {
                    Ok(resolved) => Progress::Done(resolved),
                    Err(more) => {
                        needs.extend(more);
                        Progress::Waiting
                    }
                }
            }
        };
        progress[place] = next;
    }
    if needs.is_empty() {
        let inputs = progress.into_iter().filter_map(Progress::done).map(|resolved| Resolved {
            value: resolved.value.map(|value| seal.value(&resolved.input.kind, value)),
            ..resolved
        });
        return Ok(Resolution { inputs: inputs.collect(), undeclared: None });
    }
    let mut seen = std::collections::HashSet::new();
    needs.retain(|need| seen.insert(need.clone()));
    Err(needs)
}

/// How far an input is.
#[derive(Debug)]
enum Progress<'f> {
    /// Its turn has not come. Nobody who depends on it meets it so, unless there is a cycle.
    Ahead,
    /// It, or something it depends on, needs the outside.
    Waiting,
    Done(Resolved<'f>),
}

impl<'f> Progress<'f> {
    fn done(self) -> Option<Resolved<'f>> {
        match self {
            Self::Done(resolved) => Some(resolved),
            Self::Ahead | Self::Waiting => None,
        }
    }
}

/// The dependencies; `None` while one of them waits.
fn known<'p, 'f: 'p>(dependencies: impl Iterator<Item = &'p Progress<'f>>) -> Option<Vec<&'p Resolved<'f>>> {
    let mut known = Vec::new();
    for dependency in dependencies {
        match dependency {
            Progress::Done(resolved) => known.push(resolved),
            Progress::Waiting => return None,
            Progress::Ahead => {}
        }
    }
    Some(known)
}

/// The variable `inputs`. One that has problems is null: there is no value that could be shown.
fn visible<'p>(known: &[&'p Resolved<'_>]) -> Nested<'p> {
    static NULL: Json = Json::Null;
    let mut inputs = Nested::default();
    for resolved in known {
        // Ids that collide are a problem of the resolution as a whole; here the first one is seen.
        let _ = inputs.insert(&resolved.input.id, resolved.value.as_ref().unwrap_or(&NULL));
    }
    inputs
}

fn disabled(input: &Input, problems: Vec<String>) -> Resolved<'_> {
    Resolved { input, enabled: false, value: None, choices: None, problems }
}

fn resolve_one<'f>(
    input: &'f Input,
    sent: Option<&Sent>,
    environment: &Environment<'_>,
    sealed: bool,
) -> Result<Resolved<'f>, Vec<Need>> {
    let default = || input.defaults.as_ref().and_then(Raw::of_json);
    let raw = sent.and_then(Raw::of_sent).or_else(default);
    let refused = |fragment: &str| {
        let received = refuse::received(&input.kind, raw);
        refuse::message(Of::Input, &input.id, fragment, &received)
    };
    if let Some(condition) = input.depends_on.as_ref().and_then(|it| it.condition.as_ref()) {
        match condition.evaluate(environment) {
            Ok(Json::Bool(true)) => {}
            Ok(_) => return Ok(disabled(input, Vec::new())),
            Err(Error::Needs(needs)) => return Err(needs),
            Err(Error::Failed(failure)) => {
                return Ok(disabled(input, vec![refused(&format!("Invalid condition: {failure}"))]));
            }
        }
    }
    let mut problems = Vec::new();
    let offered = match choice::offered(&input.kind, input.required, environment) {
        Ok(offered) => offered,
        Err(NotOffered::Needs(needs)) => return Err(needs),
        Err(NotOffered::Refused(fragment)) => {
            problems.push(refused(&fragment));
            None
        }
    };
    let binding = offered.as_ref().filter(|it| it.is_binding).map(|it| &*it.values);
    let value = match raw {
        Some(_) if !sealed && refuse::is_secret(&input.kind) => Err(refused(NO_ENCRYPTION)),
        Some(raw) => read(&input.kind, raw, binding).map_err(|fragment| refused(&fragment)),
        None if input.required => Err(refused("missing required input")),
        None => Ok(Json::Null),
    };
    let value = value.map_err(|problem| problems.push(problem)).ok();
    Ok(Resolved {
        input,
        enabled: true,
        value: value.filter(|_| problems.is_empty()),
        choices: offered.map(|Offered { values, .. }| values.into_owned()),
        problems,
    })
}
