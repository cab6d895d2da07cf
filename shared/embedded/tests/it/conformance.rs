//! The promises of the ports, held.

mod store {
    use std::sync::Arc;

    use embedded::{Home, store::Store};
    use tempfile::TempDir;

    #[allow(clippy::unused_async, reason = "others have to reach a server")]
    async fn open() -> Option<(Arc<Store>, TempDir)> {
        let directory = tempfile::tempdir().unwrap();
        Some((Home::open(directory.path()).unwrap().store, directory))
    }

    ports::store_promises!(open);
}

mod blobs {
    use std::sync::Arc;

    use embedded::{Home, blobs::Blobs};
    use tempfile::TempDir;

    #[allow(clippy::unused_async, reason = "others have to reach a server")]
    async fn open() -> Option<(Arc<Blobs>, TempDir)> {
        let directory = tempfile::tempdir().unwrap();
        Some((Home::open(directory.path()).unwrap().blobs, directory))
    }

    ports::blobs_promises!(open);
}

mod queue {
    use embedded::queue::{Queue, Receiver};
    use ports::{Answer, conformance::queue::Receive, queue::Dispatch};

    struct Received(Receiver);

    impl Receive for Received {
        fn next(&mut self) -> Answer<'_, Option<Dispatch>> {
            // What was sent is there at once.
            Box::pin(std::future::ready(self.0.try_recv().ok()))
        }
    }

    #[allow(clippy::unused_async, reason = "others have to reach a server")]
    async fn open() -> Option<(Box<Queue>, Received)> {
        let (queue, receiver) = Queue::new();
        Some((Box::new(queue), Received(receiver)))
    }

    ports::queue_promises!(open);
}
