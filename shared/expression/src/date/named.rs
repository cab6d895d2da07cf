//! Formats that have a name: Kestra's own, and the constants and styles of Java.

use jiff::{Zoned, tz::Offset};

use super::{
    pattern::Pattern,
    print::{offset_text, print, zone_id},
};
use crate::eval::Halt;

pub(super) enum Named {
    Pattern(&'static str),
    /// What no pattern can say.
    Computed(fn(&Zoned) -> String),
}

static NAMED: [(&str, Named); 23] = [
    ("iso", Named::Pattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX")),
    ("iso_sec", Named::Pattern("yyyy-MM-dd'T'HH:mm:ssXXX")),
    ("sql", Named::Pattern("yyyy-MM-dd HH:mm:ss.SSSSSS")),
    ("sql_seq", Named::Pattern("yyyy-MM-dd HH:mm:ss")),
    ("basic_iso_date", Named::Pattern("yyyyMMddXXXX")),
    ("iso_date", Named::Pattern("yyyy-MM-ddXXXXX")),
    ("iso_local_date", Named::Pattern("yyyy-MM-dd")),
    ("iso_offset_date", Named::Pattern("yyyy-MM-ddXXXXX")),
    ("iso_ordinal_date", Named::Pattern("yyyy-DDDXXXXX")),
    ("iso_local_time", Named::Computed(time)),
    ("iso_local_date_time", Named::Computed(date_time)),
    ("iso_time", Named::Computed(|moment| time(moment) + &offset(moment))),
    ("iso_offset_time", Named::Computed(|moment| time(moment) + &offset(moment))),
    ("iso_offset_date_time", Named::Computed(|moment| date_time(moment) + &offset(moment))),
    ("iso_date_time", Named::Computed(zoned)),
    ("iso_zoned_date_time", Named::Computed(zoned)),
    ("iso_instant", Named::Computed(instant)),
    ("iso_week_date", Named::Computed(week_date)),
    ("rfc_1123_date_time", Named::Computed(rfc_1123)),
    ("full", Named::Pattern("EEEE, MMMM d, yyyy 'at' h:mm:ss a zzzz")),
    ("long", Named::Pattern("MMMM d, yyyy 'at' h:mm:ss a z")),
    ("medium", Named::Pattern("MMM d, yyyy, h:mm:ss a")),
    ("short", Named::Pattern("M/d/yy, h:mm a")),
];

/// Kestra does not mind the case of the names.
pub(super) fn find(name: &str) -> Option<&'static Named> {
    NAMED.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, named)| named)
}

impl Named {
    pub(super) fn print(&self, moment: &Zoned) -> Result<String, Halt> {
        match self {
            Self::Pattern(pattern) => print(&Pattern::parse(pattern)?, moment),
            Self::Computed(compute) => Ok(compute(moment)),
        }
    }
}

/// With as many digits of the fraction as it has.
fn time(moment: &Zoned) -> String {
    moment.strftime("%H:%M:%S%.f").to_string()
}

fn date_time(moment: &Zoned) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%.f").to_string()
}

fn offset(moment: &Zoned) -> String {
    offset_text(moment.offset(), 5, "Z")
}

fn zoned(moment: &Zoned) -> String {
    let zone = moment.time_zone().iana_name().map(|_| format!("[{}]", zone_id(moment)));
    date_time(moment) + &offset(moment) + &zone.unwrap_or_default()
}

/// In UTC, with three, six or nine digits of the fraction.
fn instant(moment: &Zoned) -> String {
    let timestamp = moment.timestamp();
    match moment.subsec_nanosecond() {
        0 => format!("{timestamp}"),
        nanosecond if nanosecond % 1_000_000 == 0 => format!("{timestamp:.3}"),
        nanosecond if nanosecond % 1_000 == 0 => format!("{timestamp:.6}"),
        _ => format!("{timestamp:.9}"),
    }
}

fn week_date(moment: &Zoned) -> String {
    let week = moment.date().iso_week_date();
    let day = week.weekday().to_monday_one_offset();
    format!("{:04}-W{:02}-{day}{}", week.year(), week.week(), offset(moment))
}

fn rfc_1123(moment: &Zoned) -> String {
    let offset =
        if moment.offset() == Offset::UTC { "GMT".to_owned() } else { offset_text(moment.offset(), 2, "") };
    format!("{} {offset}", moment.strftime("%a, %-d %b %Y %H:%M:%S"))
}
