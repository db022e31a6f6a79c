//! The web socket, spoken by hand: what is told, to whom, and who is not let in.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use http::{Method, StatusCode};
use kalends_catalog::{Partner, User};
use kalends_library::{Device, NewUser};
use kalends_model::{Credential, PersonId, UserId, Visibility};
use kalends_test_support::ids;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::app::{App, EMAIL, PASSWORD};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client that speaks the few frames of the protocol.
struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    async fn open(address: SocketAddr, headers: &[(&str, &str)]) -> Result<Self, Error> {
        let url = format!("ws://{address}/api/socket.io/?EIO=4&transport=websocket");
        let mut request = url.into_client_request()?;
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let (socket, _) = connect_async(request).await?;
        let mut client = Self(socket);
        assert!(client.frame().await.unwrap().starts_with("0{"), "the transport opens");
        client.say("40").await;
        assert!(client.frame().await.unwrap().starts_with("40{"), "the namespace opens");
        Ok(client)
    }

    /// One that has been let in.
    async fn welcome(address: SocketAddr, headers: &[(&str, &str)]) -> Self {
        let mut client = Self::open(address, headers).await.unwrap();
        let version = json!({"major": 2, "minor": 7, "patch": 5});
        assert_eq!(client.event().await, ("on_server_version".to_owned(), vec![version]));
        client
    }

    async fn say(&mut self, frame: &str) {
        self.0.send(Message::text(frame)).await.unwrap();
    }

    /// The next frame; `None` when the server has hung up.
    async fn frame(&mut self) -> Option<String> {
        let frame = tokio::time::timeout(PATIENCE, self.any_frame()).await;
        frame.expect("something should happen")
    }

    async fn any_frame(&mut self) -> Option<String> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) if text.as_str() == "2" => self.say("3").await,
                Some(Ok(Message::Text(text))) => return Some(text.to_string()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next event and its arguments.
    async fn event(&mut self) -> (String, Vec<Value>) {
        let frame = self.frame().await.expect("the socket is open");
        let list = frame.strip_prefix("42").unwrap_or_else(|| panic!("{frame} is no event"));
        let mut list: Vec<Value> = serde_json::from_str(list).unwrap();
        let name = list.remove(0).as_str().unwrap().to_owned();
        (name, list)
    }

    /// The refusal of one that is not let in.
    async fn refusal(mut self) -> Value {
        let (name, mut reason) = self.event().await;
        assert_eq!(name, "error");
        assert_eq!(self.frame().await.as_deref(), Some("41"), "it is disconnected");
        reason.remove(0)
    }
}

async fn served(app: &App) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = app.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn token(app: &App) -> String {
    app.library.log_in(EMAIL, PASSWORD, &Device::default()).unwrap().token
}

fn another_user(app: &App) -> (User, String) {
    let new = NewUser { email: "ben@b.example", name: "Ben", password: PASSWORD, is_admin: false };
    app.library.create_user(new).unwrap();
    let login = app.library.log_in("ben@b.example", PASSWORD, &Device::default()).unwrap();
    (login.user, login.token)
}

fn told(name: &str, payload: Value) -> (String, Vec<Value>) {
    (name.to_owned(), vec![payload])
}

