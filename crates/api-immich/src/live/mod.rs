//! Live events over Socket.IO: what happened to a user's assets, told to that user's open windows
//! (contract immich §D2.8).
//!
//! A socket is let in once, by the headers of its handshake ([`handshake`]), and is one of its
//! user's members of the [`crowd`] from then on. While there are members, one task, the [`pump`],
//! listens to the library and tells each event to the members whom it concerns: the owner's alone.
//! Partners and members of albums hear nothing of each other. Whoever can no longer show that they
//! are who they were is sent away; so is a client that reads too slowly, because it has missed
//! something and must ask afresh.

mod crowd;
mod handshake;
mod pump;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use kalends_library::Viewer;
use kalends_model::Credential;
use socketioxide::extract::SocketRef;
use socketioxide::{SocketIo, TransportType};

use self::crowd::{Crowd, Member};
use crate::entry::Entry;
use crate::state::ImmichState;
use crate::to_wire::IMITATED_VERSION;

/// Where sockets are opened.
const PATH: &str = "/api/socket.io";

/// The longest message that a client may send. None of them has anything to say.
const MESSAGE_BYTES_MAX: usize = 16 * 1_024;

/// So many messages may wait for a slow client, of about 3 KB each.
const WAITING_MAX: usize = 1_024;

/// How long a client that has connected may take to say what it wants.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);

/// The sockets of this server.
struct Live {
    state: ImmichState,
    crowd: Crowd,
}

/// The address of the web socket, outside of the routes: it speaks another protocol and is no part
/// of the OpenAPI document.
pub fn socket_routes(state: ImmichState) -> Router {
    let (service, io) = SocketIo::builder()
        .req_path(PATH)
        .transports([TransportType::Websocket])
        .max_payload(MESSAGE_BYTES_MAX as u64)
        .ws_max_message_size(MESSAGE_BYTES_MAX)
        .ws_max_frame_size(MESSAGE_BYTES_MAX)
        .max_buffer_size(WAITING_MAX)
        .connect_timeout(CONNECT_TIME_MAX)
        .build_svc();
    let live = Arc::new(Live { state: state.clone(), crowd: Crowd::default() });
    io.ns("/", move |socket: SocketRef| Arc::clone(&live).welcome(socket));
    Router::new()
        .route_service(PATH, service.clone())
        .route_service(&format!("{PATH}/"), service)
        .layer(from_fn_with_state(state, handshake::refuse_other_sites))
}

impl Live {
    /// Lets a socket in or sends it away.
    async fn welcome(self: Arc<Self>, socket: SocketRef) {
        let live = Arc::clone(&self);
        socket.on_disconnect(async move |socket: SocketRef| live.crowd.leave(socket.id));
        let credential = handshake::credential(socket.req_parts());
        let known = match credential {
            None => Ok(None),
            Some(credential) => {
                let viewers = self.who(vec![credential.clone()]).await;
                viewers.map(|viewers| viewers.into_iter().flatten().next().zip(Some(credential)))
            }
        };
        let (viewer, credential) = match known {
            Ok(Some(known)) => known,
            Ok(None) => return refuse(socket, "unauthorized"),
            Err(Unavailable) => return refuse(socket, "unavailable"),
        };
        let member = Arc::new(Member::new(socket.clone(), &viewer, credential));
        let entered = self.crowd.enter(&member, || {
            let listener = self.state.library.listen();
            tokio::spawn(pump::run(Arc::clone(&self), listener));
        });
        if !entered {
            return refuse(socket, "too many connections");
        }
        member.tell("on_server_version", &IMITATED_VERSION);
        if !socket.connected() {
            // It left before it was let in, so nobody else will take it off the list.
            self.crowd.leave(socket.id);
        }
    }

    /// Whom each credential makes its holder; `None` for those who may not listen. Listening is no use
    /// of a session: an open window alone must not keep the locked folder open.
    async fn who(&self, credentials: Vec<Credential>) -> Result<Vec<Option<Viewer>>, Unavailable> {
        let look = self.state.run(move |library| {
            let viewer = |credential| library.recognise(credential).ok();
            let may_listen = |viewer: &Viewer| Entry::all().admit(viewer, false).is_ok();
            Ok(credentials.iter().map(|credential| viewer(credential).filter(may_listen)).collect())
        });
        look.await.map_err(|_| Unavailable)
    }
}

/// The server cannot say now.
struct Unavailable;

/// Says why, and goodbye.
fn refuse(socket: SocketRef, reason: &str) {
    // Either fails only when the client has gone.
    let _ = socket.emit("error", reason);
    let _ = socket.disconnect();
}
