//! How long each function needs from its start to its first question for an invocation, its connections warmed.
//!
//! ```text
//! cargo run --release -p cloud --bin init
//! ```
//!
//! A Lambda adds the start of its sandbox and the loading of the code, and speaks TLS with its services; here they are
//! an emulator's, without TLS. So this is what our own code costs.

#![allow(clippy::print_stdout, reason = "this is a command")]

use std::{
    io::Read,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use cloud::{Account, account, home};
use tests::binary;

/// Starts of each function.
const STARTS: usize = 30;
/// The longest a function may need.
const POLL_MAX: Duration = Duration::from_secs(10);
const FUNCTIONS: [&str; 4] = ["api", "worker", "notifier", "scheduler"];

fn main() {
    let folder = binary::built(&FUNCTIONS);
    let account = account();
    let runtime = tokio::runtime::Runtime::new().expect("threads can be started");
    let environment = runtime.block_on(home::environment(&account));
    println!(
        "{:<10} {:>8} {:>8} {:>8}  ms from start to first poll, {STARTS} starts",
        "", "least", "p50", "most"
    );
    for function in FUNCTIONS {
        let mut took: Vec<Duration> =
            (0..STARTS).map(|_| first_poll(&folder.join(function), &account, &environment)).collect();
        took.sort_unstable();
        let millis = |duration: Duration| duration.as_secs_f64() * 1_000.0;
        let [least, middle, most] = [took[0], took[STARTS / 2], took[STARTS - 1]].map(millis);
        println!("{function:<10} {least:>8.1} {middle:>8.1} {most:>8.1}");
    }
}

/// Starts a function under a runtime API that never gives it anything, and ends it at its first question.
fn first_poll(bootstrap: &Path, account: &Account, environment: &aws::Environment) -> Duration {
    let api = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = api.local_addr().expect("it has an address");
    let mut command = Command::new(bootstrap);
    command.env_clear().envs(account.variables());
    command
        .env("PATH", "/usr/bin:/bin")
        .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "measured")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "none")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "none")
        .env("ROUNDTRIP_TABLE", &environment.table)
        .env("ROUNDTRIP_BUCKET", &environment.bucket)
        .env("ROUNDTRIP_QUEUE_URL", &environment.queue_url)
        .env("ROUNDTRIP_REPLY_PREFIX", &environment.reply_prefix)
        .env("ROUNDTRIP_LOG", "error");
    let begun = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
    let mut function = Ended(child.expect("the function was built"));
    let mut connection = accepted(&api, &mut function.0, begun);
    let mut line = [0; 64];
    let read = connection.read(&mut line).expect("a question comes");
    let took = begun.elapsed();
    let question = String::from_utf8_lossy(&line[..read]);
    assert!(question.starts_with("GET /2018-06-01/runtime/invocation/next"), "{question}");
    took
}

fn accepted(api: &TcpListener, function: &mut Child, begun: Instant) -> TcpStream {
    api.set_nonblocking(true).expect("a listener can be asked");
    loop {
        match api.accept() {
            Ok((connection, _)) => {
                connection.set_nonblocking(false).expect("a connection can be waited for");
                return connection;
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => panic!("{error}"),
        }
        if let Some(status) = function.try_wait().expect("the process is ours") {
            panic!("the function ended with {status}");
        }
        assert!(begun.elapsed() < POLL_MAX, "no question after {POLL_MAX:?}");
        std::thread::sleep(Duration::from_micros(100));
    }
}

/// Killed when dropped.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
