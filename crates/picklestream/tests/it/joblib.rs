//! Files of joblib, against what joblib itself read of them.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufReader, Cursor, Read};

use picklestream::known::{Policy, Tally};
use picklestream::literal;
use picklestream::pickle::{self, Objects, ReadOptions, joblib};
use picklestream::value::Value;
use serde::Deserialize;

use crate::known::from_base64;

/// A line that `make.py` writes.
#[derive(Deserialize)]
struct Case {
    name: String,
    text: String,
    files: BTreeMap<String, String>,
}

/// Every committed file with what is in it: a name, the text and the bytes.
fn cases() -> Vec<(String, String, Vec<u8>)> {
    let mut all = Vec::new();
    for version in ["1.1", "1.6"] {
        let lines = fs::read_to_string(format!("tests/golden/joblib/joblib-{version}.jsonl"));
        for line in lines.unwrap().lines() {
            let case: Case = serde_json::from_str(line).unwrap();
            for (protocol, file) in &case.files {
                let name = format!("{} of joblib {version} in protocol {protocol}", case.name);
                all.push((name, case.text.clone(), from_base64(file)));
            }
        }
    }
    assert!(all.len() > 90, "files of joblib are missing");
    all
}

fn plain(file: &[u8], buffer: usize) -> Vec<u8> {
    let reader = BufReader::with_capacity(buffer, file);
    let mut plain = Vec::new();
    joblib::Plain::new(reader).read_to_end(&mut plain).unwrap();
    plain
}

fn read(pickle: &[u8]) -> pickle::Result<Value> {
    let mut options = ReadOptions::default();
    options.objects = Objects::AsData;
    pickle::from_reader(Cursor::new(pickle), &options)
}

#[test]
fn arrays_are_read_as_joblib_reads_them() {
    for (name, text, file) in cases() {
        let pickle = plain(&file, 8192);
        let value = read(&pickle).unwrap_or_else(|error| panic!("{name}: {error}"));
        let known = Policy::Refuse.apply(value, &mut Tally::default());
        let known = known.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(literal::to_string(&known.unwrap()).unwrap(), text, "{name}");
    }
}

#[test]
fn how_a_file_is_buffered_does_not_matter() {
    for (name, _, file) in cases() {
        let whole = plain(&file, file.len());
        for buffer in [1, 2, 7] {
            assert_eq!(plain(&file, buffer), whole, "{name} by {buffer}");
        }
        // Nor how it is asked for.
        let mut reader = joblib::Plain::new(&file[..]);
        let (mut out, mut part) = (Vec::new(), [0; 3]);
        loop {
            match reader.read(&mut part).unwrap() {
                0 => break,
                count => out.extend_from_slice(&part[..count]),
            }
        }
        assert_eq!(out, whole, "{name}");
    }
}

#[test]
fn the_class_is_named_where_there_are_arrays() {
    for (name, _, file) in cases() {
        let has_arrays = !name.starts_with("no array");
        assert_eq!(joblib::is_named_in(&file), has_arrays, "{name}");
    }
}

#[test]
fn any_other_pickle_stays_what_it_is() {
    for (folder, least) in [("tests/golden/pickle", 50)] {
        let mut compared = 0;
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_none_or(|extension| extension != "pickle" && extension != "pkl")
            {
                continue;
            }
            let file = fs::read(&path).unwrap();
            let [ours, theirs] = [&file, &plain(&file, 16)].map(|pickle| {
                read(pickle)
                    .map_err(|error| format!("{:?}", error.kind()))
                    .map(|value| format!("{value:?}"))
            });
            assert_eq!(theirs, ours, "{}", path.display());
            compared += 1;
        }
        assert!(compared >= least, "{folder}: {compared}");
    }
}

#[test]
fn what_is_cut_short_is_an_error() {
    for (name, _, file) in cases() {
        let step = (file.len() / 60).max(1);
        for length in (0..file.len()).step_by(step) {
            let pickle = plain(&file[..length], 64);
            let kind = read(&pickle).unwrap_err();
            assert!(
                kind.to_string().contains("end"),
                "{name} of {length} bytes: {kind}"
            );
        }
    }
}

#[test]
fn bytes_that_cannot_be_counted_are_an_error() {
    let (_, _, file) = cases()
        .into_iter()
        .find(|(name, ..)| name.starts_with("floats of joblib 1.6 in protocol 4"))
        .unwrap();
    // What ends the state, after which a byte tells of padding.
    let end = file.windows(2).rposition(|at| at == b"ub").unwrap() + 2;
    let place = |what: &[u8]| file.windows(what.len()).position(|at| at == what).unwrap();
    for (from, to) in [
        (&b"shape"[..], &b"shope"[..]),
        (b"dtype", b"dtypo"),
        (b"order", b"ordre"),
        (b"\x8c\x02f8", b"\x8c\x02x8"),
    ] {
        let mut damaged = file.clone();
        let at = place(from);
        damaged[at..at + to.len()].copy_from_slice(to);
        let error = joblib::Plain::new(&damaged[..])
            .read_to_end(&mut Vec::new())
            .unwrap_err();
        let inner = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<joblib::Error>());
        assert_eq!(inner.unwrap().offset, end as u64, "{error}");
    }
}

#[test]
fn damage_never_breaks_it() {
    for (name, _, file) in cases() {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..40 {
            let mut damaged = file.clone();
            for _ in 0..3 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let at = (state >> 16) as usize % damaged.len();
                damaged[at] = state as u8;
            }
            let mut pickle = Vec::new();
            if joblib::Plain::new(&damaged[..])
                .read_to_end(&mut pickle)
                .is_ok()
            {
                // Padding goes, an array's opening comes: never more than that.
                assert!(pickle.len() <= damaged.len() * 12 + 4096, "{name}");
                let _ = read(&pickle);
            }
        }
    }
}
