//! What every registered format keeps to, by itself: for all shapes that it says
//! it can hold, in all of its ways.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

use picklebench::dataset::{Builtin, Digester, Shape};
use picklebench::formats::{
    self, Codec, Compiled, Error, FileFormat, Formats, Holds, InputFile, MappedFile, Output,
    RecordKind, ShapeVisitor, Support, with_records_of,
};
use picklebench::results::Operation;
use picklestream::literal;

/// Those whose files may end after any record, so that nothing can tell that
/// more is missing. What is left of a number is a number, too.
const MAY_END_ANYWHERE: [&str; 8] = [
    "text",
    "json-lines",
    "csv",
    "messagepack/concatenated",
    "bson/concatenated",
    "prost/message",
    "prost/delimited",
    // After any block.
    "avro",
];

/// Those that say of themselves that they lose the sign of -0.0.
const LOSES_MINUS_ZERO: [&str; 2] = ["sonic-rs", "prost"];

/// Those whose crates panic at some damaged files, or allocate what a length says:
/// they are read in a worker only, and `convert` does not read them.
/// docs/hostile-files.md has them.
const NOT_FOR_STRANGERS: [&str; 2] = ["flexbuffers", "mapping in parquet"];

/// Records that are hard to hold, as Python literals.
fn extremes(shape: Shape) -> &'static [&'static str] {
    match shape {
        Shape::Tuples => &[
            "(5e-324, '', 0)",
            "(-0.0, '\u{1f980}\"\\n,', 18446744073709551615)",
            "(1.7976931348623157e+308, 'xxxxxxxxxxxxxxxxxxxx', 9223372036854775808)",
            "(0.1, ' \\t\\r', 1)",
        ],
        Shape::Dicts => &[
            "{'active': True, 'city': '', 'id': -9223372036854775808, 'name': '\\x00', \
             'score': -1e-300, 'tags': []}",
            "{'active': False, 'city': '\\r\\n', 'id': 9223372036854775807, 'name': '{\"', \
             'score': 0.0, 'tags': ['', '', '\u{1f980}']}",
        ],
        Shape::Objects => &[
            "[]",
            "[None, True, -9223372036854775808, 18446744073709551615, -0.0, '', [], {}]",
            "[{'': [[[[[]]]]], 'a': {'b': {'c': None}}}]",
        ],
        Shape::Floats => &["5e-324", "-0.0", "1.7976931348623157e+308", "0.1", "1e+22"],
        Shape::Integers => &["-9223372036854775808", "9223372036854775807", "0", "-1"],
        Shape::Strings => &[
            "''",
            "'\"\"'",
            "','",
            "'\\r\\n'",
            "' a '",
            "'a\\x00b'",
            "'\u{1f980}'",
        ],
        Shape::Words => &[
            "['', '', '', '', '', '', '', '', '', '']",
            "['a', '\"', ',', '\\n', '\\r', ' ', '\u{e9}', '\\x01', '\\\\', '0']",
        ],
        Shape::Blobs => &["b''", "b'\\x00\\xff'", "b'\"\\r\\n,'"],
        Shape::Mapping => &["{'': [], 'a': [5e-324, -0.0]}"],
    }
}

/// One way to use a format.
struct Way<T: Builtin> {
    format: &'static dyn FileFormat,
    codec: &'static dyn Codec<T>,
    /// How its file is written.
    written: Option<&'static str>,
    /// How it is read.
    read: Option<&'static str>,
}

impl<T: Builtin + Compiled> Way<T> {
    fn name(&self) -> String {
        let name = self.format.name();
        let written = self.written.map_or(String::new(), |it| format!("/{it}"));
        let read = self.read.map_or(String::new(), |it| format!(" as {it}"));
        format!("{} in {name}{written}{read}", T::SHAPE)
    }

    /// Whether its files may end after any record.
    fn may_end_anywhere(&self) -> bool {
        let name = self.format.name();
        let variant = self.written.unwrap_or("none");
        MAY_END_ANYWHERE.contains(&name)
            || MAY_END_ANYWHERE.contains(&format!("{name}/{variant}").as_str())
    }

    fn write(&self, list: &[T]) -> Result<Vec<u8>, Error> {
        self.file(|output| {
            let mut records = list.iter().map(|record| Ok(Cow::Borrowed(record)));
            self.codec.write_records(self.written, &mut records, output)
        })
    }

    fn write_list(&self, list: &[T]) -> Result<Vec<u8>, Error> {
        self.file(|output| self.codec.write_list(self.written, list, output))
    }

