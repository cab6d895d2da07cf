//! The cloud on this machine: `cargo run -p tests --bin local-cloud` deploys it, tells where it is and stays.
//!
//! Standard output has what a shell can take over, for clients and for an API function that runs in the place of the
//! deployed one.

#![allow(clippy::print_stdout, reason = "what it prints is what it is run for")]

use std::thread;

use tests::cloud::Cloud;

fn main() {
    eprintln!("building the functions, starting an emulator of AWS, deploying template.yaml …");
    let cloud = Cloud::start();
    let base = cloud.client().base();
    for (name, value) in cloud.variables() {
        println!("export {name}='{value}'");
    }
    println!("export ROUNDTRIP_SERVER='{base}'");
    eprintln!("listening on {base}; Ctrl-C ends it, and nothing is kept");
    loop {
        thread::park();
    }
}
