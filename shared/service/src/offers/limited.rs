//! Types of which workers may have so many at once, or get so many in a while.
//!
//! A claim writes the offer and the book of its type in one commit, so the book always holds every claim that counts.
//! A place is given back after the commit that ends its claim. Who dies in between leaves a place taken too many, never
//! too few: a minute after the last change the book is compared with the offers.

use std::time::Duration;

use engine::time::Timestamp;
use futures_util::{StreamExt, TryStreamExt, stream};
use ports::store::{Condition, Content, Key, Version, Write};

use super::{
    Offer,
    limit::{Book, Full, Taken},
};
use crate::{Class, Error, Service, keys, record};

/// Tries to give a place back against others who take and give; after them the next check does.
const TRIES_MAX: u64 = 50;
/// How long after its last change a book is compared with the offers.
const CHECKED_AFTER: Duration = Duration::from_mins(1);
/// Offers read at the same time.
const READ_TOGETHER: usize = 16;

/// The book of a type, as it was read.
pub(super) struct Opened {
    book: Book,
    version: Option<Version>,
}

impl Opened {
    pub(super) fn admits(&self, key: &Key, offer: &Offer, now: Timestamp) -> Result<(), Full> {
        self.book.admits(&key.sort, &offer.terms, now)
    }
}

/// A claim of an offer that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Freed {
    pub(super) task_type: String,
    /// The sort key of the offer.
    pub(super) offer: String,
    /// That claim of it, or an earlier one.
    pub(super) polls: u32,
}

impl Freed {
    /// All claims of an offer that is gone; `None` of one without a limit of that kind.
    pub(super) fn gone(key: &Key, offer: &Offer) -> Option<Self> {
        Self::until(key, offer, u32::MAX)
    }

    pub(super) fn until(key: &Key, offer: &Offer, polls: u32) -> Option<Self> {
        offer.terms.concurrent_max?;
        Some(Self { task_type: offer.limited.clone()?, offer: key.sort.clone(), polls })
    }
}

impl Service {
    pub(super) async fn open_book(&self, tenant: &str, task_type: &str) -> Result<Opened, Error> {
        let item = self.store().get(&keys::limit(tenant, task_type)).await?;
        let version = item.as_ref().map(|it| it.version);
        let book = item.map(|it| record::decode(&it.content.body)).transpose()?;
        Ok(Opened { book: book.unwrap_or_default(), version })
    }

    /// The book with a claim of the offer in it, and the write of it that goes with the claim.
    pub(super) fn counted(
        &self,
        tenant: &str,
        (task_type, queue): (&str, &str),
        opened: &Opened,
        (key, offer): (&Key, &Offer),
    ) -> Result<(Opened, Write), Error> {
        let taken = Taken { queue: queue.to_owned(), offer: key.sort.clone(), polls: offer.polls };
        let mut book = opened.book.clone();
        book.take(taken, &offer.terms, self.now());
        let write = self.put_book(&keys::limit(tenant, task_type), &book, opened.version)?;
        let version = Version(opened.version.map_or(1, |version| version.0 + 1));
        Ok((Opened { book, version: Some(version) }, write))
    }

    /// It is never removed: its version would begin anew.
    fn put_book(&self, key: &Key, book: &Book, version: Option<Version>) -> Result<Write, Error> {
        let wake_at = (!book.taken.is_empty()).then(|| self.now().plus(CHECKED_AFTER));
        let content = Content { body: record::encode(book)?, wake_at, ..Content::default() };
        let condition = version.map_or(Condition::Absent, Condition::Version);
        Ok(Write::Put { key: key.clone(), condition, content })
    }

    /// `false` when somebody else changed it meanwhile.
    async fn write_limit(&self, key: &Key, opened: &Opened) -> Result<bool, Error> {
        let put = self.put_book(key, &opened.book, opened.version)?;
        let body = record::encode(&opened.book)?;
        match self.write(key, &body, vec![put]).await {
            Ok(()) => Ok(true),
            Err(error) if error.class() == Class::Contention => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives places back, and wakes those who wait for one. What is not given back now, the next check does.
    pub(crate) async fn free(&self, tenant: &str, freed: &[Freed]) {
        for one in freed {
            if let Err(error) = self.free_one(tenant, one).await {
                tracing::debug!(%error, task_type = one.task_type, "a place is given back later");
            }
        }
    }

    async fn free_one(&self, tenant: &str, freed: &Freed) -> Result<(), Error> {
        let key = keys::limit(tenant, &freed.task_type);
        for attempt in 0..TRIES_MAX {
            let mut opened = self.open_book(tenant, &freed.task_type).await?;
            if !opened.book.free(&freed.offer, freed.polls) {
                return Ok(());
            }
            if self.write_limit(&key, &opened).await? {
                self.shared.pollers.wake_all(tenant, &freed.task_type);
                return Ok(());
            }
            self.give_way(attempt).await;
        }
        Err(Error::Contention("others take places of the same type again and again".to_owned()))
    }

    /// Compares who has a place with the offers. `false` when somebody changed the book meanwhile.
    pub(crate) async fn check_limit(&self, key: &Key) -> Result<bool, Error> {
        let Some((tenant, task_type)) = keys::as_limit(key) else { return Ok(false) };
        let mut opened = self.open_book(tenant, task_type).await?;
        let claims: Vec<Option<Freed>> = stream::iter(opened.book.taken.clone())
            .map(|taken| self.claim_ended(tenant, task_type, taken))
            .buffer_unordered(READ_TOGETHER)
            .try_collect()
            .await?;
        let mut some = false;
        for freed in claims.into_iter().flatten() {
            some |= opened.book.free(&freed.offer, freed.polls);
        }
        let written = self.write_limit(key, &opened).await?;
        if written && some {
            self.shared.pollers.wake_all(tenant, task_type);
        }
        Ok(written)
    }

    async fn claim_ended(&self, tenant: &str, task_type: &str, taken: Taken) -> Result<Option<Freed>, Error> {
        let Taken { queue, offer, polls } = taken;
        let key = Key { partition: keys::offers(tenant, &queue), sort: offer.clone() };
        let freed = Freed { task_type: task_type.to_owned(), offer, polls };
        let Some(item) = self.store().get(&key).await? else { return Ok(Some(freed)) };
        let offer: Offer = record::decode(&item.content.body)?;
        Ok(offer.claimed_until.is_none().then_some(freed))
    }
}
