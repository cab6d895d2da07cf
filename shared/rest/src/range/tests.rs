use super::{Asked, parse};

#[test]
fn one_range_of_bytes_is_understood() {
    assert_eq!(parse("bytes=0-4"), Some(Asked::From { first: 0, last: Some(4) }));
    assert_eq!(parse("Bytes = 3 - "), Some(Asked::From { first: 3, last: None }));
    assert_eq!(parse("bytes=-5"), Some(Asked::Last(5)));
}

#[test]
fn anything_else_is_the_whole_file() {
    for text in ["bytes=4-3", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b", "bytes=+1-2", "bytes", "bytes=-", ""]
    {
        assert_eq!(parse(text), None, "{text}");
    }
}
