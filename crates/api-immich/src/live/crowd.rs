//! Who is connected now.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kalends_library::Viewer;
use kalends_model::{Credential, SessionId, UserId};
use serde::Serialize;
use socketioxide::extract::SocketRef;
use socketioxide::socket::Sid;
use socketioxide::{SendError, SocketError};

/// The most sockets that one user may have open.
const SOCKETS_MAX: usize = 64;

/// A socket that has been let in.
pub(super) struct Member {
    socket: SocketRef,
    pub(super) user: UserId,
    /// The session it was let in by, when it was by one.
    pub(super) session: Option<SessionId>,
    /// What it was let in by. It is looked at again from time to time.
    pub(super) credential: Credential,
    /// It may not listen any more, and waits to be dismissed.
    is_muted: AtomicBool,
    /// It has missed something. Its socket is closed as soon as there is room to say so.
    is_behind: AtomicBool,
}

impl Member {
    pub(super) fn new(socket: SocketRef, viewer: &Viewer, credential: Credential) -> Self {
        let session = match viewer {
            Viewer::Session { session, .. } => Some(*session),
            _ => None,
        };
        let (is_muted, is_behind) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { socket, user: viewer.user(), session, credential, is_muted, is_behind }
    }

    /// Tells the client something. One that is too slow to be told is sent away.
    pub(super) fn tell(&self, event: &str, payload: &(impl Serialize + ?Sized)) {
        if self.is_behind.load(Ordering::Relaxed) {
            return self.send_away();
        }
        if self.is_muted.load(Ordering::Relaxed) {
            return;
        }
        match self.socket.emit(event, payload) {
            Ok(()) | Err(SendError::Socket(SocketError::Closed)) => {}
            Err(error) => {
                tracing::debug!(%error, event, "a web socket is closed");
                self.send_away();
            }
        }
    }

    /// Stops telling, from now on. False when that was so already.
    pub(super) fn mute(&self) -> bool {
        !self.is_muted.swap(true, Ordering::Relaxed)
    }

    /// The last words to a client, also to one that was muted, and goodbye.
    pub(super) fn dismiss(&self, event: &str, payload: &(impl Serialize + ?Sized)) {
        // This fails only when the client has gone, or is too slow to care.
        let _ = self.socket.emit(event, payload);
        self.send_away();
    }

    /// Closes the socket. While its queue is full that fails; it is tried again with the next event.
    pub(super) fn send_away(&self) {
        self.is_behind.store(true, Ordering::Relaxed);
        let _ = self.socket.clone().disconnect();
    }
}

/// The members, by user.
#[derive(Default)]
pub(super) struct Crowd(Mutex<Present>);

#[derive(Default)]
struct Present {
    members: HashMap<UserId, Vec<Arc<Member>>>,
    /// Whether a pump runs that tells them what happens.
    has_pump: bool,
}

impl Crowd {
    /// Adds a member, and calls `start_pump` when there is none. False when its user has too many
    /// sockets open.
    pub(super) fn enter(&self, member: &Arc<Member>, start_pump: impl FnOnce()) -> bool {
        let mut present = self.lock();
        let own = present.members.entry(member.user).or_default();
        if own.len() >= SOCKETS_MAX {
            return false;
        }
        own.push(Arc::clone(member));
        if !present.has_pump {
            present.has_pump = true;
            start_pump();
        }
        true
    }

    /// Takes a socket off the list.
    pub(super) fn leave(&self, socket: Sid) {
        let mut present = self.lock();
        present.members.retain(|_, own| {
            own.retain(|member| member.socket.id != socket);
            !own.is_empty()
        });
    }

    /// The sockets of one user.
    pub(super) fn of(&self, user: UserId) -> Vec<Arc<Member>> {
        self.lock().members.get(&user).cloned().unwrap_or_default()
    }

    /// All sockets.
    pub(super) fn everyone(&self) -> Vec<Arc<Member>> {
        self.lock().members.values().flatten().cloned().collect()
    }

    /// Lets the pump end when there is nobody to tell anything.
    pub(super) fn dismiss_pump(&self) -> bool {
        let mut present = self.lock();
        present.has_pump = !present.members.is_empty();
        !present.has_pump
    }

    /// The pump has broken off.
    pub(super) fn lose_pump(&self) {
        self.lock().has_pump = false;
    }

    fn lock(&self) -> MutexGuard<'_, Present> {
        // Each change of it is whole when it is made.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
