//! What goes wrong on the way to AWS: a proxy between the SDK and the emulator, which passes most calls on as they
//! are, and does harm to the others, by seed.

mod fate;
mod message;

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use tests::{chance::Chance, emulator::Account};
use tokio::{
    io::{AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

pub use fate::{Climate, Counts, Fate};
use message::Message;

/// A running proxy. It ends when dropped, with all its connections.
#[derive(Debug)]
pub struct Proxy {
    shared: Arc<Shared>,
    address: SocketAddr,
    listening: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    /// `host:port` of the emulator.
    upstream: String,
    climate: Climate,
    chance: Mutex<Chance>,
    calm: AtomicBool,
    done: [AtomicUsize; Fate::ALL.len()],
}

impl Proxy {
    /// Before the emulator of this account.
    pub async fn before(account: &Account, climate: Climate, chance: Chance) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("there is a free port");
        let address = listener.local_addr().expect("it listens");
        let shared = Arc::new(Shared {
            upstream: account.endpoint.trim_start_matches("http://").to_owned(),
            climate,
            chance: Mutex::new(chance),
            calm: AtomicBool::new(false),
            done: Default::default(),
        });
        let listening = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Self { shared, address, listening }
    }

    /// The same account, through the proxy.
    pub fn account(&self, account: &Account) -> Account {
        Account { endpoint: format!("http://{}", self.address), ..account.clone() }
    }

    /// From now on every call passes.
    pub fn calm_down(&self) {
        self.shared.calm.store(true, Relaxed);
    }

    /// What was done to the calls so far.
    pub fn counts(&self) -> Counts {
        Counts(std::array::from_fn(|place| self.shared.done[place].load(Relaxed)))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else { continue };
        let shared = Arc::clone(&shared);
        // A connection that broke off has done so for whoever is at its end as well.
        connections.spawn(async move {
            let _ = serve(stream, &shared).await;
        });
    }
}

/// One connection of a client: a call after the other.
async fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut client = BufReader::new(stream);
    let mut upstream = None;
    while let Some(call) = Message::read(&mut client).await? {
        let fate = shared.choose();
        let answer = match fate {
            Fate::Passed => forward(&mut upstream, shared, &call).await?,
            Fate::Delayed => {
                tokio::time::sleep(shared.climate.delay).await;
                forward(&mut upstream, shared, &call).await?
            }
            Fate::Dropped => return Ok(()),
            Fate::Unanswered => {
                forward(&mut upstream, shared, &call).await?;
                return Ok(());
            }
            Fate::Repeated => {
                let answer = forward(&mut upstream, shared, &call).await?;
                forward(&mut upstream, shared, &call).await?;
                answer
            }
            Fate::Broken => fate::broken(shared.number(2)),
            Fate::Throttled => fate::throttled(call.target().as_deref(), shared.number(2)),
        };
        client.get_mut().write_all(&answer).await?;
    }
    Ok(())
}

/// Sends the call as it is; gives the answer as it is.
async fn forward(
    upstream: &mut Option<BufReader<TcpStream>>,
    shared: &Shared,
    call: &Message,
) -> io::Result<Vec<u8>> {
    // The emulator may have closed a connection that was idle. A new one for each call would be slower than the call.
    if let Some(stream) = upstream.as_mut()
        && message::is_closed(stream)
    {
        *upstream = None;
    }
    let stream = if let Some(stream) = upstream {
        stream
    } else {
        let stream = TcpStream::connect(&shared.upstream).await?;
        stream.set_nodelay(true)?;
        upstream.insert(BufReader::new(stream))
    };
    stream.get_mut().write_all(&call.bytes).await?;
    let answer = Message::read_answer(stream, call).await?;
    if answer.closes() {
        *upstream = None;
    }
    Ok(answer.bytes)
}

impl Shared {
    fn choose(&self) -> Fate {
        let number = self.number(1_000);
        let fate = if self.calm.load(Relaxed) { Fate::Passed } else { self.climate.choose(number) };
        self.done[fate.place()].fetch_add(1, Relaxed);
        fate
    }

    fn number(&self, end: u64) -> u64 {
        self.chance.lock().expect("nobody panics with it").within(0..end)
    }
}
