//! The columns of a result, and what about their types a value alone does not say.

use duckdb::{
    Row, Statement,
    core::{LogicalTypeHandle, LogicalTypeId},
};
use jiff::tz::TimeZone;

use crate::{
    cell::{Cell, Reading},
    error::Error,
};

/// What has to be known of a type to read its values.
#[derive(Debug)]
pub(crate) enum Kind {
    /// The value says it all.
    Plain,
    /// A moment; times without a zone look the same.
    Moment,
    /// Bits, which come as bytes.
    Bits,
    /// Comes with a sign that it does not have.
    Unsigned,
    List(Box<Kind>),
    Fields(Vec<Kind>),
    Map(Box<(Kind, Kind)>),
}

/// The columns. Of several with one name the last one counts, as in a map of Java.
#[derive(Debug)]
pub(crate) struct Columns {
    columns: Vec<(String, usize, Kind)>,
    zone: TimeZone,
}

impl Columns {
    /// # Errors
    /// A column whose values cannot be read.
    pub(crate) fn of(statement: &Statement<'_>, zone: TimeZone) -> Result<Self, Error> {
        let mut columns: Vec<(String, usize, Kind)> = Vec::new();
        for (index, name) in statement.column_names().into_iter().enumerate() {
            let kind = kind(&statement.column_logical_type(index))
                .map_err(|kind| Error::Type { column: name.clone(), kind })?;
            match columns.iter_mut().find(|(there, ..)| *there == name) {
                Some(former) => *former = (name, index, kind),
                None => columns.push((name, index, kind)),
            }
        }
        Ok(Self { columns, zone })
    }

    /// # Errors
    /// A value that cannot be told.
    pub(crate) fn read(&self, row: &Row<'_>) -> Result<Vec<(String, Cell)>, Error> {
        let reading = Reading { zone: &self.zone };
        let field = |(name, index, kind): &(String, usize, Kind)| {
            let value = row.get_ref(*index)?.to_owned();
            let cell = reading.cell(&value, kind);
            let cell = cell.map_err(|what| Error::Value { column: name.clone(), what })?;
            Ok((name.clone(), cell))
        };
        self.columns.iter().map(field).collect()
    }
}

/// # Errors
/// The name of a type whose values do not arrive whole.
fn kind(of: &LogicalTypeHandle) -> Result<Kind, String> {
    Ok(match of.id() {
        LogicalTypeId::TimestampTZ => Kind::Moment,
        LogicalTypeId::Bit => Kind::Bits,
        LogicalTypeId::UHugeint => Kind::Unsigned,
        LogicalTypeId::List | LogicalTypeId::Array => Kind::List(Box::new(kind(&of.child(0))?)),
        LogicalTypeId::Struct => Kind::Fields(children(of)?),
        LogicalTypeId::Map => Kind::Map(Box::new((kind(&of.child(0))?, kind(&of.child(1))?))),
        LogicalTypeId::Union => {
            // Which of its types a value has is not told.
            if children(of)?.iter().any(|it| !matches!(it, Kind::Plain)) {
                return Err("UNION of other types than plain ones".to_owned());
            }
            Kind::Plain
        }
        LogicalTypeId::TimeTZ => return Err("TIME WITH TIME ZONE".to_owned()),
        LogicalTypeId::TimeNs => return Err("TIME_NS".to_owned()),
        LogicalTypeId::Bignum => return Err("BIGNUM".to_owned()),
        LogicalTypeId::Variant => return Err("VARIANT".to_owned()),
        LogicalTypeId::Unsupported | LogicalTypeId::Invalid => return Err("that is unknown".to_owned()),
        _ => Kind::Plain,
    })
}

fn children(of: &LogicalTypeHandle) -> Result<Vec<Kind>, String> {
    (0..of.num_children()).map(|index| kind(&of.child(index))).collect()
}
