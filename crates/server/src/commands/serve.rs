//! `kalends serve`: the library behind an address, until Ctrl-C.

use std::future::IntoFuture as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, bail};
use kalends_http_kit::Site;
use kalends_library::Library;
use kalends_library::uploads::Tidied;
use kalends_model::UserId;

use super::first_user::{FirstUser, add_folders, first_user};
use super::progress::scan_with_bar;
use crate::cli::{ListenArgs, ServeArgs};
use crate::data_folder::{OwnedFolder, Ownership, serve_folder};
use crate::web::WebClient;
use crate::{app, control, memory, metrics};

/// How long open requests may take to finish once the server is told to stop.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);

/// How often what has come to its end is looked for: deleted users, expired sessions.
const HOUSEKEEPING_INTERVAL: std::time::Duration = std::time::Duration::from_secs(60 * 60);

/// Serves folders of pictures.
pub(crate) fn run(args: ServeArgs) -> anyhow::Result<()> {
    if args.open && !args.listen.listen.ip().is_loopback() {
        bail!(
            "--open answers everybody who can reach the address, so it is refused on {}; use a loopback address such as 127.0.0.1:2283",
            args.listen.listen
        );
    }
    let data = serve_folder(args.data.data.clone())?;
    let folder = own(&data)?;
    let library = super::open_library(folder.path())?;
    let (user, lines) = match first_user(&library, &args)? {
        FirstUser::There(user) => {
            add_folders(&library, user, &args.folders)?;
            (Some(user), String::new())
        }
        FirstUser::Awaited(_) if args.open => bail!(
            "--open answers as the first user, and there is none yet: start without it and sign up"
        ),
        FirstUser::Awaited(lines) => (None, lines),
    };
    let open_for = user.filter(|_| args.open);
    serve(&library, folder.path(), &args.listen, open_for, |address| {
        print!("{lines}");
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

/// Listens, answers until the process is told to stop, and leaves everything in order. `started`
/// is called with the address once the server answers.
pub(crate) fn serve(
    library: &Arc<Library>,
    data: &Path,
    listen: &ListenArgs,
    open_for: Option<UserId>,
    started: impl FnOnce(SocketAddr),
) -> anyhow::Result<()> {
    let web = listen.web.as_deref().map(WebClient::open).transpose()?;
    let served_version = kalends_api_immich::IMITATED_VERSION.to_string();
    library.note_served_version(&served_version).context("note which API is served")?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("start the asynchronous runtime")?;
    let stop = Arc::new(AtomicBool::new(false));
    prepare_work(library)?;
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
        let site = Site {
            proxies: listen.trusted_proxy.clone(),
            external_url: listen.external_url.clone(),
        };
        let router = app::router(Arc::clone(library), open_for, site, metrics, web.as_ref());
        tokio::spawn(keep_house(Arc::clone(library)));
        tokio::spawn(memory::give_back());
        load_in_background(library);
        work_in_background(library, &stop);
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
    // Workers end after the job at hand; one that is left in the middle is done again.
    stop.store(true, Ordering::Release);
    library.wake_workers();
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

/// Puts in order what a stop has left: files on their way in, and jobs that were begun.
fn prepare_work(library: &Library) -> anyhow::Result<()> {
    let tidied = library.tidy_uploads().context("put the uploads in order")?;
    if tidied != Tidied::default() {
        tracing::info!(tidied.placed, tidied.removed, "unfinished uploads were put in order");
    }
    library.take_over_jobs().context("take the jobs over")
}

/// Starts as many workers as there are cores: they make the pictures of uploads and remove what is
/// purged.
fn work_in_background(library: &Arc<Library>, stop: &Arc<AtomicBool>) {
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    for _ in 0..workers {
        let (library, stop) = (Arc::clone(library), Arc::clone(stop));
        spawn("worker", move || library.run_worker(&stop));
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

/// Removes for good what has come to its end, now and then.
async fn keep_house(library: Arc<Library>) {
    let mut interval = tokio::time::interval(HOUSEKEEPING_INTERVAL);
    loop {
        interval.tick().await;
        let library = Arc::clone(&library);
        let round = tokio::task::spawn_blocking(move || {
            library.forget_expired_sessions()?;
            library.remove_deleted_users()
        });
        if let Ok(Err(error)) = round.await {
            tracing::error!(%error, "what has come to its end is looked for again in an hour");
        }
    }
}

pub(super) fn scan_in_background(library: &Arc<Library>) {
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

pub(super) fn spawn(name: &'static str, work: impl FnOnce() + Send + 'static) {
    if let Err(error) = std::thread::Builder::new().name(name.to_owned()).spawn(work) {
        tracing::error!(%error, name, "cannot start a thread");
    }
}
