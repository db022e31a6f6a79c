//! What has just happened, for whoever listens at this moment: open web sockets, above all.
//!
//! Every write tells its listeners what it committed, after the timeline shows it and in the order
//! of the commits. Nothing is kept for those who listen later; they ask the catalog's feed. The
//! queue is bounded: a listener that falls too far behind is told that it has missed something, and
//! must start afresh. While nobody listens, telling costs one look at a counter.

use std::sync::Arc;

use kalends_catalog::CatalogError;
use kalends_model::{AssetId, Change, PersonId, UserId};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::access::assets::{AssetRight, allowed};
use crate::assets::{AssetView, Wanted};
use crate::library::Library;
use crate::viewer::Viewer;

/// So many commits may wait for the slowest listener. One holds 1,000 ids for each of its changes,
/// so the queue takes a few MB at most, and only after large writes.
const WAITING_MAX: usize = 256;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Something happened to assets of one owner.
    Assets(Change),
    /// A user may see or do something else than before: a session or key has ended, a partner, an
    /// album role or a link has changed, or the user was deleted.
    Grants(UserId),
    /// A person is shown by another picture than before.
    PersonPicture {
        /// Whose person.
        owner: UserId,
        /// The person.
        person: PersonId,
    },
}

/// What a listener hears next.
#[derive(Clone, Debug)]
pub enum Heard {
    /// What one write did, or one other event.
    Events(Arc<[Event]>),
    /// The listener was too slow and has missed something. Whatever it derived from earlier events
    /// must be derived anew.
    Missed,
    /// The library is closed.
    Closed,
}

/// One end of the queue of events. Dropping it ends the listening.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<Arc<[Event]>>);

impl Listener {
    /// Waits for what happens next. Leaving off early loses nothing.
    pub async fn next(&mut self) -> Heard {
        match self.0.recv().await {
            Ok(events) => Heard::Events(events),
            Err(RecvError::Lagged(_)) => Heard::Missed,
            Err(RecvError::Closed) => Heard::Closed,
        }
    }
}

/// The other end, which the library holds.
#[derive(Debug)]
pub(crate) struct Events(broadcast::Sender<Arc<[Event]>>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::Sender::new(WAITING_MAX))
    }
}

impl Events {
    /// Tells what a write has committed.
    pub(crate) fn tell_of(&self, changes: Vec<Change>, regranted: &[UserId]) {
        if self.0.receiver_count() == 0 || (changes.is_empty() && regranted.is_empty()) {
            return;
        }
        let changes = changes.into_iter().map(Event::Assets);
        let grants = regranted.iter().copied().map(Event::Grants);
        self.tell(changes.chain(grants).collect());
    }

    fn tell(&self, events: Arc<[Event]>) {
        // The last listener may have left since it was counted.
        let _ = self.0.send(events);
    }
}

impl Library {
    /// Listens to everything that happens from now on.
    pub fn listen(&self) -> Listener {
        Listener(self.events.0.subscribe())
    }

    /// Those of `assets` that their owner's listeners may be told of, as the owner sees them without
    /// the PIN: a listener stays while the locked folder is shut again.
    pub fn views_for_listeners(
        &self,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<Vec<AssetView>, CatalogError> {
        let viewer = Viewer::Open { user: owner };
        self.read(|reader| {
            let allowed = allowed(reader, &viewer, AssetRight::Read, assets)?;
            let own = allowed.iter().filter(|asset| asset.owner == owner);
            let own: Vec<AssetId> = own.map(|asset| asset.id).collect();
            self.asset_views(reader, &viewer, &own, Wanted::EVERYTHING)
        })
    }

    /// Tells that a person is shown by another picture now.
    pub fn announce_person_picture(&self, owner: UserId, person: PersonId) {
        self.events.tell([Event::PersonPicture { owner, person }].into());
    }
}

#[cfg(test)]
mod tests {
    use kalends_model::{AssetId, ChangeKind, Version};

    use super::*;

    fn change(version: u64) -> Change {
        Change {
            owner: UserId::from_bytes([1; 16]),
            version: Version(version),
            kind: ChangeKind::AssetsUpdated,
            assets: vec![AssetId::from_bytes([2; 16])],
        }
    }

    #[tokio::test]
    async fn a_slow_listener_is_told_and_starts_afresh() {
        let events = Events::default();
        let mut listener = Listener(events.0.subscribe());
        for version in 0..=WAITING_MAX as u64 {
            events.tell_of(vec![change(version)], &[]);
        }
        assert!(matches!(listener.next().await, Heard::Missed));
        let Heard::Events(first_kept) = listener.next().await else { panic!("something is kept") };
        assert_eq!(*first_kept, [Event::Assets(change(1))]);
    }

    #[tokio::test]
    async fn a_commit_without_news_is_not_told() {
        let events = Events::default();
        let mut listener = Listener(events.0.subscribe());
        events.tell_of(Vec::new(), &[]);
        let user = UserId::from_bytes([3; 16]);
        events.tell_of(Vec::new(), &[user]);
        let Heard::Events(heard) = listener.next().await else { panic!("the second is told") };
        assert_eq!(*heard, [Event::Grants(user)]);
        drop(events);
        assert!(matches!(listener.next().await, Heard::Closed));
    }
}