#[tokio::test]
async fn a_socket_hears_what_happens_to_its_users_assets() {
    let app = App::new();
    let address = served(&app).await;
    let cookie = format!("immich_access_token={}", token(&app));
    let mut client = Client::welcome(address, &[("cookie", &cookie)]).await;
    let (anna, library) = (app.user, &app.library);
    let (asset, id) = (ids::asset(1), ids::asset(1).uuid().to_string());

    library.write(|w| w.set_favorite(anna, &[asset], true)).unwrap();
    let (name, payload) = client.event().await;
    assert_eq!((name.as_str(), &payload[0]["id"]), ("on_asset_update", &json!(id)));
    assert_eq!(payload[0]["isFavorite"], true);
    assert_eq!(payload[0]["ownerId"], anna.uuid().to_string());

    library.write(|w| w.trash(anna, &[asset])).unwrap();
    assert_eq!(client.event().await, told("on_asset_trash", json!([id])));
    library.write(|w| w.restore(anna, &[asset])).unwrap();
    assert_eq!(client.event().await, told("on_asset_restore", json!([id])));

    library.write(|w| w.set_pictures(anna, &[(asset, Some(&[7; 25]))])).unwrap();
    let (name, payload) = client.event().await;
    assert_eq!((name.as_str(), &payload[0]["id"]), ("on_upload_success", &json!(id)));
    assert!(payload[0]["thumbhash"].is_string());

    let person = PersonId::from_random([4; 16]);
    library.announce_person_picture(anna, person);
    assert_eq!(client.event().await, told("on_person_thumbnail", json!(person.uuid())));

    let stack = kalends_model::StackId::from_random([5; 16]);
    library.write(|w| w.create_stack(anna, stack, &[asset, ids::asset(2)])).unwrap();
    let (name, payload) = client.event().await;
    assert_eq!(name, "on_asset_stack_update");
    assert!(payload.iter().all(Value::is_null), "{payload:?}");
}

#[tokio::test]
async fn what_goes_into_the_locked_folder_is_named_and_not_described() {
    let app = App::new();
    let address = served(&app).await;
    let key = app.key(&["all"]);
    let mut client = Client::welcome(address, &[("x-api-key", &key)]).await;
    let (asset, id) = (ids::asset(1), ids::asset(1).uuid().to_string());
    app.library.write(|w| w.set_visibility(app.user, &[asset], Visibility::Locked)).unwrap();
    assert_eq!(client.event().await, told("on_asset_hidden", json!(id)));
    app.library.write(|w| w.delete_assets(app.user, &[asset])).unwrap();
    assert_eq!(client.event().await, told("on_asset_delete", json!(id)));
}

#[tokio::test]
async fn nobody_hears_of_others_not_even_partners() {
    let app = App::new();
    let address = served(&app).await;
    let (ben, token) = another_user(&app);
    app.library
        .write(|w| {
            let (shared_by, shared_with) = (app.user, ben.id);
            w.set_partner(Partner { shared_by, shared_with, in_timeline: true })
        })
        .unwrap();
    let bearer = format!("Bearer {token}");
    let mut client = Client::welcome(address, &[("authorization", &bearer)]).await;
    app.library.write(|w| w.trash(app.user, &[ids::asset(1)])).unwrap();
    app.library.announce_person_picture(app.user, PersonId::from_random([4; 16]));
    // What comes first is Ben's own.
    let own = PersonId::from_random([6; 16]);
    app.library.announce_person_picture(ben.id, own);
    assert_eq!(client.event().await, told("on_person_thumbnail", json!(own.uuid())));
}

