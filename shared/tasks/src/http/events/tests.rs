use super::*;

const STREAM: &str = "\u{feff}: hello\nevent: tick\nid: 1\ndata: {\"n\": 1}\n\ndata: a\r\ndata:b\r\rid\nretry: 3000\ndata\n\nevent: none\n\ndata: cut off";

#[test]
fn a_stream_is_read_however_it_is_cut() {
    for size in [1, 2, 3, 7, 1_000] {
        let mut events = Events::default();
        let pieces = STREAM.as_bytes().chunks(size);
        let read: Vec<String> = pieces
            .flat_map(|piece| events.read(piece).unwrap())
            .map(|event| event.into_json().to_string())
            .collect();
        let expected = [
            r#"{"data":{"n":1},"id":"1","name":"tick","comment":"hello"}"#,
            r#"{"data":"a\nb","id":"1"}"#,
            r#"{"data":"","retry":"PT3S"}"#,
        ];
        assert_eq!(read, expected, "in pieces of {size}");
    }
}

#[test]
fn an_event_without_end_is_refused() {
    let mut events = Events::default();
    let piece = vec![b'a'; EVENT_BYTES_MAX];
    assert_eq!(events.read(&piece), Ok(Vec::new()));
    assert_eq!(events.read(b"a").unwrap_err(), "an event may have at most 1048576 bytes");
}
