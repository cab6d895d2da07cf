//! The cloud on this machine: `cargo run -p tests --bin local-cloud` deploys it, tells where it is and stays.

#![allow(clippy::print_stdout, reason = "what it prints is what it is run for")]

use std::thread;

use tests::cloud::Cloud;

fn main() {
    eprintln!("building the functions, starting an emulator of AWS, deploying template.yaml …");
    let cloud = Cloud::start();
    println!("listening on {}", cloud.client().base());
    eprintln!(
        "for `aws`, and for `cargo lambda watch` of the API function in the place of the deployed one:"
    );
    for (name, value) in cloud.variables() {
        println!("export {name}={value}");
    }
    eprintln!("Ctrl-C ends it, and nothing is kept");
    loop {
        thread::park();
    }
}