    fn file(&self, write: impl FnOnce(&mut Output) -> Result<(), Error>) -> Result<Vec<u8>, Error> {
        let mut file = tempfile::tempfile()?;
        let mut output = Output::new(file.try_clone()?);
        write(&mut output)?;
        output.flush()?;
        file.rewind()?;
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut bytes)?;
        Ok(bytes)
    }

    /// The digest of the list that is read.
    fn read_list(&self, bytes: &[u8]) -> Result<String, Error> {
        let mut digester = Digester::new();
        let list = self.codec.read_list(self.read, input(bytes)?)?;
        list.digest(&mut digester)?;
        Ok(digester.finish())
    }

    /// The digest of the records that are read one after another.
    fn stream(&self, bytes: &[u8]) -> Result<String, Error> {
        let mut digester = Digester::new();
        let written = self.written;
        self.codec.digest(written, input(bytes)?, &mut digester)?;
        Ok(digester.finish())
    }
}

fn input(bytes: &[u8]) -> Result<formats::Input, Error> {
    let mut file: File = tempfile::tempfile()?;
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(formats::input(InputFile::new(file, String::new())?))
}

fn mapped(bytes: &[u8]) -> MappedFile {
    MappedFile::of(bytes.to_vec())
}

fn digest<T: Builtin>(list: &[T]) -> String {
    let mut digester = Digester::new();
    list.iter().for_each(|record| digester.add(record).unwrap());
    digester.finish()
}

/// All ways of all formats that hold records of a shape.
fn ways<T: Builtin + Compiled>() -> Vec<Way<T>> {
    let kind = RecordKind::Built(T::SHAPE);
    let variants = |support| match support {
        Support::Plain => vec![None],
        Support::Variants(all) => all.iter().copied().map(Some).collect(),
        Support::No(_) => Vec::new(),
    };
    let mut ways = Vec::new();
    for format in Formats::built_in().iter() {
        for read in variants(format.support(Operation::Read, kind)) {
            let made_by = format.made_by(read);
            let maker = Formats::built_in().find(made_by.format).unwrap();
            // The names of variants live as long as the program.
            let written = made_by.variant.map(|it| &*it.leak());
            if maker.name() == format.name() {
                ways.push(Way {
                    format,
                    codec: T::codec(format),
                    written,
                    read,
                });
            }
        }
    }
    assert!(ways.len() >= 10, "{}", T::SHAPE);
    ways
}

/// Does something with each way of each shape.
trait Check {
    fn check<T: Builtin + Compiled>(&self, way: &Way<T>);
}

fn check_all(check: &impl Check) {
    struct Ways<'c, C>(&'c C);

    impl<C: Check> ShapeVisitor for Ways<'_, C> {
        type Output = ();

        fn visit<T: Builtin + Compiled>(self) {
            ways::<T>().iter().for_each(|way| self.0.check(way));
        }
    }

    for shape in Shape::ALL {
        with_records_of(shape, Ways(check));
    }
}

fn sample<T: Builtin>(records: u64) -> Vec<T> {
    T::source(records, 7).collect()
}

#[test]
fn what_is_written_is_read() {
    struct RoundTrip;

    impl Check for RoundTrip {
        fn check<T: Builtin + Compiled>(&self, way: &Way<T>) {
            let counts = if T::IS_ROOT { [1, 1, 20] } else { [0, 1, 20] };
            for count in counts {
                let list = sample::<T>(count);
                let expected = digest(&list);
                let name = format!("{count} {}", way.name());
                let streamed = way
                    .write(&list)
                    .unwrap_or_else(|error| panic!("{name}: {error}"));
                let whole = way.write_list(&list);
                let whole = whole.unwrap_or_else(|error| panic!("{name}: {error}"));
                for file in [&streamed, &whole] {
                    let read = [way.read_list(file), way.stream(file)];
                    for read in read {
                        let read = read.unwrap_or_else(|error| panic!("{name}: {error}"));
                        assert_eq!(read, expected, "{name}");
                    }
                }
            }
        }
    }

    check_all(&RoundTrip);
}

#[test]
fn extremes_come_back_or_are_refused() {
    struct Extremes;

    impl Check for Extremes {
        fn check<T: Builtin + Compiled>(&self, way: &Way<T>) {
            for text in extremes(T::SHAPE) {
                let record: T = literal::from_str(text).unwrap();
                let name = format!("{text} of {}", way.name());
                let list = [record];
                let Ok(file) = way.write(&list) else {
                    // Its columns have a width, and no NUL at the end.
                    assert_eq!(way.format.name(), "npy", "{name}");
                    continue;
                };
                let read = way.read_list(&file);
                let read = read.unwrap_or_else(|error| panic!("{name}: {error}"));
                if LOSES_MINUS_ZERO.contains(&way.format.name()) {
                    // What it says it loses, and nothing else.
                    let positive: T = literal::from_str(&text.replace("-0.0", "0.0")).unwrap();
                    assert_eq!(read, digest(&[positive]), "{name}");
                    continue;
                }
                assert_eq!(read, digest(&list), "{name}");
            }
        }
    }

    check_all(&Extremes);
}

