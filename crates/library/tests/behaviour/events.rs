//! What listeners are told of writes.

use kalends_library::events::{Event, Heard, Listener};
use kalends_library::{Device, Viewer};
use kalends_model::{AssetId, ChangeKind};

use super::app::{App, PASSWORD, photo};

async fn events(listener: &mut Listener) -> Vec<Event> {
    match listener.next().await {
        Heard::Events(events) => events.to_vec(),
        other => panic!("there should be events, but: {other:?}"),
    }
}

async fn next_change(listener: &mut Listener) -> (ChangeKind, Vec<AssetId>) {
    loop {
        if let Some(Event::Assets(change)) = events(listener).await.into_iter().next() {
            return (change.kind, change.assets);
        }
    }
}

#[tokio::test]
async fn a_new_photo_is_told_twice_when_it_is_known_and_when_it_can_be_seen() {
    let app = App::new();
    app.write("a.jpg", photo(2024, 5, 1).to_bytes());
    let mut listener = app.library.listen();
    app.scan();
    let asset = app.asset("a.jpg");
    assert_eq!(next_change(&mut listener).await, (ChangeKind::AssetsAdded, vec![asset]));
    assert_eq!(next_change(&mut listener).await, (ChangeKind::PicturesMade, vec![asset]));
}

#[tokio::test]
async fn what_is_told_is_shown_already() {
    let app = App::new();
    app.write("a.jpg", photo(2024, 5, 1).to_bytes());
    app.scan();
    let asset = app.asset("a.jpg");
    assert_eq!(app.shown(), 1);
    let mut listener = app.library.listen();
    app.library.write(|writer| writer.trash(app.user, &[asset])).unwrap();
    assert_eq!(next_change(&mut listener).await, (ChangeKind::AssetsTrashed, vec![asset]));
    assert_eq!(app.shown(), 0);
}

#[tokio::test]
async fn the_end_of_a_session_is_told_of_its_user() {
    let app = App::new();
    let login = app.library.log_in("anna@kalends.example", PASSWORD, &Device::default()).unwrap();
    let credential = kalends_model::Credential::SessionToken(login.token);
    let viewer: Viewer = app.library.authenticate(&credential).unwrap();
    let mut listener = app.library.listen();
    app.library.log_out(&viewer).unwrap();
    assert_eq!(events(&mut listener).await, [Event::Grants(app.user)]);
}

#[tokio::test]
async fn another_picture_of_a_person_is_told() {
    let app = App::new();
    let person = kalends_model::PersonId::from_bytes([5; 16]);
    let mut listener = app.library.listen();
    app.library.announce_person_picture(app.user, person);
    let told = Event::PersonPicture { owner: app.user, person };
    assert_eq!(events(&mut listener).await, [told]);
}
