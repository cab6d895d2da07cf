//! Functions that need the outside: they say what, and find the answer when rendering runs again.

use std::borrow::Cow;

use crate::{
    FileQuestion, Need, Supplied, Value,
    eval::{Budget, Halt, Outcome},
    invocation::Invocation,
};

pub(super) fn read<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    ask_of_file(FileQuestion::Text, call)
}

pub(super) fn file_size<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    ask_of_file(FileQuestion::Size, call)
}

pub(super) fn file_exists<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    ask_of_file(FileQuestion::Exists, call)
}

pub(super) fn is_file_empty<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    ask_of_file(FileQuestion::IsEmpty, call)
}

pub(super) fn file_uri<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    ask_of_file(FileQuestion::Uri, call)
}

fn ask_of_file<'e>(asked: FileQuestion, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let path = call.text(0)?.into_owned();
    let namespace = call.optional_text(1)?.map(Cow::into_owned);
    of_call(&Need::File { asked, path, namespace }, call)
}

pub(super) fn kv<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let key = call.text(0)?.into_owned();
    let namespace = call.optional_text(1)?.map(Cow::into_owned);
    let error_on_missing = call.flag(2, false)?;
    of_call(&Need::Kv { key, namespace, error_on_missing }, call)
}

pub(super) fn secret<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let key = call.text(0)?.into_owned();
    // Secrets are the deployment's, whatever the namespace. Kestra: so are those of the environment.
    let subkey = call.optional_text(2)?.map(Cow::into_owned).filter(|it| !it.is_empty());
    of_call(&Need::Secret { key, subkey }, call)
}

fn of_call<'e>(need: &Need, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let supplied = call.evaluator.environment.supplied;
    ask(need, supplied, call.budget())
}

/// The answer to a need, or that there is none yet, which the budget notes.
pub(crate) fn ask<'e>(need: &Need, supplied: &'e Supplied, budget: &mut Budget) -> Outcome<'e> {
    let answer = supplied.get(need);
    budget.ask(need, answer.is_some())?;
    match answer {
        None => Err(Halt::Pending),
        Some(Ok(json)) => Ok(Value::from(json)),
        Some(Err(message)) => Err(Halt::failed(message.clone())),
    }
}
