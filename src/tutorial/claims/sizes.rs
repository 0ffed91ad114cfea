//! The claim about single objects, which has figures of its own kind.

use crate::results::{Claim, ClaimFinding, ObjectSizes, Tutorial};

use super::rule::{newest_first, verdict};

/// How many objects still have the tutorial's size.
pub(super) fn claim(tutorial: &Tutorial) -> Claim {
    let count = |by: &str, of: fn(&ObjectSizes, &str) -> Option<u64>| {
        let sizes = tutorial.objects.iter();
        let pairs: Vec<(u64, u64)> = sizes
            .filter_map(|object| Some((object.then_bytes, of(object, by)?)))
            .collect();
        let same = pairs.iter().filter(|(then, now)| then == now).count();
        let known = !pairs.is_empty();
        ClaimFinding {
            by: by.to_owned(),
            variant: None,
            now: known.then(|| format!("{same} of {} as printed", pairs.len())),
            holds: known.then_some(same == pairs.len()),
        }
    };
    let mut findings: Vec<ClaimFinding> = newest_first(tutorial)
        .into_iter()
        .map(|by| count(by, |object, by| object.measured_bytes.get(by).copied()))
        .collect();
    let windows = "cpython-2.7-windows";
    let model = count(windows, |object, by| object.modelled_bytes.get(by).copied());
    let newest = findings.first().and_then(|finding| finding.holds);
    // Its own build is the one to ask whether it ever held.
    let verdict = verdict(newest, || model.holds);
    findings.push(model);
    Claim {
        id: "object-sizes".to_owned(),
        claim: "A float takes 24 bytes, an empty string 33, an empty list 64, an empty dict 272."
            .to_owned(),
        then: format!("{} objects, measured with show_sizeof", tutorial.objects.len()),
        rule: "sys.getsizeof gives the tutorial's figure for every one of its objects.".to_owned(),
        findings,
        verdict,
        why: "The figures are those of a 64-bit Windows build of Python 2.7, whose headers differ from Linux's; since then empty dicts and lists have shrunk, and integers and strings have grown."
            .to_owned(),
    }
}
