//! Leased jobs.

use kalends_catalog::{Catalog, Leased, NewJob};

use crate::build::{NOW, write};

contract! {
    a_job_with_a_known_key_is_the_same_job
    a_leased_job_is_nobody_elses
    a_lease_that_ran_out_is_leased_again
    leases_are_taken_over_at_once
    a_failed_job_waits_longer_each_time_and_is_put_aside
}

fn job(key: &str, run_at: i64) -> NewJob {
    let (kind, payload) = ("thumbnail".to_owned(), "{}".to_owned());
    NewJob { key: key.to_owned(), kind, payload, run_at }
}

fn lease(catalog: &Catalog, now: i64) -> Vec<Leased> {
    catalog.write(now, &|_| false, |w| w.lease_jobs(2, now + 100)).unwrap().value
}

fn keys(leased: &[Leased]) -> Vec<&str> {
    leased.iter().map(|job| job.key.as_str()).collect()
}

fn a_job_with_a_known_key_is_the_same_job(catalog: &Catalog) {
    assert!(write(catalog, |w| w.enqueue(&job("a", 5))).value);
    assert!(!write(catalog, |w| w.enqueue(&job("a", 6))).value);
    let jobs = catalog.read(|r| r.jobs(9)).unwrap();
    assert_eq!(jobs.len(), 1);
    assert_eq!((jobs[0].run_at, jobs[0].kind.as_str()), (5, "thumbnail"));
}

fn a_leased_job_is_nobody_elses(catalog: &Catalog) {
    for (key, run_at) in [("c", 1), ("b", 2), ("a", 2), ("later", NOW + 1)] {
        write(catalog, |w| w.enqueue(&job(key, run_at)));
    }
    let first = lease(catalog, NOW);
    assert_eq!(keys(&first), ["c", "a"], "the longest due first");
    assert_eq!(keys(&lease(catalog, NOW)), ["b"]);
    assert_eq!(keys(&lease(catalog, NOW)), [""; 0]);
    assert!(write(catalog, |w| w.complete_job(&first[0])).value);
    assert!(!write(catalog, |w| w.complete_job(&first[0])).value);
    assert_eq!(catalog.read(|r| r.jobs(9)).unwrap().len(), 3);
}

fn a_lease_that_ran_out_is_leased_again(catalog: &Catalog) {
    write(catalog, |w| w.enqueue(&job("a", 0)));
    let lost = lease(catalog, NOW).remove(0);
    let taken = lease(catalog, NOW + 100).remove(0);
    assert_eq!((lost.attempt, taken.attempt), (1, 2));
    assert!(!write(catalog, |w| w.complete_job(&lost)).value, "it is another's now");
    assert!(!write(catalog, |w| w.fail_job(&lost, "too late")).value);
    assert!(write(catalog, |w| w.complete_job(&taken)).value);
}

fn leases_are_taken_over_at_once(catalog: &Catalog) {
    let is_due = |now| catalog.read(|r| r.has_due_job(now)).unwrap();
    assert!(!is_due(NOW));
    write(catalog, |w| w.enqueue(&job("a", NOW)));
    assert!(is_due(NOW) && !is_due(NOW - 1));
    let lost = lease(catalog, NOW).remove(0);
    assert!(!is_due(NOW));
    assert_eq!(write(catalog, |w| w.release_jobs()).value, 1);
    assert!(is_due(NOW));
    let taken = lease(catalog, NOW).remove(0);
    assert_eq!((lost.attempt, taken.attempt), (1, 2));
    assert!(!write(catalog, |w| w.complete_job(&lost)).value, "it is another's now");
}

fn a_failed_job_waits_longer_each_time_and_is_put_aside(catalog: &Catalog) {
    write(catalog, |w| w.enqueue(&job("a", 0)));
    let (mut now, mut wait) = (NOW, 0);
    let standing = || catalog.read(|r| r.jobs(9)).unwrap().remove(0);
    while standing().failed_at.is_none() {
        let leased = lease(catalog, now).remove(0);
        catalog.write(now, &|_| false, |w| w.fail_job(&leased, "no disk")).unwrap();
        let job = standing();
        assert!(job.run_at - now > wait, "each wait is longer");
        wait = job.run_at - now;
        assert!(lease(catalog, now).is_empty());
        now = job.run_at;
        assert!(job.attempts < 100, "it ends");
    }
    assert!(lease(catalog, i64::MAX - 1_000).is_empty());
    assert_eq!(standing().last_error.as_deref(), Some("no disk"));
    assert!(write(catalog, |w| w.retry_job("a")).value);
    assert_eq!(lease(catalog, NOW)[0].attempt, 1);
}
