//! The classes and functions of the standard library, and of numpy, of which it is known what
//! calling them makes.

/// A class, or a function that makes its objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    OrderedDict,
    DefaultDict,
    Counter,
    Deque,
    Namespace,
    Date,
    DateTime,
    Time,
    TimeDelta,
    /// A difference of nothing, which is no other class.
    ZeroTimeDelta,
    TimeZone,
    /// The one that exists once.
    Utc,
    Decimal,
    Fraction,
    Range,
    Slice,
    /// `copyreg._reconstructor`, a function.
    Reconstructor,
    /// numpy's `_reconstruct`, by which arrays are made.
    Array,
    /// numpy's `_frombuffer`, which protocol 5 has.
    FromBuffer,
    /// numpy's `scalar`.
    Scalar,
    Dtype,
    /// Python's own `array.array`.
    TypedArray,
    /// `array._array_reconstructor`, a function.
    TypedReconstructor,
}

impl Class {
    /// Whether it is one of numpy's.
    pub(super) fn is_of_numpy(self) -> bool {
        matches!(
            self,
            Class::Array | Class::FromBuffer | Class::Scalar | Class::Dtype
        )
    }

    /// Whether it makes Python's own arrays.
    pub(super) fn is_typed(self) -> bool {
        matches!(self, Class::TypedArray | Class::TypedReconstructor)
    }
}

impl Class {
    const ALL: [Class; 21] = [
        Class::OrderedDict,
        Class::DefaultDict,
        Class::Counter,
        Class::Deque,
        Class::Namespace,
        Class::Date,
        Class::DateTime,
        Class::Time,
        Class::TimeDelta,
        Class::TimeZone,
        Class::Decimal,
        Class::Fraction,
        Class::Range,
        Class::Slice,
        Class::Reconstructor,
        Class::Array,
        Class::FromBuffer,
        Class::Scalar,
        Class::Dtype,
        Class::TypedArray,
        Class::TypedReconstructor,
    ];

    /// The class of this name, as a pickle has it.
    pub(super) fn find(name: &str) -> Option<Class> {
        Class::ALL
            .into_iter()
            .find(|class| class.names().contains(&name))
    }

    /// `module.name`
    pub(super) fn name(self) -> &'static str {
        self.names()[0]
    }

    /// All names that it ever had, the newest first.
    fn names(self) -> &'static [&'static str] {
        match self {
            Class::OrderedDict => &["collections.OrderedDict"],
            Class::DefaultDict => &["collections.defaultdict"],
            Class::Counter => &["collections.Counter"],
            Class::Deque => &["collections.deque"],
            Class::Namespace => &["types.SimpleNamespace"],
            Class::Date => &["datetime.date"],
            Class::DateTime => &["datetime.datetime"],
            Class::Time => &["datetime.time"],
            Class::TimeDelta | Class::ZeroTimeDelta => &["datetime.timedelta"],
            Class::TimeZone | Class::Utc => &["datetime.timezone"],
            Class::Decimal => &["decimal.Decimal"],
            Class::Fraction => &["fractions.Fraction"],
            Class::Range => &["builtins.range", "__builtin__.xrange"],
            Class::Slice => &["builtins.slice", "__builtin__.slice"],
            Class::Reconstructor => &["copyreg._reconstructor", "copy_reg._reconstructor"],
            Class::Array => &[
                "numpy._core.multiarray._reconstruct",
                "numpy.core.multiarray._reconstruct",
            ],
            Class::FromBuffer => &[
                "numpy._core.numeric._frombuffer",
                "numpy.core.numeric._frombuffer",
            ],
            Class::Scalar => &[
                "numpy._core.multiarray.scalar",
                "numpy.core.multiarray.scalar",
            ],
            Class::Dtype => &["numpy.dtype"],
            Class::TypedArray => &["array.array"],
            Class::TypedReconstructor => &["array._array_reconstructor"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_that_of_one_class() {
        for class in Class::ALL {
            for name in class.names() {
                assert_eq!(Class::find(name), Some(class));
            }
        }
    }
}