/// Records used in place are as many as there are.
#[test]
fn mapped_records_are_all_used() {
    struct Mapped;

    impl Check for Mapped {
        fn check<T: Builtin + Compiled>(&self, way: &Way<T>) {
            let kind = RecordKind::Built(T::SHAPE);
            match way.format.support(Operation::MapRead, kind) {
                Support::Plain => {}
                Support::Variants(all) if way.read.is_some_and(|it| all.contains(&it)) => {}
                Support::Variants(_) | Support::No(_) => return,
            }
            for count in [0, 1, 30] {
                let list = sample::<T>(count);
                let file = way.write(&list).unwrap();
                if way.written == Some("concatenated") {
                    continue;
                }
                let name = way.name();
                assert_eq!(
                    way.codec.map_read(way.read, &mapped(&file)).ok(),
                    Some(count),
                    "{name}"
                );
                for cut in 0..file.len().min(100) {
                    assert!(
                        way.codec.map_read(way.read, &mapped(&file[..cut])).is_err(),
                        "{name}: {cut}"
                    );
                }
            }
        }
    }

    check_all(&Mapped);
}

/// Set for the process in which files are read that may take any memory.
const CHILD: &str = "PICKLEBENCH_TEST_EVERY_FORMAT";

/// Files that are cut short, changed, or any bytes, within a gibibyte of
/// addresses.
#[test]
#[cfg(unix)]
fn damaged_files_are_errors_within_little_memory() {
    let limited = "ulimit -v 1048576 && exec \"$0\" every_format::in_little_memory \
                   --exact --ignored --nocapture --test-threads=1";
    let output = Command::new("sh")
        .args(["-c", limited])
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, "1")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", output.status);
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}

#[test]
#[ignore = "damaged_files_are_errors_within_little_memory runs it"]
fn in_little_memory() {
    check_all(&Damage);
}

struct Damage;

impl Check for Damage {
    fn check<T: Builtin + Compiled>(&self, way: &Way<T>) {
        let name = way.name();
        let in_format = format!("{} in {}", T::SHAPE, way.format.name());
        let is_format_or_shape = |it: &&str| *it == way.format.name() || *it == in_format;
        if NOT_FOR_STRANGERS.iter().any(is_format_or_shape) {
            return;
        }
        eprintln!("{name}");
        let list = sample::<T>(5);
        let file = way.write(&list).unwrap();
        let prefixes: Vec<String> = (0..=5)
            .map(|len| digest(&list[..list.len().min(len)]))
            .collect();
        // Blobs are long, and all the same.
        let step = (file.len() / 300).max(1);
        for cut in (0..file.len()).step_by(step) {
            let cut = &file[..cut];
            for read in [
                quiet(&name, || way.read_list(cut)),
                quiet(&name, || way.stream(cut)),
            ] {
                let Ok(read) = read else { continue };
                assert!(
                    way.may_end_anywhere(),
                    "{name}: {} bytes of {}",
                    cut.len(),
                    file.len()
                );
                // Its last record may be shorter than it was.
                let is_number_or_text = matches!(T::SHAPE, Shape::Floats | Shape::Integers)
                    || way.format.name() == "csv";
                assert!(
                    is_number_or_text || prefixes.contains(&read),
                    "{name}: other records"
                );
            }
        }
        let mut random = Random(0x5eed);
        for round in 0..200 {
            let mut bytes = file[..file.len().min(4096)].to_vec();
            match round % 3 {
                0 => {
                    let len = random.below(200);
                    bytes = (0..len).map(|_| random.next() as u8).collect();
                }
                1 => {
                    let start = bytes.len().min(random.below(24));
                    bytes.truncate(start);
                    bytes.extend((0..40).map(|_| random.next() as u8));
                }
                _ => {
                    for _ in 0..=random.below(4) {
                        let at = random.below(bytes.len());
                        bytes[at] = random.next() as u8;
                    }
                }
            }
            let _ = quiet(&name, || way.read_list(&bytes));
            let _ = quiet(&name, || way.stream(&bytes));
            if way
                .format
                .support(Operation::MapRead, RecordKind::Built(T::SHAPE))
                .is_there()
            {
                let _ = quiet(&name, || way.codec.map_read(way.read, &mapped(&bytes)));
            }
        }
    }
}

/// What `read` gives; a panic is a failure that names the way.
fn quiet<R>(name: &str, read: impl FnOnce() -> R) -> R {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read,
        Err(_) => panic!("{name} panics"),
    }
}

/// Any numbers, the same each time (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}