#[tokio::test]
async fn only_users_with_all_permissions_are_let_in() {
    let app = App::new();
    let address = served(&app).await;
    let weak = app.key(&["asset.read"]);
    for headers in [
        vec![],
        vec![("authorization", "Bearer nothing")],
        vec![("cookie", "immich_access_token=nothing")],
        vec![("x-api-key", weak.as_str())],
        vec![("x-immich-share-key", "nothing")],
    ] {
        let client = Client::open(address, &headers).await.unwrap();
        assert_eq!(client.refusal().await, "unauthorized", "{headers:?}");
    }
    let polling = "/api/socket.io/?EIO=4&transport=polling";
    assert_eq!(app.ask(Method::GET, polling, &[], "").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_ended_session_is_told_and_closed_and_others_stay() {
    let app = App::new();
    let address = served(&app).await;
    let (ended, stays) = (token(&app), token(&app));
    let bearer = |token: &str| format!("Bearer {token}");
    let mut first = Client::welcome(address, &[("authorization", &bearer(&ended))]).await;
    let mut second = Client::welcome(address, &[("authorization", &bearer(&stays))]).await;
    let viewer = app.library.authenticate(&Credential::SessionToken(ended)).unwrap();
    let kalends_library::Viewer::Session { session, .. } = viewer else { panic!("{viewer:?}") };
    app.library.log_out(&viewer).unwrap();
    app.library.write(|w| w.trash(app.user, &[ids::asset(1)])).unwrap();
    // Not the trash, which happened after its end.
    assert_eq!(first.event().await, told("on_session_delete", json!(session.uuid())));
    assert_eq!(first.frame().await.as_deref(), Some("41"));
    assert_eq!(second.event().await.0, "on_asset_trash");
    // Coming back with the same token is of no use.
    first.say("40").await;
    assert!(first.frame().await.unwrap().starts_with("40{"));
    assert_eq!(first.refusal().await, "unauthorized");
}

#[tokio::test]
async fn a_deleted_user_is_told_to_everybody_and_sent_away() {
    let app = App::new();
    let address = served(&app).await;
    let (ben, bens) = another_user(&app);
    let bearer = |token: &str| format!("Bearer {token}");
    let mut anna = Client::welcome(address, &[("authorization", &bearer(&token(&app)))]).await;
    let mut gone = Client::welcome(address, &[("authorization", &bearer(&bens))]).await;
    app.library.write(|w| w.set_user_deleted(ben.id, Some(1))).unwrap();
    assert_eq!(anna.event().await, told("on_user_delete", json!(ben.id.uuid())));
    assert_eq!(gone.event().await.0, "on_session_delete");
    assert_eq!(gone.frame().await.as_deref(), Some("41"));
}

#[tokio::test]
async fn a_page_of_another_site_cannot_use_this_browsers_cookie() {
    let app = App::new();
    let address = served(&app).await;
    let cookie = format!("immich_access_token={}", token(&app));
    let of = |origin| vec![("cookie", cookie.as_str()), ("origin", origin)];
    let refused = Client::open(address, &of("https://evil.example")).await.err();
    match refused {
        Some(Error::Http(response)) => assert_eq!(response.status(), StatusCode::FORBIDDEN),
        other => panic!("it should be refused, but: {other:?}"),
    }
    let own = format!("http://{address}");
    Client::welcome(address, &of(&own)).await;
}

#[tokio::test]
async fn messages_and_sockets_are_bounded() {
    let app = App::new();
    let address = served(&app).await;
    let key = app.key(&["all"]);
    let headers = [("x-api-key", key.as_str())];
    let mut loud = Client::welcome(address, &headers).await;
    let _ = loud.0.send(Message::text(format!("42[\"{}\"]", "a".repeat(1_000_000)))).await;
    assert_eq!(loud.frame().await, None, "it hangs up");

    let mut clients = Vec::new();
    for _ in 0..64 {
        clients.push(Client::welcome(address, &headers).await);
    }
    let one_more = Client::open(address, &headers).await.unwrap();
    assert_eq!(one_more.refusal().await, "too many connections");
    // Another user has room, and so has this one when a socket is closed.
    let bearer = format!("Bearer {}", another_user(&app).1);
    Client::welcome(address, &[("authorization", &bearer)]).await;
}

#[tokio::test]
async fn messages_that_mean_nothing_do_no_harm() {
    let app = App::new();
    let address = served(&app).await;
    let key = app.key(&["all"]);
    for frame in ["42[\"on_asset_trash\",[]]", "42[1]", "42{", "40", "5", "", "451-[\"a\"]", "4é"]
    {
        let mut client = Client::welcome(address, &[("x-api-key", &key)]).await;
        client.say(frame).await;
    }
    let mut client = Client::welcome(address, &[("x-api-key", &key)]).await;
    let nobody = UserId::from_random([9; 16]);
    app.library.announce_person_picture(nobody, PersonId::from_random([4; 16]));
    app.library.write(|w| w.trash(app.user, &[ids::asset(1)])).unwrap();
    assert_eq!(client.event().await.0, "on_asset_trash");
}
