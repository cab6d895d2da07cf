use super::{ExecutionId, NotAnId};

#[test]
fn an_id_is_written_as_kestra_writes_it() {
    // A published vector of the library Kestra uses: c3587ec5-0976-497f-8374-61e0c2ea3da5.
    let id = ExecutionId::from_u128(0xc358_7ec5_0976_497f_8374_61e0_c2ea_3da5);
    assert_eq!(id.to_string(), "5wbwf6yUxVBcr48AMbz9cb");
}

#[test]
fn text_and_number_are_the_same_id() {
    for number in [0, 1, 61, 62, 62u128.pow(11) - 1, 62u128.pow(11), u128::MAX] {
        let text = ExecutionId::from_u128(number).to_string();
        assert_eq!(text.len(), 22);
        assert_eq!(text.parse::<ExecutionId>().unwrap().as_u128(), number);
    }
}

#[test]
fn ids_sort_as_their_numbers_do() {
    let texts: Vec<String> =
        [3u128, 62, 63, 1 << 70, u128::MAX].map(|n| ExecutionId::from_u128(n).to_string()).into();
    assert!(texts.is_sorted());
}

#[test]
fn what_is_not_an_id_is_refused() {
    for text in
        ["", "notfound", "zzzzzzzzzzzzzzzzzzzzzz", "0000000000000000000-00", "00000000000000000000000"]
    {
        assert_eq!(text.parse::<ExecutionId>(), Err(NotAnId), "{text}");
    }
}
