//! How dates are read and written.

use insta::assert_snapshot;
use proptest::prelude::*;

use crate::{
    Limits,
    testing::{evaluate, table},
};

#[test]
fn dates_are_read_from_many_forms() {
    assert_snapshot!(table([
        "'2013-09-08T16:19:12.5+02:00' | date",
        "'2013-09-08T16:19' | date",
        "'2013-09-08' | date",
        "'2013-09-08T16:19:12[Europe/Paris]' | date",
        "'2013-09-08T16:19' | date(timeZone='Europe/Paris')",
        "1378653552 | date",
        "'08/09/2013' | date(existingFormat='dd/MM/yyyy')",
        "'8 Sep 2013 4:09 PM +0530' | date(existingFormat='d MMM yyyy h:mm a Z')",
        "'20130908161912123' | date(existingFormat='yyyyMMddHHmmssSSS')",
        "'2013-251 Europe/Paris' | date(existingFormat='uuuu-DDD VV')",
        "['13-09' | date(existingFormat='yy-MM[-dd]'), '13-09-08' | date(existingFormat='yy-MM[-dd]')]",
        "'2013-09-08 16:19:12' | date(existingFormat='sql_seq')",
        "nothing | date",
        "'not a date' | date",
        "'2013-02-30' | date",
        "'2013' | date(existingFormat='yyyy-MM')",
        "half | date",
        "'2013-09-08' | date(timeZone='Mars/Olympus')",
        "'2013-09-08' | date(locale='fr')",
        "['44 BC' | date('yyyy-MM-dd G', existingFormat='y G'), '2013 AD' | date(existingFormat='yyyy G')]",
        "['2013-01-01 1000' | date(existingFormat='yyyy-MM-dd A'), '2013-01-01 1 GMT+5:30' | date(existingFormat='yyyy-MM-dd n O')]",
        "'2013-01-01 99999999999999' | date(existingFormat='yyyy-MM-dd N')",
        "'2013 36' | date(existingFormat='YYYY w')",
        "'2013 CEST' | date(existingFormat='yyyy z')",
    ]), @r#"
    '2013-09-08T16:19:12.5+02:00' | date  ->  "2013-09-08T14:19:12.500000Z"
    '2013-09-08T16:19' | date  ->  "2013-09-08T16:19:00.000000Z"
    '2013-09-08' | date  ->  "2013-09-08T00:00:00.000000Z"
    '2013-09-08T16:19:12[Europe/Paris]' | date  ->  "2013-09-08T14:19:12.000000Z"
    '2013-09-08T16:19' | date(timeZone='Europe/Paris')  ->  "2013-09-08T16:19:00.000000+02:00"
    1378653552 | date  ->  "2013-09-08T15:19:12.000000Z"
    '08/09/2013' | date(existingFormat='dd/MM/yyyy')  ->  "2013-09-08T00:00:00.000000Z"
    '8 Sep 2013 4:09 PM +0530' | date(existingFormat='d MMM yyyy h:mm a Z')  ->  "2013-09-08T10:39:00.000000Z"
    '20130908161912123' | date(existingFormat='yyyyMMddHHmmssSSS')  ->  "2013-09-08T16:19:12.123000Z"
    '2013-251 Europe/Paris' | date(existingFormat='uuuu-DDD VV')  ->  "2013-09-07T22:00:00.000000Z"
    ['13-09' | date(existingFormat='yy-MM[-dd]'), '13-09-08' | date(existingFormat='yy-MM[-dd]')]  ->  ["2013-09-01T00:00:00.000000Z","2013-09-08T00:00:00.000000Z"]
    '2013-09-08 16:19:12' | date(existingFormat='sql_seq')  ->  "2013-09-08T16:19:12.000000Z"
    nothing | date  ->  null
    'not a date' | date  ->  failed: PebbleException: Text 'not a date' could not be parsed as a date: expected 2024-12-31, 2024-12-31T23:59:59 or 2024-12-31T23:59:59+02:00 (…:1)
    '2013-02-30' | date  ->  failed: PebbleException: Text '2013-02-30' could not be parsed as a date: expected 2024-12-31, 2024-12-31T23:59:59 or 2024-12-31T23:59:59+02:00 (…:1)
    '2013' | date(existingFormat='yyyy-MM')  ->  failed: PebbleException: Text '2013' could not be parsed as a date: expected yyyy-MM (…:1)
    half | date  ->  failed: PebbleException: A date is a text, or a number of seconds. Actual type was: java.lang.Double (…:1)
    '2013-09-08' | date(timeZone='Mars/Olympus')  ->  failed: PebbleException: Unknown time-zone ID: Mars/Olympus (…:1)
    '2013-09-08' | date(locale='fr')  ->  failed: PebbleException: Locale `fr` is refused, as names are in English alone: write numbers, or `replace` the names (…:1)
    ['44 BC' | date('yyyy-MM-dd G', existingFormat='y G'), '2013 AD' | date(existingFormat='yyyy G')]  ->  ["0044-01-01 BC","2013-01-01T00:00:00.000000Z"]
    ['2013-01-01 1000' | date(existingFormat='yyyy-MM-dd A'), '2013-01-01 1 GMT+5:30' | date(existingFormat='yyyy-MM-dd n O')]  ->  ["2013-01-01T00:00:01.000000Z","2012-12-31T18:30:00.000000Z"]
    '2013-01-01 99999999999999' | date(existingFormat='yyyy-MM-dd N')  ->  failed: PebbleException: Text '2013-01-01 99999999999999' could not be parsed as a date: expected yyyy-MM-dd N (…:1)
    '2013 36' | date(existingFormat='YYYY w')  ->  failed: PebbleException: A date is not read by this format: weeks and quarters name no day: read year, month and day, or `yyyy-DDD` (…:1)
    '2013 CEST' | date(existingFormat='yyyy z')  ->  failed: PebbleException: A date is not read by this format: names of zones mean several zones each: read `VV` or `XXX` (…:1)
    "#);
}

#[test]
fn dates_are_written_by_name() {
    let mut lines = String::new();
    for name in [
        "iso",
        "iso_sec",
        "sql",
        "sql_seq",
        "iso_date",
        "iso_local_date",
        "iso_offset_date",
        "iso_ordinal_date",
        "basic_iso_date",
        "iso_local_time",
        "iso_local_date_time",
        "iso_time",
        "iso_offset_time",
        "iso_offset_date_time",
        "iso_date_time",
        "iso_zoned_date_time",
        "iso_instant",
        "iso_week_date",
        "rfc_1123_date_time",
        "ISO_LOCAL_DATE",
        "long",
        "medium",
        "short",
    ] {
        let source =
            format!("{{{{ '2013-09-08T16:19:12.120Z' | date('{name}', timeZone='Europe/Paris') }}}}");
        let text = evaluate(&source, Limits::default()).unwrap();
        lines.extend([name, ": ", text.as_str().unwrap(), "\n"]);
    }
    assert_snapshot!(lines, @"
    iso: 2013-09-08T18:19:12.120000+02:00
    iso_sec: 2013-09-08T18:19:12+02:00
    sql: 2013-09-08 18:19:12.120000
    sql_seq: 2013-09-08 18:19:12
    iso_date: 2013-09-08+02:00
    iso_local_date: 2013-09-08
    iso_offset_date: 2013-09-08+02:00
    iso_ordinal_date: 2013-251+02:00
    basic_iso_date: 20130908+0200
    iso_local_time: 18:19:12.12
    iso_local_date_time: 2013-09-08T18:19:12.12
    iso_time: 18:19:12.12+02:00
    iso_offset_time: 18:19:12.12+02:00
    iso_offset_date_time: 2013-09-08T18:19:12.12+02:00
    iso_date_time: 2013-09-08T18:19:12.12+02:00[Europe/Paris]
    iso_zoned_date_time: 2013-09-08T18:19:12.12+02:00[Europe/Paris]
    iso_instant: 2013-09-08T16:19:12.120Z
    iso_week_date: 2013-W36-7+02:00
    rfc_1123_date_time: Sun, 8 Sep 2013 18:19:12 +0200
    ISO_LOCAL_DATE: 2013-09-08
    long: September 8, 2013 at 6:19:12 PM CEST
    medium: Sep 8, 2013, 6:19:12 PM
    short: 9/8/13, 6:19 PM
    ");
}

#[test]
fn dates_are_written_by_pattern() {
    assert_snapshot!(table([
        "'2013-09-08T06:09:02.0405' | date('y yy yyyy u M MM MMM MMMM MMMMM d dd D DDD E EEE EEEE EEEEE e a')",
        "'2013-09-08T00:09:02.0405' | date('H HH h hh k K m mm s ss S SSS SSSSSSSSS n A N Q QQ QQQ QQQQ G')",
        "'2013-09-08T06:09' | date(\"VV z O OOOO X XX XXX x xx xxx Z ZZZZ ZZZZZ\", timeZone='Asia/Kolkata')",
        "'2013-09-08T06:09' | date('VV z zzzz O OOOO X XXX x xxx Z ZZZZ ZZZZZ')",
        "'2013-09-08T06:09' | date(\"'o''clock' '' hh[:mm]\")",
        "['2013-09-08' | date('YYYY YY w ww W c ccc cccc eee'), '2024-12-29' | date('YYYY-ww'), '2024-12-28' | date('YYYY-ww'), '2023-01-01' | date('YYYY-w W')]",
        "'-000043-03-15' | date('y yyyy yy u G')",
        "'2013-09-08' | date('yyyy-mmm')",
        "'2013-09-08' | date('b')",
        "'2013-09-08' | date(\"yyyy 'open\")",
        "'2013-09-08' | date('[yyyy')",
        "'2013-09-08' | date('yyyy]')",
        "now() ~ ' ' ~ now('HH:mm', timeZone='+02:00')",
        "now('full') ~ ' / ' ~ now('short')",
        "now('full', timeZone='Europe/Paris')",
    ]), @r#"
    '2013-09-08T06:09:02.0405' | date('y yy yyyy u M MM MMM MMMM MMMMM d dd D DDD E EEE EEEE EEEEE e a')  ->  "2013 13 2013 2013 9 09 Sep September S 8 08 251 251 Sun Sun Sunday S 1 AM"
    '2013-09-08T00:09:02.0405' | date('H HH h hh k K m mm s ss S SSS SSSSSSSSS n A N Q QQ QQQ QQQQ G')  ->  "0 00 12 12 24 0 9 09 2 02 0 040 040500000 40500000 542040 542040500000 3 03 Q3 3rd quarter AD"
    '2013-09-08T06:09' | date("VV z O OOOO X XX XXX x xx xxx Z ZZZZ ZZZZZ", timeZone='Asia/Kolkata')  ->  "Asia/Kolkata IST GMT+5:30 GMT+05:30 +0530 +0530 +05:30 +0530 +0530 +05:30 +0530 GMT+05:30 +05:30"
    '2013-09-08T06:09' | date('VV z zzzz O OOOO X XXX x xxx Z ZZZZ ZZZZZ')  ->  "UTC UTC Coordinated Universal Time GMT GMT Z Z +00 +00:00 +0000 GMT Z"
    '2013-09-08T06:09' | date("'o''clock' '' hh[:mm]")  ->  "o'clock ' 06:09"
    ['2013-09-08' | date('YYYY YY w ww W c ccc cccc eee'), '2024-12-29' | date('YYYY-ww'), '2024-12-28' | date('YYYY-ww'), '2023-01-01' | date('YYYY-w W')]  ->  ["2013 13 37 37 2 1 Sun Sunday Sun","2025-01","2024-52","2023-1 1"]
    '-000043-03-15' | date('y yyyy yy u G')  ->  "44 0044 44 -43 BC"
    '2013-09-08' | date('yyyy-mmm')  ->  failed: PebbleException: Invalid date format `yyyy-mmm`: Too many pattern letters: m (…:1)
    '2013-09-08' | date('b')  ->  failed: PebbleException: Invalid date format `b`: Unknown pattern letter: b (…:1)
    '2013-09-08' | date("yyyy 'open")  ->  failed: PebbleException: Invalid date format `yyyy 'open`: a quote is not closed (…:1)
    '2013-09-08' | date('[yyyy')  ->  failed: PebbleException: Invalid date format `[yyyy`: `[` without `]` (…:1)
    '2013-09-08' | date('yyyy]')  ->  failed: PebbleException: Invalid date format `yyyy]`: `]` without `[` (…:1)
    now() ~ ' ' ~ now('HH:mm', timeZone='+02:00')  ->  "2024-05-06T07:08:09.012345Z 09:08"
    now('full') ~ ' / ' ~ now('short')  ->  "Monday, May 6, 2024 at 7:08:09 AM Coordinated Universal Time / 5/6/24, 7:08 AM"
    now('full', timeZone='Europe/Paris')  ->  failed: PebbleException: Full names of time zones are refused, as the database of zones has none: write `z`, `VV` or `XXX` (…:1)
    "#);
}

#[test]
fn dates_move_and_count() {
    assert_snapshot!(table([
        "'2024-01-31' | dateAdd(1, 'MONTHS', 'iso_local_date')",
        "'2024-01-31' | dateAdd(-1, unit='DAYS', format='iso_local_date')",
        "'2024-03-30T02:30' | dateAdd(1, 'DAYS', timeZone='Europe/Paris')",
        "'2024-01-31' | dateAdd(2, 'HALF_DAYS')",
        "'2024-01-31' | dateAdd(1, 'days')",
        "'2024-01-31' | dateAdd(9223372036854775807, 'CENTURIES')",
        "'2024-01-31' | dateAdd('1', 'DAYS')",
        "['2013-09-08T16:19:12.123456789Z' | timestamp, '2013-09-08T16:19:12.123456789Z' | timestampMicro, '2013-09-08T16:19:12.123456789Z' | timestampNano]",
        "'2013-09-08' | timestamp(timeZone='Europe/Paris')",
    ]), @r#"
    '2024-01-31' | dateAdd(1, 'MONTHS', 'iso_local_date')  ->  "2024-02-29"
    '2024-01-31' | dateAdd(-1, unit='DAYS', format='iso_local_date')  ->  "2024-01-30"
    '2024-03-30T02:30' | dateAdd(1, 'DAYS', timeZone='Europe/Paris')  ->  "2024-03-31T03:30:00.000000+02:00"
    '2024-01-31' | dateAdd(2, 'HALF_DAYS')  ->  "2024-02-01T00:00:00.000000Z"
    '2024-01-31' | dateAdd(1, 'days')  ->  failed: PebbleException: No enum constant java.time.temporal.ChronoUnit.days (did you mean `DAYS`?) (…:1)
    '2024-01-31' | dateAdd(9223372036854775807, 'CENTURIES')  ->  failed: PebbleException: 9223372036854775807 CENTURIES lead out of the years that dates know (…:1)
    '2024-01-31' | dateAdd('1', 'DAYS')  ->  failed: PebbleException: Argument `amount` must be a whole number. Actual type was: java.lang.String (…:1)
    ['2013-09-08T16:19:12.123456789Z' | timestamp, '2013-09-08T16:19:12.123456789Z' | timestampMicro, '2013-09-08T16:19:12.123456789Z' | timestampNano]  ->  [1378657152,"1378657152123456","1378657152123456789"]
    '2013-09-08' | timestamp(timeZone='Europe/Paris')  ->  1378591200
    "#);
}

proptest! {
    #[test]
    fn patterns_never_panic(pattern in "[a-zA-Z'\\[\\]:/ ]{0,12}", text in "[0-9A-Za-z:/ +-]{0,16}") {
        let pattern = pattern.replace('\'', "\\'");
        let _either = evaluate(&format!("{{{{ '2024-02-29T12:34:56.789Z' | date('{pattern}') }}}}"), Limits::default());
        let _either = evaluate(&format!("{{{{ '{text}' | date(existingFormat='{pattern}') }}}}"), Limits::default());
    }

    #[test]
    fn what_is_written_is_read_again(seconds in -30_000_000_000_i64..200_000_000_000) {
        for format in ["yyyy-MM-dd HH:mm:ss", "d MMM yyyy h:mm:ss a XXX", "yyyyMMddHHmmss", "EEEE, MMMM d, uuuu k:m:s VV", "iso"] {
            let source = format!("{{{{ {seconds} | date('{format}') | timestamp(existingFormat='{format}') }}}}");
            prop_assert_eq!(evaluate(&source, Limits::default()).unwrap(), seconds, "{}", format);
        }
    }
}
