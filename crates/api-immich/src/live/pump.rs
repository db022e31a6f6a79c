//! From what happens in the library to messages on web sockets.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use kalends_library::AssetView;
use kalends_library::events::{Event, Heard, Listener};
use kalends_model::{AssetId, Change, ChangeKind, UserId, Visibility};
use uuid::Uuid;

use super::crowd::Member;
use super::{Live, Unavailable};
use crate::to_wire::asset::{Parts, asset_response};

/// How often every member must still be who they were: sessions end by themselves, too.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// So many assets are looked up at a time.
const ASSETS_MAX: usize = 100;

/// After the end of a session its clients are told so this much later (contract immich §C2): the
/// one that ended it has its answer by then.
const GOODBYE_AFTER: Duration = Duration::from_millis(500);

/// Tells the members what happens, until there are none.
pub(super) async fn run(live: Arc<Live>, mut listener: Listener) {
    let _replaced_if_broken = Guard(Arc::clone(&live));
    let mut look_again = tokio::time::interval(LOOK_EVERY);
    look_again.tick().await;
    loop {
        let heard = tokio::select! {
            heard = listener.next() => Some(heard),
            _ = look_again.tick() => None,
        };
        if live.crowd.dismiss_pump() {
            return;
        }
        match heard {
            Some(Heard::Events(events)) => {
                for event in events.iter() {
                    live.tell(event).await;
                }
            }
            // Who has missed something asks afresh after connecting again.
            Some(Heard::Missed) => live.crowd.everyone().iter().for_each(|m| m.send_away()),
            Some(Heard::Closed) => return,
            None => live.look_again(live.crowd.everyone()).await,
        }
    }
}

/// When telling panics, the sockets are closed, and the next one to connect starts another pump.
struct Guard(Arc<Live>);

impl Drop for Guard {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.crowd.lose_pump();
            self.0.crowd.everyone().iter().for_each(|member| member.send_away());
        }
    }
}

/// An asset's message: which, and what the payload is.
enum Told {
    View(Box<AssetView>),
    Hidden(AssetId),
}

impl Live {
    async fn tell(&self, event: &Event) {
        match event {
            Event::Assets(change) => self.tell_change(change).await,
            Event::Grants(user) => self.tell_grants(*user).await,
            Event::PersonPicture { owner, person } => {
                let person = person.uuid();
                self.crowd.of(*owner).iter().for_each(|m| m.tell("on_person_thumbnail", &person));
            }
        }
    }

    async fn tell_change(&self, change: &Change) {
        let members = self.crowd.of(change.owner);
        if members.is_empty() {
            return;
        }
        let ids: Vec<Uuid> = change.assets.iter().map(|asset| asset.uuid()).collect();
        let all_at_once = |event| members.iter().for_each(|member| member.tell(event, &ids));
        match change.kind {
            ChangeKind::AssetsTrashed => all_at_once("on_asset_trash"),
            ChangeKind::AssetsRestored => all_at_once("on_asset_restore"),
            ChangeKind::AssetsDeleted => {
                for id in &ids {
                    members.iter().for_each(|member| member.tell("on_asset_delete", id));
                }
            }
            ChangeKind::StacksChanged => {
                members.iter().for_each(|member| member.tell("on_asset_stack_update", &()));
            }
            ChangeKind::PicturesMade => self.tell_assets(&members, change, true).await,
            ChangeKind::AssetsUpdated => self.tell_assets(&members, change, false).await,
            // New assets are told once they can be seen; of the others no client wants to know.
            ChangeKind::AssetsAdded
            | ChangeKind::AlbumChanged
            | ChangeKind::PeopleChanged
            | ChangeKind::TagsChanged => {}
        }
    }

    /// One message for each asset, with all that its owner may know of it without the PIN.
    async fn tell_assets(&self, members: &[Arc<Member>], change: &Change, are_new: bool) {
        for part in change.assets.chunks(ASSETS_MAX) {
            let Ok(told) = self.look_up(change.owner, part.to_vec()).await else {
                // They have missed something.
                return members.iter().for_each(|member| member.send_away());
            };
            for told in told {
                match told {
                    Told::View(view) => {
                        let event = if are_new { "on_upload_success" } else { "on_asset_update" };
                        if !are_new || !view.card.is_in_trash() {
                            let dto = asset_response(&view, Parts::ALL);
                            members.iter().for_each(|member| member.tell(event, &dto));
                        }
                    }
                    Told::Hidden(id) if !are_new => {
                        let id = id.uuid();
                        members.iter().for_each(|member| member.tell("on_asset_hidden", &id));
                    }
                    Told::Hidden(_) => {}
                }
            }
        }
    }

    async fn look_up(&self, owner: UserId, ids: Vec<AssetId>) -> Result<Vec<Told>, Unavailable> {
        let look = self.state.run(move |library| {
            let views = library.views_for_listeners(owner, &ids);
            let views = views.map_err(crate::Failure::catalog)?;
            let shown = |view: &AssetView| {
                matches!(view.card.visibility, Visibility::Timeline | Visibility::Archive)
            };
            let views: Vec<AssetView> = views.into_iter().filter(shown).collect();
            let seen: BTreeSet<AssetId> = views.iter().map(|view| view.card.id).collect();
            let hidden = ids.into_iter().filter(|id| !seen.contains(id)).map(Told::Hidden);
            Ok(views.into_iter().map(|view| Told::View(Box::new(view))).chain(hidden).collect())
        });
        look.await.map_err(|_| Unavailable)
    }

    /// A user may do something else than before: perhaps nothing at all.
    async fn tell_grants(&self, user: UserId) {
        let members = self.crowd.of(user);
        if !members.is_empty() {
            self.look_again(members).await;
        }
        let is_gone = self.state.run(move |library| {
            let user = library.read(|reader| reader.user(user));
            let user = user.map_err(crate::Failure::catalog)?;
            Ok(user.is_none_or(|user| user.deleted_at.is_some()))
        });
        if is_gone.await.is_ok_and(|is_gone| is_gone) {
            let user = user.uuid();
            self.crowd.everyone().iter().for_each(|member| member.tell("on_user_delete", &user));
        }
    }

    /// Sends away those who are no longer who they were.
    async fn look_again(&self, members: Vec<Arc<Member>>) {
        let credentials = members.iter().map(|member| member.credential.clone()).collect();
        let Ok(viewers) = self.who(credentials).await else {
            // Nobody is told anything whom we cannot vouch for; a client connects again by itself.
            return members.iter().for_each(|member| member.send_away());
        };
        for (member, viewer) in members.into_iter().zip(viewers) {
            if viewer.is_some() {
                continue;
            }
            let Some(session) = member.session else {
                member.send_away();
                continue;
            };
            if !member.mute() {
                // Its goodbye is on the way.
                continue;
            }
            tokio::spawn(async move {
                tokio::time::sleep(GOODBYE_AFTER).await;
                member.dismiss("on_session_delete", &session.uuid());
            });
        }
    }
}
