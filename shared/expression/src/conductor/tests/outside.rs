//! Secrets, and the environment, which there is not.

use insta::assert_snapshot;
use serde_json::json;

use super::{document, table};
use crate::{
    Limits, Need, Supplied, Template,
    testing::{told, with},
};

#[test]
fn secrets_are_needs() {
    assert_snapshot!(table([
        "${workflow.secrets.DB}",
        "${workflow.secrets.DB.user}",
        "${workflow.secrets.DB['user']}",
        "${workflow.secrets.DB.user} ${workflow.secrets.API} ${workflow.secrets.API}",
        "${workflow.secrets.${workflow.input.key}}",
        "${workflow.input.${workflow.secrets.DB}}",
        "${workflow.secrets.DB.user.name}",
        "${workflow.secrets.DB[*]}",
        "${workflow.secrets.DB.a[*]}",
        "${workflow.secrets.}",
        "${workflow.secrets}",
        "${workflow.env.HOME}",
        "${workflow.env.HOME} ",
    ]), @"");
}

/// Who fills a variable does not say which secret is read.
#[test]
fn variables_name_no_secrets() {
    assert_snapshot!(table(["${${workflow.input.secret}}", "-${${workflow.input.secret}}"]), @"");
}

#[test]
fn answers_are_texts() {
    let need =
        |subkey: Option<&str>| Need::Secret { key: "DB".to_owned(), subkey: subkey.map(str::to_owned) };
    let supplied = Supplied::from([
        (need(None), Ok(json!("{\"user\":\"ada\"}"))),
        (need(Some("user")), Ok(json!("ada"))),
        (need(Some("other")), Err("Cannot find it.".to_owned())),
    ]);
    let given = [
        "${workflow.secrets.DB}",
        "${workflow.secrets.DB.user}",
        "user=${workflow.secrets.DB.user}",
        "user=${workflow.secrets.DB.other}",
    ];
    let told = given.map(|text| {
        let template = Template::conductor_property(text, || Some("tasks[0].uri".into())).unwrap();
        let value =
            with(&document(), &supplied, Limits::default(), |environment| template.value(environment));
        format!("{text}  ->  {}\n", told(value))
    });
    assert_snapshot!(told.concat(), @"");
}

#[test]
fn failures_name_their_property() {
    let template =
        Template::conductor_property("a ${workflow.secrets.X}", || Some("tasks[0].uri".into())).unwrap();
    let need = Need::Secret { key: "X".to_owned(), subkey: None };
    let supplied = Supplied::from([(need, Err("Cannot find secret for key 'X'.".to_owned()))]);
    let error = with(&document(), &supplied, Limits::default(), |environment| template.render(environment));
    let Err(crate::Error::Failed(failure)) = error else {
        panic!("it renders");
    };
    assert_snapshot!(failure.explained(), @"");
}
