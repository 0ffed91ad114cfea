//! The step profile under a real program: known answers. Without libtest,
//! whose main thread allocates now and then: figures of the global allocator
//! need a process in which nothing else runs.

use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::thread;

use peakheap::{Metered, Profile, Profiled, StepUsage};

#[global_allocator]
static ALLOCATOR: Metered = Metered::system();

fn start() -> Profile<'static> {
    Profile::start(Some(ALLOCATOR.heap()))
}

fn block(bytes: usize) -> Vec<u8> {
    black_box(vec![1; bytes])
}

/// What stayed, what there was at the most, and allocations: heap bytes over
/// what there was before.
fn heap(step: &StepUsage) -> (i64, i64, u64) {
    let before = step.heap_before_bytes.unwrap() as i64;
    (
        step.heap_after_bytes.unwrap() as i64 - before,
        step.heap_peak_bytes.unwrap() as i64 - before,
        step.allocations.unwrap(),
    )
}

fn heaps(found: &Profiled) -> Vec<(i64, i64, u64)> {
    found.steps.iter().map(heap).collect()
}

fn main() {
    peak_within_a_step();
    steps_within_steps();
    loops_are_one_row();
    a_step_that_panics();
    other_threads_count();
    notes_do_not_show();
    results_pass_through();
    lines_and_sources();
    resident_set_of_a_step();
    without_a_meter();
    println!("\ntest result: ok. 1 passed; 0 failed; 0 ignored");
}

fn peak_within_a_step() {
    let profile = start();
    let kept = profile.step(|| {
        drop(block(3_000_000));
        block(500_000)
    });
    let more = profile.step(|| block(1000));
    profile.step(|| drop(kept));
    drop(block(9_000_000)); // Between steps: nobody's.
    profile.step(|| drop(more));
    let found = profile.finish();
    let expected = [
        (500_000, 3_000_000, 2),
        (1000, 1000, 1),
        (-500_000, 0, 0),
        (-1000, 0, 0),
    ];
    assert_eq!(heaps(&found), expected);
    // The window goes on as if there were no steps.
    let usage = found.heap.unwrap();
    assert_eq!(usage.peak_bytes - usage.floor_bytes, 9_001_000);
    let highest = usage.timeline.iter().map(|point| point.live_bytes).max();
    assert_eq!(highest, Some(usage.peak_bytes));
}

fn steps_within_steps() {
    let profile = start();
    profile.named("outer", || {
        drop(block(900_000));
        let own = block(100_000);
        profile.named("first", || drop(block(300_000)));
        profile.named("second", || {
            profile.named("innermost", || drop(block(20_000)));
            drop(block(7000));
        });
        drop(own);
    });
    profile.named("peaks inside", || {
        let own = block(100_000);
        profile.named("high", || drop(block(2_000_000)));
        drop(own);
    });
    let found = profile.finish();
    let expected = [
        (0, 900_000, 5),
        (0, 300_000, 1),
        (0, 20_000, 2),
        (0, 20_000, 1),
        (0, 2_100_000, 2),
        (0, 2_000_000, 1),
    ];
    assert_eq!(heaps(&found), expected);
    assert_eq!(found.steps[0].name, Some("outer"), "outer steps come first");
    let usage = found.heap.unwrap();
    assert_eq!(usage.peak_bytes - usage.floor_bytes, 2_100_000);
}

fn loops_are_one_row() {
    let profile = start();
    let mut kept = Vec::with_capacity(10);
    for round in 1..=10 {
        profile.step(|| {
            drop(block(round * 1000));
            kept.push(block(100));
        });
        for name in ["one", "two"] {
            profile.named(name, || ());
        }
    }
    let found = profile.finish();
    // From before the first time to after the last: 900 bytes were kept before
    // the tenth.
    let expected = [(1000, 10_900, 20), (900, 900, 0), (900, 900, 0)];
    assert_eq!(heaps(&found), expected);
    assert!(found.steps.iter().all(|step| step.times == 10));
    assert!(found.steps[0].seconds < found.steps[1].start_seconds + 60.0);
    drop(kept);
}

fn a_step_that_panics() {
    panic::set_hook(Box::new(|_| ()));
    let profile = start();
    let fails = || {
        profile.named("outer", || {
            let _own = block(50_000);
            profile.named("panics", || -> () {
                let _lost = block(400_000);
                panic::panic_any(7_u8);
            });
        });
    };
    let message = panic::catch_unwind(AssertUnwindSafe(fails)).unwrap_err();
    assert_eq!(message.downcast_ref(), Some(&7_u8), "it passes through");
    drop(message);
    let _ = panic::take_hook();
    profile.named("after", || drop(block(30)));
    let found = profile.finish();
    let [outer, inner, after] = found.steps.as_slice() else {
        panic!("{found}");
    };
    assert_eq!((outer.times, inner.times), (1, 1));
    // Panicking allocates a little itself, and catching it gives that back.
    let (_, outer_peak, _) = heap(outer);
    let (_, inner_peak, _) = heap(inner);
    assert!((450_000..451_000).contains(&outer_peak), "{outer_peak}");
    assert!((400_000..401_000).contains(&inner_peak), "{inner_peak}");
    assert_eq!(heap(after), (0, 30, 1));
}

