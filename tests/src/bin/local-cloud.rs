//! The cloud on this machine: `cargo run -p tests --bin local-cloud` deploys it, tells where it is and stays.

#![allow(clippy::print_stdout, reason = "what it prints is what it is run for")]

use std::thread;

use tests::cloud::Cloud;

fn main() {
    eprintln!("building the functions, starting an emulator of AWS, deploying template.yaml …");
    let cloud = Cloud::start();
    println!("listening on {}", cloud.client().base());
    for (name, value) in cloud.account().variables() {
        println!("export {name}={value}");
    }
    eprintln!("Ctrl-C ends it, and nothing is kept");
    loop {
        thread::park();
    }
}
