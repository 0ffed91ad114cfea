//! What becomes of objects that are not known.

use picklestream::known::{self, Form, Pairs, Policy, Refusal, Show, Tally};
use picklestream::literal;
use picklestream::value::{Global, Made, Object, Value};
use serde::ser::{Serialize, Serializer};

fn text(text: &str) -> Value {
    Value::Str(text.to_owned())
}

fn object(module: &str, name: &str, fill: impl FnOnce(&mut Object)) -> Value {
    let mut object = Object::new(Made::New(Global {
        module: module.to_owned(),
        name: name.to_owned(),
    }));
    fill(&mut object);
    Value::Object(Box::new(object))
}

/// `{'users': [1, {'it is': <a.B>, 'x': <a.B>}]}`
fn record() -> Value {
    let field = |name: &str, n: i128| {
        let state = Value::Dict(vec![(text("i"), Value::Int(n))]);
        (
            text(name),
            object("a", "B", |object| object.states.push(state)),
        )
    };
    let user = Value::Dict(vec![field("it is", 1), field("x", 2)]);
    let users = Value::List(vec![Value::Int(1), user]);
    Value::Dict(vec![(text("users"), users)])
}

fn deque(items: Vec<Value>) -> Value {
    let mut object = Object::new(Made::Call(Global {
        module: "collections".to_owned(),
        name: "deque".to_owned(),
    }));
    object.args = vec![Value::Tuple(Vec::new())];
    object.items = items;
    Value::Object(Box::new(object))
}

fn shown(record: Option<Value>) -> String {
    literal::to_string(&record.expect("a record")).unwrap()
}

#[test]
fn a_refusal_names_class_count_and_place() {
    let mut tally = Tally::default();
    let refusal: Refusal = Policy::Refuse.apply(record(), &mut tally).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "an object of class a.B at users[1]['it is'], 2 of them in this record"
    );
    assert_eq!(tally.unknown["a.B"], 2);
}

#[test]
fn fields_have_the_class_first() {
    let mut tally = Tally::default();
    let record = Policy::Fields.apply(record(), &mut tally).unwrap();
    let wanted = "{'users': [1, {'it is': {'__class__': 'a.B', 'i': 1}, \
                  'x': {'__class__': 'a.B', 'i': 2}}]}";
    assert_eq!(shown(record), wanted);
    assert_eq!(tally.unknown["a.B"], 2);

    let slots = Value::Dict(vec![(text("s"), Value::Int(2))]);
    let odd = object("a", "B", |object| {
        object.args = vec![Value::Int(1)];
        object.kwargs = vec![(text("k"), Value::Int(1))];
        object.states = vec![Value::Tuple(vec![Value::None, slots]), Value::Int(7)];
        object.items = vec![object_of("c", "D")];
        object.pairs = vec![(Value::Int(1), Value::Int(2))];
    });
    let record = Policy::Fields.apply(odd, &mut tally).unwrap();
    let wanted = "{'__class__': 'a.B', '__args__': [1], '__kwargs__': {'k': 1}, \
                  '__items__': [{'__class__': 'c.D'}], '__pairs__': {1: 2}, 's': 2, \
                  '__state__': 7}";
    assert_eq!(shown(record), wanted);
}

fn object_of(module: &str, name: &str) -> Value {
    object(module, name, |_| ())
}

#[test]
fn null_and_skip() {
    let mut tally = Tally::default();
    let none = Policy::Null.apply(record(), &mut tally).unwrap();
    assert_eq!(shown(none), "{'users': [1, {'it is': None, 'x': None}]}");
    assert_eq!(Policy::Skip.apply(record(), &mut tally), Ok(None));
    assert_eq!(tally.skipped, 1);
    let plain = Value::List(vec![Value::Int(1)]);
    assert_eq!(
        Policy::Skip.apply(plain.clone(), &mut tally),
        Ok(Some(plain))
    );
    assert_eq!(tally.skipped, 1);
}

#[test]
fn what_lies_in_known_data_is_treated_alike() {
    let mut tally = Tally::default();
    let point = object("a", "Point", |object| {
        object.args = vec![Value::Int(1), record()];
    });
    let queue = deque(vec![point, object_of("a", "C")]);
    let none = Policy::Null.apply(queue.clone(), &mut tally).unwrap();
    assert_eq!(
        shown(none),
        "deque([(1, {'users': [1, {'it is': None, 'x': None}]}), None])"
    );
    let refusal = Policy::Refuse.apply(queue, &mut tally).unwrap_err();
    assert_eq!(refusal.class, "a.B");
    assert_eq!(refusal.path, "[0][1].users[1]['it is']");
}

#[test]
fn strings_are_counted_by_what_they_are() {
    let date = || {
        let mut object = Object::new(Made::Call(Global {
            module: "datetime".to_owned(),
            name: "date".to_owned(),
        }));
        object.args = vec![Value::Bytes(b"\x07\xe4\x01\x02".to_vec())];
        Value::Object(Box::new(object))
    };
    let mut tally = Tally::default();
    let record = Value::List(vec![date(), deque(vec![date(), Value::Int(1)])]);
    Policy::Refuse.apply(record, &mut tally).unwrap();
    assert_eq!(tally.strings["datetime.date"], 2);
    assert_eq!(tally.strings(), 2);
}

/// Every value as a string, and every key too.
struct Strings;

impl Show for Strings {
    fn value<S: Serializer>(&self, value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
        let Value::Object(object) = value else {
            return serializer.collect_str(&literal::to_string(value).unwrap());
        };
        let known = known::read(object).expect("only known data");
        known.part(Form::Plain).shown(self).serialize(serializer)
    }

    fn dict<S: Serializer>(&self, pairs: Pairs<'_>, serializer: S) -> Result<S::Ok, S::Error> {
        let text = |value: &Value| literal::to_string(value).unwrap();
        serializer.collect_map(pairs.map(|(key, value)| (text(key), text(value))))
    }
}

#[test]
fn rules_of_a_format_reach_every_value() {
    let ordered = Value::Object(Box::new({
        let mut object = Object::new(Made::Call(Global {
            module: "collections".to_owned(),
            name: "OrderedDict".to_owned(),
        }));
        object.pairs = vec![(Value::Int(1), Value::Float(f64::NAN))];
        object
    }));
    let queue = deque(vec![Value::Int(1), ordered, deque(vec![Value::None])]);
    let Value::Object(queue) = queue else {
        panic!()
    };
    let known = known::read(&queue).unwrap();
    let part = known.part(Form::Plain);
    assert_eq!(
        serde_json::to_string(&part.shown(&Strings)).unwrap(),
        r#"["1",{"1":"nan"},["None"]]"#
    );
}
