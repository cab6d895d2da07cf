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
    ]), @r#"
    ${workflow.secrets.DB}  ->  needs: [Secret { key: "DB", subkey: None }]
    ${workflow.secrets.DB.user}  ->  needs: [Secret { key: "DB", subkey: Some("user") }]
    ${workflow.secrets.DB['user']}  ->  needs: [Secret { key: "DB['user']", subkey: None }]
    ${workflow.secrets.DB.user} ${workflow.secrets.API} ${workflow.secrets.API}  ->  needs: [Secret { key: "DB", subkey: Some("user") }, Secret { key: "API", subkey: None }]
    ${workflow.secrets.${workflow.input.key}}  ->  needs: [Secret { key: "tags", subkey: None }]
    ${workflow.input.${workflow.secrets.DB}}  ->  needs: [Secret { key: "DB", subkey: None }]
    ${workflow.secrets.DB.user.name}  ->  null
    ${workflow.secrets.DB[*]}  ->  needs: [Secret { key: "DB[*]", subkey: None }]
    ${workflow.secrets.DB.a[*]}  ->  null
    ${workflow.secrets.}  ->  null
    ${workflow.secrets}  ->  null
    ${workflow.env.HOME}  ->  null
    ${workflow.env.HOME}   ->  "null "
    "#);
}

/// Who fills a variable does not say which secret is read.
#[test]
fn variables_name_no_secrets() {
    assert_snapshot!(table(["${${workflow.input.secret}}", "-${${workflow.input.secret}}"]), @r#"
    ${${workflow.input.secret}}  ->  null
    -${${workflow.input.secret}}  ->  "-null"
    "#);
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
    assert_snapshot!(told.concat(), @r#"
    ${workflow.secrets.DB}  ->  "{\"user\":\"ada\"}"
    ${workflow.secrets.DB.user}  ->  "ada"
    user=${workflow.secrets.DB.user}  ->  "user=ada"
    user=${workflow.secrets.DB.other}  ->  failed: Cannot find it.
    "#);
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
    assert_snapshot!(failure.explained(), @"
    Cannot find secret for key 'X'.
      --> tasks[0].uri, line 1, column 1
       | a ${workflow.secrets.X}
       | ^^^^^^^^^^^^^^^^^^^^^^^
    ");
}
