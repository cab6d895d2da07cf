//! Any text is a template or is refused; what was parsed, printed and parsed again is the same template.
#![no_main]

use expression::Template;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    if let Ok(template) = Template::parse(source) {
        assert_eq!(template.source(), source);
        let printed = template.to_string();
        assert_eq!(Template::parse(&printed).as_ref(), Ok(&template), "{printed}");
    }
});
