//! A write as a request.
//!
//! Whatever goes alone or in a transaction is made here once: the forms of a transaction say all that the requests of
//! their own say.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem, Update};
use ports::store::{Condition, Content, Key, Version, Write};

use super::{
    item::{self, Attributes, OPTIONAL, PARTITION, VERSION},
    units::{self, View},
};

const ABSENT: &str = "attribute_not_exists";
const WHOLE: &str = "all that is required is set above";

/// One write, ready to be sent.
#[derive(Debug, Clone)]
pub(super) enum Request {
    /// Of an item whose version is known: it is replaced as it stands.
    Put(Put),
    /// Of an item whose version is not known: the service counts it up.
    Update(Update),
    Delete(Delete),
}

impl Request {
    /// What the write asks of this table.
    pub(super) fn new(table: &str, write: &Write) -> Self {
        match write {
            Write::Put { key, condition, content } => match condition {
                Condition::Absent => Self::put(table, key, *condition, content, 1),
                Condition::Version(Version(stored)) => {
                    // No item has the last number there is, so that one is refused.
                    Self::put(table, key, *condition, content, stored.saturating_add(1))
                }
                Condition::None => Self::update(table, key, content),
            },
            Write::Delete { key, condition } => {
                let (expression, values) = expression(*condition);
                let delete = Delete::builder().table_name(table).set_key(Some(item::key_attributes(key)));
                let delete = delete.set_condition_expression(expression);
                Self::Delete(delete.set_expression_attribute_values(values).build().expect(WHOLE))
            }
        }
    }

    fn put(table: &str, key: &Key, condition: Condition, content: &Content, version: u64) -> Self {
        let mut attributes = item::content_attributes(key, condition, content);
        attributes.extend(item::key_attributes(key));
        attributes.insert(VERSION.to_owned(), item::number(version));
        let (expression, values) = expression(condition);
        let put = Put::builder().table_name(table).set_item(Some(attributes));
        let put = put.set_condition_expression(expression).set_expression_attribute_values(values);
        Self::Put(put.build().expect(WHOLE))
    }

    fn update(table: &str, key: &Key, content: &Content) -> Self {
        let attributes = item::content_attributes(key, Condition::None, content);
        let (set, gone): (Vec<&str>, Vec<&str>) =
            OPTIONAL.iter().partition(|name| attributes.contains_key(**name));
        let mut expression = format!("ADD {VERSION} :one");
        if !set.is_empty() {
            let set: Vec<_> = set.iter().map(|name| format!("{name} = :{name}")).collect();
            expression = format!("{expression} SET {}", set.join(", "));
        }
        if !gone.is_empty() {
            expression = format!("{expression} REMOVE {}", gone.join(", "));
        }
        let mut values: Attributes =
            attributes.into_iter().map(|(name, value)| (format!(":{name}"), value)).collect();
        values.insert(":one".to_owned(), item::number(1));
        let update = Update::builder().table_name(table).set_key(Some(item::key_attributes(key)));
        let update = update.update_expression(expression).set_expression_attribute_values(Some(values));
        Self::Update(update.build().expect(WHOLE))
    }

    /// The item that will stand there, as far as the request tells: an update does not know the version, whose size
    /// hardly varies. `None` when none will.
    pub(super) fn leaves(&self) -> Option<View<'_>> {
        match self {
            Self::Put(put) => Some(units::view(&put.item)),
            Self::Update(update) => {
                let values = update.expression_attribute_values.iter().flatten();
                let named = values.map(|(placeholder, value)| match placeholder.trim_start_matches(':') {
                    "one" => (VERSION, value),
                    name => (name, value),
                });
                Some(named.chain(units::view(&update.key)).collect())
            }
            Self::Delete(_) => None,
        }
    }

    /// Whether the write takes place only where nothing stands.
    pub(super) fn needs_absence(&self) -> bool {
        let condition = match self {
            Self::Put(put) => &put.condition_expression,
            Self::Update(update) => &update.condition_expression,
            Self::Delete(delete) => &delete.condition_expression,
        };
        condition.as_deref().is_some_and(|condition| condition.starts_with(ABSENT))
    }
}

impl From<Request> for TransactWriteItem {
    fn from(request: Request) -> Self {
        match request {
            Request::Put(put) => Self::builder().put(put).build(),
            Request::Update(update) => Self::builder().update(update).build(),
            Request::Delete(delete) => Self::builder().delete(delete).build(),
        }
    }
}

fn expression(condition: Condition) -> (Option<String>, Option<Attributes>) {
    match condition {
        Condition::None => (None, None),
        Condition::Absent => (Some(format!("{ABSENT}({PARTITION})")), None),
        Condition::Version(Version(version)) => {
            let stored: AttributeValue = item::number(version);
            (Some(format!("{VERSION} = :stored")), Some([(":stored".to_owned(), stored)].into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use engine::time::Timestamp;

    use super::*;

    fn put(condition: Condition, content: Content) -> Request {
        let key = Key { partition: "p".to_owned(), sort: "s".to_owned() };
        Request::new("table", &Write::Put { key, condition, content })
    }

    #[test]
    fn an_unconditional_put_counts_up_and_leaves_nothing_of_what_was() {
        let Request::Update(update) = put(Condition::None, Content::default()) else { panic!("no update") };
        assert_eq!(update.update_expression, "ADD v :one REMOVE b, ws, w, l, p, s, x, n");
        let content = Content {
            body: "b".into(),
            wake_at: Some(Timestamp::from_millis(1)),
            entry: None,
            expires_at: Some(Timestamp::from_millis(1)),
        };
        let Request::Update(update) = put(Condition::None, content) else { panic!("no update") };
        let expected = "ADD v :one SET b = :b, ws = :ws, w = :w, x = :x REMOVE l, p, s, n";
        assert_eq!(update.update_expression, expected);
        assert_eq!(update.condition_expression, None);
    }

    #[test]
    fn a_put_on_a_version_writes_the_next_one() {
        let Request::Put(put) = put(Condition::Version(Version(41)), Content::default()) else {
            panic!("no put")
        };
        assert_eq!(put.condition_expression.as_deref(), Some("v = :stored"));
        assert_eq!(put.item[VERSION], item::number(42));
        assert_eq!(put.expression_attribute_values.unwrap()[":stored"], item::number(41));
    }

    #[test]
    fn what_a_request_leaves_is_the_item() {
        let content = Content { body: "body".into(), ..Content::default() };
        let by_put = put(Condition::Absent, content.clone());
        assert_eq!(by_put.leaves(), put(Condition::None, content).leaves());
        assert_eq!(by_put.leaves().unwrap().len(), 4);
        assert!(by_put.needs_absence());
    }
}
