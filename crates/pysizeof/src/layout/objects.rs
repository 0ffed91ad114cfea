//! How each build lays out instances of classes written in Python.
//!
//! Sources, all in CPython: `type_new` and `PyType_GenericAlloc` in
//! `Objects/typeobject.c`, `_PyObject_InitializeDict` and `new_values` in
//! `Objects/dictobject.c`, `PyInstanceObject` in `Include/classobject.h` (2.7).

use crate::blocks::Parts;
use crate::kind::Form;
use crate::shared_keys::SharedRule;

use super::Layout;

/// The numbers of a build for instances; bytes unless another unit is named.
#[derive(Debug)]
pub(super) struct Instances {
    /// What gives an object its `__dict__` and weak references.
    attributes: u64,
    /// What gives it weak references alone.
    weak_references: u64,
    /// Where the values are whose keys an instance shares with its class.
    values: Values,
    /// Whether instances of a class whose base is dict share theirs too.
    dicts_share: bool,
}

/// Where the values are whose keys an instance shares with its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Values {
    /// 2.7: nowhere, no keys are shared.
    Nowhere,
    /// 3.8: in a block that the dict has, once there is a dict.
    OfDict,
    /// 3.11, 3.12: in a block that the instance has from the beginning.
    OfInstance,
    /// 3.13 on: in the instance itself.
    Inline,
}

pub(super) const PYTHON_2_7: Instances = Instances {
    attributes: 16,
    weak_references: 8,
    values: Values::Nowhere,
    dicts_share: true,
};

pub(super) const PYTHON_3_8: Instances = Instances {
    values: Values::OfDict,
    ..PYTHON_2_7
};

pub(super) const PYTHON_3_11: Instances = Instances {
    // Both before the object, and its weak references behind it.
    attributes: 24,
    weak_references: 8,
    values: Values::OfInstance,
    dicts_share: false,
};

pub(super) const PYTHON_3_12: Instances = Instances {
    attributes: 16,
    weak_references: 16,
    dicts_share: true,
    ..PYTHON_3_11
};

pub(super) const PYTHON_3_14: Instances = Instances {
    values: Values::Inline,
    ..PYTHON_3_12
};

impl Layout {
    /// By which rule the instances of a class share their keys.
    pub(crate) fn shared_rule(&self) -> Option<SharedRule> {
        match self.instances.values {
            Values::Nowhere => None,
            Values::OfDict => Some(SharedRule::Ordered),
            Values::OfInstance | Values::Inline => Some(SharedRule::AnyOrder),
        }
    }

    /// The same of a class whose base is dict.
    pub(crate) fn shared_rule_of_dicts(&self) -> Option<SharedRule> {
        self.shared_rule().filter(|_| self.instances.dicts_share)
    }

    /// Bytes that give an object its `__dict__` and weak references.
    pub(super) fn attributes(&self) -> u64 {
        self.instances.attributes
    }

    /// The bytes of an instance itself, as `sys.getsizeof` tells them.
    pub(crate) fn instance_bytes(&self, form: Form) -> u64 {
        let attributes = self.instances.attributes;
        let own = match form {
            Form::OldStyle if self.is_python_2() => 40,
            Form::Uuid if !self.is_python_2() => 32 + self.instances.weak_references,
            Form::OldStyle | Form::Plain | Form::Uuid => 16 + attributes,
            Form::Namespace => 24,
            Form::Slots(count, false) => 16 + 8 * u64::from(count),
            Form::Slots(count, true) => 16 + 8 * u64::from(count) + attributes,
        };
        self.collector + own
    }

    /// An instance whose class has room for so many shared values: itself, and what
    /// holds them before it has a dict. `sys.getsizeof` tells of them with the dict.
    pub(crate) fn instance(&self, form: Form, values: u64) -> [Parts; 2] {
        let instance = Parts::one(self.instance_bytes(form));
        let block = if form.has_dict() {
            values_block(values)
        } else {
            0
        };
        let behind = |object, spare| Parts {
            spare,
            ..Parts::one(object)
        };
        match self.instances.values {
            Values::Nowhere | Values::OfDict => [instance, Parts::one(0)],
            Values::OfInstance => [instance, behind(0, block)],
            // With their own header.
            Values::Inline if block > 0 => [behind(instance.object, block + 8), Parts::one(0)],
            Values::Inline => [instance, Parts::one(0)],
        }
    }

    /// A tuple of a class of its own, for which one item more is allocated.
    pub(crate) fn named_tuple(&self, len: u64) -> Parts {
        Parts {
            spare: 8,
            ..self.tuple(len)
        }
    }

    /// The dict of an instance that shares its keys, with room for so many values;
    /// without the values themselves from 3.11 on, for which see
    /// [`Layout::told_values`].
    pub(crate) fn sharing_dict(&self, values: u64) -> Parts {
        let table = match self.instances.values {
            Values::OfDict => 8 * values,
            _ => 0,
        };
        Parts {
            table,
            ..Parts::one(self.collector + self.dict)
        }
    }

    /// Bytes that `sys.getsizeof` tells of the values with a dict that shares its
    /// keys: as many as the class has room for by now.
    pub(crate) fn told_values(&self, values: u64) -> u64 {
        match self.shared_rule() {
            Some(SharedRule::AnyOrder) => 8 * values,
            _ => 0,
        }
    }

    /// The block of values that an instance gives back when its dict gets a table
    /// of its own.
    pub(crate) fn given_back(&self, values: u64) -> Parts {
        let spare = match self.instances.values {
            Values::OfInstance => values_block(values),
            _ => 0,
        };
        Parts {
            spare,
            ..Parts::one(0)
        }
    }
}

/// Bytes of so many values, with the order in which they came.
fn values_block(values: u64) -> u64 {
    8 * values + (values + 2).next_multiple_of(8)
}
