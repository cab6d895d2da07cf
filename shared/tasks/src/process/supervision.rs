//! Stands by a child from its start to its end.
//!
//! ```text
//! running ──ends──────► pipes closed, or BACKGROUND_GRACE ─► SIGKILL to the group ─► reap
//!    └─────stop─► SIGTERM ─► ended, or TERMINATION_GRACE ──────────┘
//! ```

use std::{
    future::Future,
    io,
    pin::{Pin, pin},
};

use engine::execution::Level;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    time::timeout,
};

use super::{BACKGROUND_GRACE, Exit, KILLED_GRACE, TERMINATION_GRACE, child::Child, kin, room::Room};
use crate::{
    console::{Console, Pipe},
    stop::Stop,
};

/// Bytes read from a pipe at once.
const READ_BYTES: usize = 8 * 1024;

/// Why it is time to clear up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The child ended, and so did its output.
    Over,
    /// The child ended; somebody it left behind holds its output.
    Held,
    /// The attempt has to stop.
    Stop,
}

/// Runs a child to its end, its output to `console`, and leaves nobody of its group alive.
pub(super) async fn supervise(
    mut child: Child,
    room: &Room,
    stop: &mut Stop,
    console: &mut Console,
) -> io::Result<Exit> {
    let (turn, whole) = {
        let (out, err) = child.pipes();
        let mut output = Output { pump: pin!(pump(out, err, console)), done: false };
        let turn = wait(&mut child, stop, &mut output).await;
        clear(turn, &mut child, room, &mut output).await;
        (turn, output.done)
    };
    let gone = timeout(KILLED_GRACE, child.ended()).await.is_ok();
    match turn {
        // Stuck in the kernel. The runtime reaps it some day.
        Turn::Stop if !gone => Ok(Exit::Stopped),
        Turn::Stop => child.reap().await.map(|_| Exit::Stopped),
        Turn::Over | Turn::Held => {
            let code = child.reap().await?;
            if turn == Turn::Held {
                let words = "a process left in the background held the output open and was killed";
                let _ = timeout(KILLED_GRACE, console.say(Level::Warn, words)).await;
            }
            if !whole {
                let _ = timeout(KILLED_GRACE, console.end()).await;
            }
            Ok(Exit::Code(code))
        }
    }
}

/// Ends whoever is left.
async fn clear<P: Future<Output = ()>>(
    turn: Turn,
    child: &mut Child,
    room: &Room,
    output: &mut Output<'_, P>,
) {
    if turn == Turn::Stop {
        child.terminate();
        let _ = output.beside(timeout(TERMINATION_GRACE, child.ended())).await;
    }
    child.kill();
    if turn != Turn::Over {
        let directory = room.path().to_owned();
        // Reads /proc, for a millisecond or so.
        let search = tokio::task::spawn_blocking(move || kin::kill(&directory));
        let _ = output.beside(search).await;
        let _ = timeout(KILLED_GRACE, output.end()).await;
    }
}

/// Until the child and its output have ended, or have to.
async fn wait<P: Future<Output = ()>>(
    child: &mut Child,
    stop: &mut Stop,
    output: &mut Output<'_, P>,
) -> Turn {
    tokio::select! {
        biased;
        () = stop.asked() => return Turn::Stop,
        () = output.beside(child.ended()) => {}
    }
    tokio::select! {
        biased;
        () = stop.asked() => Turn::Stop,
        held = timeout(BACKGROUND_GRACE, output.end()) => if held.is_ok() { Turn::Over } else { Turn::Held },
    }
}

/// The output on its way to the console.
#[derive(Debug)]
struct Output<'a, P> {
    pump: Pin<&'a mut P>,
    done: bool,
}

impl<P: Future<Output = ()>> Output<'_, P> {
    /// Passes output on while something else is awaited.
    async fn beside<T>(&mut self, other: impl Future<Output = T>) -> T {
        let mut other = pin!(other);
        loop {
            tokio::select! {
                biased;
                answer = &mut other => return answer,
                () = &mut self.pump, if !self.done => self.done = true,
            }
        }
    }

    /// Passes output on until both pipes are closed.
    async fn end(&mut self) {
        if !self.done {
            self.pump.as_mut().await;
            self.done = true;
        }
    }
}

async fn pump(
    mut out: Option<impl AsyncRead + Unpin>,
    mut err: Option<impl AsyncRead + Unpin>,
    console: &mut Console,
) {
    let (mut out_bytes, mut err_bytes) = (Vec::new(), Vec::new());
    loop {
        tokio::select! {
            open = read(&mut out, &mut out_bytes), if out.is_some() => {
                console.read(Pipe::Out, &out_bytes).await;
                out_bytes.clear();
                if !open {
                    out = None;
                }
            }
            open = read(&mut err, &mut err_bytes), if err.is_some() => {
                console.read(Pipe::Err, &err_bytes).await;
                err_bytes.clear();
                if !open {
                    err = None;
                }
            }
            else => break,
        }
    }
    console.end().await;
}

/// Reads what there is; whether there may be more.
async fn read(pipe: &mut Option<impl AsyncRead + Unpin>, bytes: &mut Vec<u8>) -> bool {
    let Some(pipe) = pipe else { return false };
    bytes.reserve(READ_BYTES);
    // An error of a pipe is as final as its end.
    pipe.read_buf(bytes).await.is_ok_and(|count| count > 0)
}
