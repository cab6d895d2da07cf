//! `roundtrip token`, `user` and `tenant`: who may ask a server, and for what.

use std::{io::Write, process::ExitCode};

use reqwest::Method;
use serde_json::{Map, Value as Json, json};

use crate::{
    cli::{
        At,
        grants::{Grant, Tenant, Token, User},
    },
    remote::server::{Body, Server, segment},
    report,
};

pub(crate) async fn token(command: Token) -> Result<ExitCode, report::Error> {
    match command {
        Token::Create { grant, expires_at, at } => {
            let mut sent = given(grant);
            if let Some(expires_at) = expires_at {
                sent.insert("expiresAt".to_owned(), expires_at.into());
            }
            let made = post(&at, "/tokens", &sent.into()).await?;
            print(&[made["token"].as_str().unwrap_or_default()])
        }
        Token::List { at } => list(&at, "/tokens", &["id", "role", "name", "expiresAt"]).await,
        Token::Revoke { id, at } => remove(&at, &format!("/tokens/{}", segment(&id))).await,
    }
}

pub(crate) async fn user(command: User) -> Result<ExitCode, report::Error> {
    match command {
        User::Create { grant, at } => {
            let mut password = String::new();
            std::io::stdin().read_line(&mut password)?;
            let mut sent = given(grant);
            sent.insert("password".to_owned(), password.trim_end_matches(['\r', '\n']).into());
            post(&at, "/users", &sent.into()).await?;
            Ok(ExitCode::SUCCESS)
        }
        User::List { at } => list(&at, "/users", &["name", "role"]).await,
        User::Remove { name, at } => remove(&at, &format!("/users/{}", segment(&name))).await,
    }
}

pub(crate) async fn tenant(command: Tenant) -> Result<ExitCode, report::Error> {
    match command {
        Tenant::Create { id, at } => {
            post(&at, "/tenants", &json!({ "id": id })).await?;
            Ok(ExitCode::SUCCESS)
        }
        Tenant::List { at } => list(&at, "/tenants", &["id"]).await,
    }
}

fn given(grant: Grant) -> Map<String, Json> {
    let mut sent = Map::new();
    sent.insert("name".to_owned(), grant.name.into());
    sent.insert("role".to_owned(), grant.role.name().into());
    for (name, limits) in [("namespaces", grant.namespaces), ("tenants", grant.tenants)] {
        if !limits.is_empty() {
            sent.insert(name.to_owned(), limits.into());
        }
    }
    sent
}

async fn post(at: &At, path: &str, body: &Json) -> Result<Json, report::Error> {
    let server = Server::of(at)?;
    server.send(Method::POST, path, None, Body::Json(body.to_string())).await?.expect()?.json()
}

async fn remove(at: &At, path: &str) -> Result<ExitCode, report::Error> {
    Server::of(at)?.send(Method::DELETE, path, None, Body::None).await?.expect()?;
    Ok(ExitCode::SUCCESS)
}

/// One line for each, its fields with blanks between them.
async fn list(at: &At, path: &str, fields: &[&str]) -> Result<ExitCode, report::Error> {
    let answer = Server::of(at)?.send(Method::GET, path, None, Body::None).await?.expect()?.json()?;
    let all = answer["results"].as_array().map(Vec::as_slice).unwrap_or_default();
    let lines: Vec<String> = all
        .iter()
        .map(|one| fields.iter().filter_map(|field| one[*field].as_str()).collect::<Vec<_>>().join("  "))
        .collect();
    print(&lines)
}

fn print(lines: &[impl AsRef<str>]) -> Result<ExitCode, report::Error> {
    let mut out = std::io::stdout().lock();
    for line in lines {
        writeln!(out, "{}", line.as_ref())?;
    }
    Ok(ExitCode::SUCCESS)
}
