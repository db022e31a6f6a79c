//! `kalends serve`: the library behind an address, until Ctrl-C.

use std::future::IntoFuture as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use kalends_library::{Library, NewUser};
use kalends_model::UserId;

use super::progress::scan_with_bar;
use crate::cli::{ListenArgs, ServeArgs};
use crate::data_folder::{OwnedFolder, Ownership, serve_folder};
use crate::web::Site;
use crate::{app, control, metrics};

/// How long open requests may take to finish once the server is told to stop.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);

/// The address of the first user.
const FIRST_EMAIL: &str = "admin@localhost";

/// Serves folders of pictures.
pub(crate) fn run(args: ServeArgs) -> anyhow::Result<()> {
    if args.open && !args.listen.listen.ip().is_loopback() {
        bail!(
            "--open answers everybody who can reach the address, so it is refused on {}; use a loopback address such as 127.0.0.1:2283",
            args.listen.listen
        );
    }
    let data = serve_folder(args.data.data)?;
    let folder = own(&data)?;
    let library = super::open_library(folder.path())?;
    let user = first_user(&library)?;
    for path in &args.folders {
        library.add_folder(user, path)?;
    }
    let open_for = args.open.then_some(user);
    serve(&library, folder.path(), &args.listen, open_for, |address| {
        println!("Kalends serves on http://{address}  (stop with Ctrl-C)");
        scan_in_background(&library);
    })
}

/// Takes the data folder, or says who has it.
pub(crate) fn own(data: &Path) -> anyhow::Result<OwnedFolder> {
    match OwnedFolder::take(data)? {
        Ownership::Ours(folder) => Ok(folder),
        Ownership::Taken => bail!(
            "a server owns {} already; stop it first, or choose another folder with --data",
            data.display()
        ),
    }
}

/// The first user. On an empty data folder it is made here, and its login and key are printed,
/// once.
fn first_user(library: &Library) -> anyhow::Result<UserId> {
    if let Some(user) = library.users()?.first() {
        return Ok(user.id);
    }
    let password = library.random_password();
    let new = NewUser { email: FIRST_EMAIL, name: "Admin", password: &password, is_admin: true };
    let user = library.create_user(new)?;
    let key = library.create_api_key(FIRST_EMAIL, "first key", &["all".to_owned()])?;
    println!("The first user was made. This is shown once:");
    println!("  login     {FIRST_EMAIL}");
    println!("  password  {password}");
    println!("  API key   {key}");
    Ok(user)
}

/// Listens, answers until the process is told to stop, and leaves everything in order. `started`
/// is called with the address once the server answers.
pub(crate) fn serve(
    library: &Arc<Library>,
    data: &Path,
    listen: &ListenArgs,
    open_for: Option<UserId>,
    started: impl FnOnce(SocketAddr),
) -> anyhow::Result<()> {
    let site = listen.web.as_deref().map(Site::open).transpose()?;
    let served_version = kalends_api_immich::IMITATED_VERSION.to_string();
    library.note_served_version(&served_version).context("note which API is served")?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("start the asynchronous runtime")?;
    let served = runtime.block_on(async {
        let metrics = Arc::new(metrics::Metrics::new());
        let listener = tokio::net::TcpListener::bind(listen.listen).await.with_context(|| {
            format!(
                "listen on {}; is something else using it? Choose another with --listen",
                listen.listen
            )
        })?;
        let address = listener.local_addr().context("find the address listened on")?;
        if let Some(metrics_address) = listen.metrics {
            metrics::serve(metrics_address, Arc::clone(&metrics), Arc::clone(library)).await?;
        }
        control::listen(data, Arc::clone(library))?;
        let router = app::router(Arc::clone(library), open_for, metrics, site.as_ref());
        load_in_background(library);
        started(address);
        let make_service = router.into_make_service_with_connect_info::<SocketAddr>();
        let (stopping, told) = tokio::sync::oneshot::channel();
        let server = axum::serve(listener, make_service).with_graceful_shutdown(async {
            told_to_stop().await;
            // The receiver lives as long as this future.
            let _ = stopping.send(());
        });
        tokio::select! {
            served = server.into_future() => served.context("serve"),
            () = patience_ends(told) => Ok(()),
        }
    });
    // A scan that still runs is left where it is: each of its batches is whole.
    runtime.shutdown_background();
    library.keep_shelves();
    served?;
    println!("Stopped.");
    Ok(())
}

/// Some time after the server was told to stop, or when it is told again: a client that never
/// finishes its request cannot keep the server from stopping.
async fn patience_ends(told: tokio::sync::oneshot::Receiver<()>) {
    if told.await.is_err() {
        // The server has ended by itself.
        std::future::pending::<()>().await;
    }
    tokio::select! {
        () = tokio::time::sleep(PATIENCE) => {}
        () = told_to_stop() => {}
    }
}

/// Ctrl-C, or the signal that service managers send.
async fn told_to_stop() {
    let ctrl_c = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "cannot wait for Ctrl-C");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = ctrl_c => {}
        () = terminate => {}
    }
}

fn load_in_background(library: &Arc<Library>) {
    let library = Arc::clone(library);
    spawn("load", move || {
        if let Err(error) = library.load_shelves() {
            tracing::error!(%error, "the timeline cannot be loaded; questions will try again");
        }
    });
}

fn scan_in_background(library: &Arc<Library>) {
    let library = Arc::clone(library);
    spawn("scan", move || match scan_with_bar(&library) {
        Ok(reports) => {
            for report in reports {
                println!("{}", super::scan::line(&report));
            }
            library.keep_shelves();
        }
        Err(error) => tracing::error!(%error, "the scan stopped; run `kalends scan` to try again"),
    });
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    if let Err(error) = std::thread::Builder::new().name(name.to_owned()).spawn(work) {
        tracing::error!(%error, name, "cannot start a thread");
    }
}
