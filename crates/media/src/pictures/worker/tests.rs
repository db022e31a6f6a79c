//! Workers that answer, hang, end and eat memory. The child is this test binary itself, told by an
//! environment variable which of these to do. The test harness writes to standard output, so a
//! shell moves the worker's pipe to descriptor 3 first.

use std::io::stdin;
use std::time::Duration;

use super::*;
use crate::pictures::tests::samples;

const ROLE: &str = "KALENDS_TEST_WORKER_ROLE";
const PATIENCE: Duration = Duration::from_secs(60);

/// Not a test by itself: what a child does when it has been given a role.
#[test]
fn play_the_role_of_a_worker() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let output = std::fs::File::options().write(true).open("/dev/fd/3").unwrap();
    match role.as_str() {
        "work" => run_worker(stdin().lock(), output).unwrap(),
        "hang" => loop {
            std::thread::park();
        },
        "end" => {}
        "hog" => {
            confine(&Limits { memory_bytes_max: 0, ..Limits::default() }).unwrap();
            let hoard = vec![1u8; ADDRESS_SPACE_SLACK_BYTES as usize];
            run_worker(stdin().lock(), output).unwrap();
            drop(hoard);
        }
        other => panic!("no role {other}"),
    }
    std::process::exit(0);
}

fn command(role: &'static str) -> impl Fn() -> Command + Send + Sync {
    move || {
        let mut command = Command::new("sh");
        command
            .args(["-c", "exec \"$@\" 3>&1 >/dev/null", "sh"])
            .arg(std::env::current_exe().expect("a running test has a file"))
            .args(["pictures::worker::tests::play_the_role_of_a_worker", "--exact", "--nocapture"])
            .env(ROLE, role);
        command
    }
}

#[test]
fn a_worker_answers_as_this_process_would() {
    let pool = WorkerPool::new(command("work"), 2, PATIENCE);
    let limits = Limits::default();
    let gif = samples::gif(300, 200);
    let broken = &gif[..20];
    for _ in 0..3 {
        assert_eq!(pool.make_pictures(&gif, 6, &limits), make_pictures(&gif, 6, &limits));
        assert_eq!(pool.make_pictures(broken, 1, &limits), make_pictures(broken, 1, &limits));
    }
    assert_eq!(pool.crew().count, 1, "one process answered everything");
}

#[test]
fn a_worker_that_hangs_is_killed() {
    let pool = WorkerPool::new(command("hang"), 1, Duration::from_millis(50));
    let answer = pool.make_pictures(&samples::gif(8, 8), 1, &Limits::default());
    assert_eq!(answer, Err(PictureError::Timeout(Duration::from_millis(50))));
    assert_eq!(pool.crew().count, 0);
}

#[test]
fn a_worker_that_does_not_read_is_killed_while_it_is_written_to() {
    let mut worker = Worker::spawn(&mut command("hang")()).unwrap();
    let more_than_a_pipe_holds = vec![0; 4 << 20];
    let timeout = Duration::from_millis(50);
    let answer = worker.make_pictures(&more_than_a_pipe_holds, 1, &Limits::default(), timeout);
    assert_eq!(answer, Err(PictureError::Timeout(timeout)));
}

#[test]
fn a_worker_that_ends_is_an_error_and_makes_room_for_the_next() {
    for role in ["end", "hog"] {
        let pool = WorkerPool::new(command(role), 1, PATIENCE);
        for _ in 0..2 {
            let answer = pool.make_pictures(&samples::gif(8, 8), 1, &Limits::default());
            assert!(matches!(answer, Err(PictureError::Worker(_))), "{role}: {answer:?}");
        }
    }
}

#[test]
fn a_command_that_does_not_exist_is_an_error() {
    let pool = WorkerPool::new(|| Command::new("/nonexistent/kalends"), 1, PATIENCE);
    for _ in 0..2 {
        let answer = pool.make_pictures(&samples::gif(8, 8), 1, &Limits::default());
        assert!(matches!(answer, Err(PictureError::Worker(_))), "{answer:?}");
    }
}

#[test]
fn a_worker_that_ended_while_idle_is_replaced() {
    let pool = WorkerPool::new(command("work"), 1, PATIENCE);
    let gif = samples::gif(8, 8);
    pool.make_pictures(&gif, 1, &Limits::default()).unwrap();
    {
        let mut crew = pool.crew();
        crew.idle[0].child.kill().unwrap();
        crew.idle[0].child.wait().unwrap();
    }
    pool.make_pictures(&gif, 1, &Limits::default()).unwrap();
}

#[test]
fn many_threads_share_few_workers() {
    let pool = WorkerPool::new(command("work"), 2, PATIENCE);
    let gif = samples::gif(64, 48);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| pool.make_pictures(&gif, 1, &Limits::default()).unwrap());
        }
    });
    assert!(pool.crew().count <= 2);
}
