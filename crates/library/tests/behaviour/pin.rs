//! The PIN: set, shown, changed, forgotten, and guessed at.

use kalends_library::{Clock as _, Device, PinError, Proof, Viewer};
use kalends_model::Credential;

use crate::app::{App, PASSWORD};

const MINUTE: i64 = 60_000_000;

fn with_pin(pin: &str) -> Proof<'_> {
    Proof { pin: Some(pin), password: None }
}

fn with_password(password: &str) -> Proof<'_> {
    Proof { pin: None, password: Some(password) }
}

struct Signed {
    app: App,
    token: String,
}

impl Signed {
    fn new() -> Self {
        let app = App::new();
        let login = app.library.log_in("anna@kalends.example", PASSWORD, &Device::default());
        Self { app, token: login.unwrap().token }
    }

    fn viewer(&self) -> Viewer {
        self.app.library.authenticate(&Credential::Token(self.token.clone())).unwrap()
    }

    fn unlock(&self, proof: Proof<'_>) -> Result<(), PinError> {
        self.app.library.unlock(&self.viewer(), proof, &Device::default())
    }
}

#[test]
fn a_pin_opens_the_locked_folder_for_a_quarter_of_an_hour() {
    let signed = Signed::new();
    let library = &signed.app.library;
    assert!(matches!(signed.unlock(with_pin("123456")), Err(PinError::Missing)));
    library.set_up_pin(&signed.viewer(), "123456").unwrap();
    let again = library.set_up_pin(&signed.viewer(), "654321");
    assert!(matches!(again, Err(PinError::Exists)));
    assert!(matches!(signed.unlock(with_pin("654321")), Err(PinError::WrongPin)));
    assert!(matches!(signed.unlock(with_password("x")), Err(PinError::WrongPassword)));
    assert!(matches!(signed.unlock(Proof::default()), Err(PinError::NoProof)));
    assert!(!signed.viewer().is_elevated());

    signed.unlock(with_pin("123456")).unwrap();
    assert!(signed.viewer().is_elevated());
    let session = library.current_session(&signed.viewer()).unwrap().unwrap();
    assert_eq!(session.elevated_until, Some(signed.app.clock.now_micros() + 15 * MINUTE));
    library.lock(&signed.viewer()).unwrap();
    assert!(!signed.viewer().is_elevated());
    signed.unlock(with_password(PASSWORD)).unwrap();
    assert!(signed.viewer().is_elevated());
    signed.app.clock.set(signed.app.clock.now_micros() + 15 * MINUTE);
    assert!(!signed.viewer().is_elevated());
}

#[test]
fn a_pin_is_changed_and_removed_by_whoever_proves_who_they_are() {
    let signed = Signed::new();
    let (library, device) = (&signed.app.library, Device::default());
    let change = |proof, pin| library.change_pin(&signed.viewer(), proof, pin, &device);
    assert!(matches!(change(with_password(PASSWORD), "111111"), Err(PinError::Missing)));
    library.set_up_pin(&signed.viewer(), "123456").unwrap();
    assert!(matches!(change(with_pin("000000"), "111111"), Err(PinError::WrongPin)));
    assert!(matches!(change(with_password("wrong"), "111111"), Err(PinError::WrongPassword)));
    assert!(matches!(change(Proof::default(), "111111"), Err(PinError::NoProof)));
    change(with_pin("123456"), "111111").unwrap();
    change(with_password(PASSWORD), "222222").unwrap();
    signed.unlock(with_pin("222222")).unwrap();

    let remove = |proof| library.remove_pin(&signed.viewer(), proof, &device);
    assert!(matches!(remove(with_pin("111111")), Err(PinError::WrongPin)));
    assert!(signed.viewer().is_elevated());
    remove(with_pin("222222")).unwrap();
    assert!(!signed.viewer().is_elevated(), "no session stays open without a PIN");
    assert!(!library.secrets_of(signed.app.user).unwrap().has_pin);
    assert!(matches!(remove(with_pin("222222")), Err(PinError::Missing)));
}

#[test]
fn a_pin_is_guessed_at_five_times() {
    let signed = Signed::new();
    signed.app.library.set_up_pin(&signed.viewer(), "123456").unwrap();
    for guess in ["000000", "000001", "000002", "000003", "000004"] {
        assert!(matches!(signed.unlock(with_pin(guess)), Err(PinError::WrongPin)));
    }
    assert!(matches!(signed.unlock(with_pin("123456")), Err(PinError::TooMany(_))));
    signed.unlock(with_password(PASSWORD)).unwrap();
    signed.app.clock.set(signed.app.clock.now_micros() + MINUTE);
    signed.unlock(with_pin("123456")).unwrap();
}

#[test]
fn only_sessions_are_unlocked() {
    let signed = Signed::new();
    let library = &signed.app.library;
    library.set_up_pin(&signed.viewer(), "123456").unwrap();
    let viewer = signed.app.viewer();
    let refused = library.unlock(&viewer, with_pin("123456"), &Device::default());
    assert!(matches!(refused, Err(PinError::NoSession)));
    assert!(matches!(library.lock(&viewer), Err(PinError::NoSession)));
}