fn other_threads_count() {
    let profile = start();
    let made = profile.step(|| {
        thread::spawn(|| {
            drop(block(5_000_000));
            block(700_000)
        })
        .join()
        .unwrap()
    });
    let (stays, peak, _) = heap(&profile.steps()[0]);
    // The standard library's own notes of a thread come and go with it.
    assert!((700_000..710_000).contains(&stays), "{stays}");
    assert!((5_000_000..5_010_000).contains(&peak), "{peak}");
    profile.step(|| drop(made));
    assert_eq!(heap(&profile.steps()[1]).0, -700_000);
}

fn notes_do_not_show() {
    let names: Vec<&'static str> = (0..60)
        .map(|at| &*String::leak(format!("step {at}")))
        .collect();
    let profile = start().with_source("elsewhere.rs", "text");
    profile.named("around", || {
        for name in &names {
            profile.named(name, || ());
        }
    });
    let found = profile.finish();
    assert_eq!(found.steps.len(), 61);
    assert!(heaps(&found).iter().all(|figures| *figures == (0, 0, 0)));
    let usage = found.heap.unwrap();
    assert_eq!((usage.allocations, usage.largest_bytes), (0, 0));
}

fn results_pass_through() {
    fn parse(profile: &Profile<'_>, text: &str) -> Result<u32, std::num::ParseIntError> {
        let number: u32 = profile.step(|| text.parse())?;
        Ok(profile.step(|| number + 1))
    }
    let profile = start();
    assert_eq!(parse(&profile, "41"), Ok(42));
    assert!(parse(&profile, "forty-one").is_err());
    let steps = profile.steps();
    assert_eq!((steps[0].times, steps[1].times), (2, 1));
}

fn lines_and_sources() {
    #[track_caller]
    fn build(profile: &Profile<'_>) -> Vec<u8> {
        profile.step(|| block(100 << 10))
    }
    let profile = start();
    let line = line!() + 1;
    let list = build(&profile);
    profile.named("the end", || drop(list));
    let steps = profile.steps();
    assert_eq!((steps[0].file, steps[0].line), (file!(), line));
    assert_eq!(
        steps[0].source.as_deref(),
        Some("let list = build(&profile);")
    );
    let table = profile.to_string();
    let rows: Vec<&str> = table.lines().collect();
    assert!(rows[0].starts_with("Line #"), "{table}");
    assert!(rows[0].ends_with("Line contents"), "{table}");
    assert!(
        rows[2].ends_with("let list = build(&profile);") && rows[2].contains("+100.0"),
        "{table}"
    );
    assert!(rows[3].contains("−100.0"), "{table}");

    // A source that is not at hand.
    let profile = Profile::start(None).with_source(file!(), "too short");
    profile.named("the name instead", || ());
    let line = line!() + 1;
    profile.step(|| ());
    let table = profile.to_string();
    assert!(table.contains("the name instead"), "{table}");
    assert!(table.contains(&format!("{}:{line}", file!())), "{table}");
}

fn resident_set_of_a_step() {
    const BLOCK: usize = 64 << 20;
    let profile = start();
    profile.named("outer", || {
        profile.named("inner", || drop(block(BLOCK)));
        profile.named("idle", || ());
    });
    profile.named("later", || ());
    let found = profile.finish();
    if !cfg!(target_os = "linux") {
        return eprintln!("SKIPPED: no high-water mark on this system");
    }
    let grown = |step: &StepUsage| {
        step.resident_peak_bytes
            .unwrap()
            .saturating_sub(step.resident_before_bytes.unwrap())
    };
    let least = BLOCK as u64 * 9 / 10;
    let seen: Vec<bool> = found.steps.iter().map(|step| grown(step) > least).collect();
    assert_eq!(seen, [true, true, false, false], "{found}");
}

fn without_a_meter() {
    // One that is not the global allocator sees nothing, and says nothing.
    static IDLE: Metered = Metered::system();
    for heap in [None, Some(IDLE.heap())] {
        let profile = Profile::start(heap);
        let list = profile.step(|| block(1000));
        let found = profile.finish();
        assert_eq!(found.heap, None);
        let step = &found.steps[0];
        assert_eq!((step.heap_peak_bytes, step.allocations), (None, None));
        assert!(found.to_string().contains('–'), "{found}");
        drop(list);
    }
}
