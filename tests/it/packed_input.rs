//! Compressed files and archives: every command reads through them, and says
//! what is wrong with those that are damaged. `fixtures/packed/make.py` made the
//! files.

use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Output;

use flate2::Compression;
use flate2::write::GzEncoder;
use picklebench::formats::{Damage, DamageKind, Expansion, Formats, InputFile};
use tempfile::TempDir;

use crate::command::{json_of, run, stderr, stdout};
#[cfg(target_os = "linux")]
use crate::convert_support::{MOST_ADDRESS_SPACE, peak_of};
use crate::convert_support::{convert, through_pipe};

/// Files that hold `records.pkl`, and their compressions.
const PACKED: [(&str, &str); 12] = [
    ("one.pkl.gz", "gzip"),
    ("two.pkl.gz", "gzip"),
    ("one.pkl.z", "zlib"),
    ("one.pkl.bz2", "bzip2"),
    ("two.pkl.bz2", "bzip2"),
    ("one.pkl.xz", "xz"),
    ("two.pkl.xz", "xz"),
    ("one.pkl.lzma", "lzma"),
    ("one.pkl.zst", "zstd"),
    ("two.pkl.zst", "zstd"),
    ("one.pkl.lz4", "lz4"),
    ("two.pkl.lz4", "lz4"),
];

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/packed")
        .join(name)
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(path(name)).unwrap()
}

fn name(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A file with this content, looked into.
fn look(content: &[u8]) -> io::Result<InputFile> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(content).unwrap();
    file.rewind().unwrap();
    let input = InputFile::new(file, String::new()).unwrap();
    Formats::built_in().look_into(input, Expansion::default())
}

fn unpack(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut found = Vec::new();
    look(content)?.read_to_end(&mut found)?;
    Ok(found)
}

#[test]
fn every_command_reads_through_every_compression() {
    let folder = tempfile::tempdir().unwrap();
    let plain = path("records.pkl");
    let plain = name(&plain);
    let text = stdout(&convert(&folder, &[plain, "-", "--to=text"]));
    assert_eq!(text.lines().count(), 40);
    let inspect = |name: &str, more: &[&str]| {
        let mut found = json_of(&run(
            &folder,
            &[&["inspect", name, "--json"], more].concat(),
        ));
        found["file"] = "".into();
        found
    };
    let sizeof = |name: &str, more: &[&str]| {
        let output = run(
            &folder,
            &[&["sizeof", "--depth=1", "--file", name], more].concat(),
        );
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    let archived = [
        ("records.zip", "model/data.pkl"),
        ("records.zip", "packed.pkl"),
        ("arrays.npz", "objects.npy"),
    ];
    let packed = PACKED.map(|(file, _)| (file, None));
    let archived = archived.map(|(file, entry)| (file, Some(format!("--entry={entry}"))));
    for (file, entry) in packed
        .into_iter()
        .chain(archived)
        .chain([("objects.npy", None)])
    {
        let path = path(file);
        let more: Vec<&str> = entry.as_deref().into_iter().collect();
        let words = [&[name(&path), "-", "--to=text"], &more[..]].concat();
        assert_eq!(stdout(&convert(&folder, &words)), text, "{file}");
        assert_eq!(inspect(name(&path), &more), inspect(plain, &[]), "{file}");
        assert_eq!(sizeof(name(&path), &more), sizeof(plain, &[]), "{file}");
        if entry.is_none() {
            let output = through_pipe(&folder, &["-", "-", "--to=text"], &bytes(file));
            assert_eq!(stdout(&output), text, "{file}: {}", stderr(&output));
        }
    }
}

#[test]
fn text_is_read_through_too_and_named_by_what_is_within() {
    let folder = tempfile::tempdir().unwrap();
    let json = b"[1, 2]\n[3, 4]\n";
    for name in ["a.jsonl", "a.txt"] {
        let mut packed = gzip(json);
        fs::write(folder.path().join(format!("{name}.gz")), &packed).unwrap();
        packed.truncate(packed.len() - 9);
        fs::write(folder.path().join(format!("cut-{name}.gz")), &packed).unwrap();
        let output = convert(&folder, &[&format!("{name}.gz"), "-", "--to=text"]);
        assert_eq!(stdout(&output).as_bytes(), json, "{name}");
        let output = run(
            &folder,
            &["convert", &format!("cut-{name}.gz"), "-", "--to=text"],
        );
        assert!(
            stderr(&output).contains("the gzip data is cut short"),
            "{}",
            stderr(&output)
        );
    }
    // Only the name tells which of the two it is.
    fs::write(folder.path().join("b.jsonl.gz"), gzip(b"[1]\n[x]\n")).unwrap();
    let message = stderr(&run(&folder, &["convert", "b.jsonl.gz", "-", "--to=text"]));
    assert!(message.contains("if it is not JSON"), "{message}");
    // The place is shown as in a file that is not compressed.
    assert!(
        message.contains("line 2, column 2: ") && message.contains("\n  [x]\n   ^"),
        "{message}"
    );
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_depend_on_the_number_of_records() {
    let folder = tempfile::tempdir().unwrap();
    for records in ["1000", "300_000"] {
        let words = ["generate", "pickle/cpython-2", "-n", records, "-o", records];
        run(&folder, &words);
        let packed = gzip(&fs::read(folder.path().join(records)).unwrap());
        fs::write(folder.path().join(records), packed).unwrap();
    }
    let few = peak_of(&folder, &["1000", "out", "--to=text"]);
    let many = peak_of(&folder, &["300_000", "out", "--to=text"]);
    assert_eq!(few, many);
    assert!(many <= MOST_ADDRESS_SPACE, "{many}");
}

#[test]
fn cut_anywhere_it_is_said_to_be_cut_short() {
    let records = bytes("records.pkl");
    for (file, compression) in PACKED {
        let whole = bytes(file);
        assert_eq!(unpack(&whole).unwrap(), records, "{file}");
        // A part that is whole makes a whole file, as does what precedes its fill.
        let mut whole_parts = 0;
        // Less than this is not known for what it is.
        for end in 24..whole.len() {
            match unpack(&whole[..end]) {
                Ok(found) => {
                    assert!(file.starts_with("two"), "{file} cut to {end} bytes");
                    assert!(records.starts_with(&found));
                    whole_parts += 1;
                }
                Err(error) => {
                    let damage = Damage::of(&error).unwrap_or_else(|| panic!("{file}: {error}"));
                    assert_eq!(damage.compression, compression);
                    let is_cut = matches!(damage.kind, DamageKind::CutShort);
                    assert!(is_cut, "{file} cut to {end} bytes: {error}");
                }
            }
        }
        assert!(whole_parts <= 16, "{file}: {whole_parts}");
    }
}

/// Any byte changed to any of a few: an error that names the compression, or
/// records, but no panic and nothing endless.
#[test]
fn damaged_anywhere_it_ends_cleanly() {
    let records = bytes("records.pkl");
    let mut wrong = 0;
    for (file, compression) in PACKED {
        let whole = bytes(file);
        for place in 0..whole.len() {
            for change in [1, 0x80, 0xff] {
                let mut damaged = whole.clone();
                damaged[place] ^= change;
                match unpack(&damaged) {
                    Ok(found) if found == records => {}
                    // Not known for what it is, or nothing in it adds up.
                    Ok(_) => wrong += 1,
                    Err(error) => {
                        if let Some(damage) = Damage::of(&error) {
                            assert_eq!(damage.compression, compression, "{file}, {place}");
                        }
                    }
                }
            }
        }
    }
    // Only magic numbers, and the end of lzma, which has no sum.
    assert!(wrong < 1200, "{wrong}");
}

#[test]
fn going_back_and_forth_is_as_in_a_file() {
    let records = bytes("records.pkl");
    let mut state = 7_u64;
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    for (file, _) in PACKED {
        let mut packed = look(&bytes(file)).unwrap();
        let mut plain = Cursor::new(&records);
        for _ in 0..60 {
            let to = match random(3) {
                0 => SeekFrom::Start(random(1000)),
                1 => SeekFrom::End(-(random(900) as i64)),
                _ => SeekFrom::Current(random(40) as i64),
            };
            assert_eq!(packed.seek(to).unwrap(), plain.seek(to).unwrap(), "{file}");
            let (mut one, mut other) = (Vec::new(), Vec::new());
            let length = random(300);
            (&mut packed).take(length).read_to_end(&mut one).unwrap();
            (&mut plain).take(length).read_to_end(&mut other).unwrap();
            assert_eq!(one, other, "{file}");
            let places = (packed.stream_position().unwrap(), plain.position());
            assert_eq!(places.0, places.1, "{file}");
        }
    }
}

fn refused(output: &Output, says: &[&str]) {
    let message = stderr(output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    for part in says {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
}

/// Runs every command that reads on a file.
fn every_command(folder: &TempDir, name: &str, more: &[&str]) -> [Output; 3] {
    [
        &["convert", name, "-", "--to=text"][..],
        &["inspect", name],
        &["sizeof", "--file", name],
    ]
    .map(|words| run(folder, &[words, more].concat()))
}

#[test]
fn a_bomb_and_a_window_too_wide_are_refused_by_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let bomb = path("bomb.pkl.bz2");
    for output in every_command(&folder, name(&bomb), &[]) {
        let says = [
            "bomb.pkl.bz2: the bzip2 data expands to more than 2000 times its size",
            "raise --expand-limit",
        ];
        refused(&output, &says);
    }
    let output = run(&folder, &["inspect", name(&bomb), "--expand-limit=1e9"]);
    assert!(output.status.success(), "{}", stderr(&output));
    for (file, compression) in [
        ("wide.pkl.xz", "xz"),
        ("wide.pkl.lzma", "lzma"),
        ("wide.pkl.zst", "zstd"),
    ] {
        for output in every_command(&folder, name(&path(file)), &[]) {
            let says = format!("the {compression} data cannot be unpacked with less than 128 MiB");
            refused(&output, &[&says]);
        }
    }
}

#[test]
fn what_is_wrong_with_compressed_data_every_command_says_alike() {
    let folder = tempfile::tempdir().unwrap();
    for (file, compression) in PACKED {
        let whole = bytes(file);
        fs::write(folder.path().join("cut.pkl"), &whole[..whole.len() - 30]).unwrap();
        let says = format!("cannot read cut.pkl: the {compression} data is cut short, after ");
        for output in every_command(&folder, "cut.pkl", &[]) {
            refused(
                &output,
                &[&says, " bytes of what is in it: was the file copied whole?"],
            );
            assert!(!stderr(&output).contains("raise"), "{}", stderr(&output));
        }
    }
}

#[test]
fn archives_are_listed_and_one_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let zip = path("records.zip");
    let entries = [
        "2 files",
        "\n  model/data.pkl (926 B)",
        "\n  packed.pkl (926 B)",
        "--entry NAME",
    ];
    for output in every_command(&folder, name(&zip), &[]) {
        refused(
            &output,
            &[&entries[..], &["records.zip: a zip archive of "]].concat(),
        );
    }
    for output in every_command(&folder, name(&zip), &["--entry=data.pkl"]) {
        refused(
            &output,
            &[&entries[..], &["no data.pkl in this zip archive of "]].concat(),
        );
    }
    for output in every_command(&folder, name(&path("records.pkl")), &["--entry=data.pkl"]) {
        refused(
            &output,
            &["records.pkl: not a zip archive; --entry is for these"],
        );
    }
    let numbers = path("arrays.npz");
    let [_, inspected, sized] = every_command(&folder, name(&numbers), &["--entry=numbers.npy"]);
    for output in [inspected, sized] {
        refused(&output, &["a NumPy file (.npy)", "numpy.load"]);
    }
    let numbers = convert(
        &folder,
        &[name(&numbers), "-", "--to=text", "--entry=numbers.npy"],
    );
    assert_eq!(stdout(&numbers), "0.0\n".repeat(40));
    let output = through_pipe(&folder, &["-", "-", "--to=text"], &bytes("records.zip"));
    refused(&output, &["standard input: a zip archive", "save it"]);
    // Wherever it is damaged, and cut.
    let whole = bytes("records.zip");
    let text = whole.windows(6).position(|part| part == b"item 5").unwrap() + 5;
    for (at, entry, says) in [
        (text, "model/data.pkl", "the checksum does not match"),
        (1200, "packed.pkl", ""),
        (whole.len() - 36, "packed.pkl", "zip archive is damaged"),
    ] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(folder.path().join("damaged.zip"), &damaged).unwrap();
        for output in every_command(&folder, "damaged.zip", &[&format!("--entry={entry}")]) {
            refused(&output, &["damaged.zip", says]);
        }
    }
    // What is wrong within a packed file may be noticed by its reader first, but
    // not be missed.
    let mut damaged = whole.clone();
    damaged[1200] ^= 1;
    let file = folder.path().join("damaged.zip");
    fs::write(&file, damaged).unwrap();
    let input = InputFile::new(File::open(&file).unwrap(), String::new()).unwrap();
    let mut input = input
        .entry("packed.pkl", Expansion::default(), |_| false)
        .unwrap();
    let error = input.read_to_end(&mut Vec::new()).unwrap_err();
    assert!(Damage::of(&error).is_some(), "{error}");
    fs::write(folder.path().join("cut.zip"), &whole[..whole.len() - 30]).unwrap();
    for output in every_command(&folder, "cut.zip", &[]) {
        refused(&output, &["the zip archive is damaged or cut short"]);
    }
    for end in 0..whole.len() {
        let file = folder.path().join("part.zip");
        fs::write(&file, &whole[..end]).unwrap();
        let input = InputFile::new(File::open(&file).unwrap(), String::new()).unwrap();
        assert!(
            input
                .entry("packed.pkl", Expansion::default(), |_| false)
                .is_err(),
            "{end}"
        );
    }
}

#[test]
fn one_level_is_read_through() {
    let folder = tempfile::tempdir().unwrap();
    for (inner, says) in [
        (
            bytes("one.pkl.xz"),
            "xz data within gzip data: unpack it once first",
        ),
        (
            bytes("records.zip"),
            "a zip archive, which can be looked into only as a file",
        ),
        (
            b"<!DOCTYPE html>".to_vec(),
            "gzip data, in which is an HTML page",
        ),
    ] {
        fs::write(folder.path().join("twice.gz"), gzip(&inner)).unwrap();
        for output in every_command(&folder, "twice.gz", &[]) {
            refused(&output, &["twice.gz: ", says]);
        }
    }
}
