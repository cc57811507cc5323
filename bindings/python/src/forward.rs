//! Methods that only hand their arguments to the crate and its answer back.

use crate::prelude::*;

/// A Python object that stands for a handle of the crate's.
pub(crate) trait Handle: PyClass {
    type Native;

    /// Uses the handle with the GIL free.
    fn call<T: Send>(
        slf: &Bound<'_, Self>, native: impl FnOnce(&Self::Native) -> perbus::Result<T> + Send,
    ) -> PyResult<T>;
}

/// An argument as the crate takes it.
pub(crate) trait Argument {
    type Native<'a>
    where
        Self: 'a;

    fn native(&self) -> Self::Native<'_>;
}

impl<T: Copy + 'static> Argument for Value<T> {
    type Native<'a> = T;

    fn native(&self) -> T {
        self.0
    }
}

impl Argument for bool {
    type Native<'a> = bool;

    fn native(&self) -> bool {
        *self
    }
}

impl<T: Send + 'static> Argument for Held<T> {
    type Native<'a> = &'a T;

    fn native(&self) -> &T {
        self
    }
}

/// What the crate answers, whether that can fail or not.
pub(crate) trait Answer<T> {
    fn answer(self) -> perbus::Result<Value<T>>;
}

impl<T> Answer<T> for T {
    fn answer(self) -> perbus::Result<Value<T>> {
        Ok(Value(self))
    }
}

impl<T> Answer<T> for perbus::Result<T> {
    fn answer(self) -> perbus::Result<Value<T>> {
        self.map(Value)
    }
}

/// Methods of a class that are the crate's of the same name.
macro_rules! forward {
    ($class:ident {
        $($(#[$($attribute:tt)+])* $name:ident($($argument:ident: $type:ty),*) $(-> $answer:ty)?;)*
    }) => {
        #[allow(unused_parens)]
        #[pymethods]
        impl $class {
            $($(#[$($attribute)+])*
            fn $name(slf: &Bound<'_, Self>, $($argument: $type),*) -> PyResult<($(Value<$answer>)?)> {
                <Self as Handle>::call(slf, move |native| {
                    $(Answer::<$answer>::answer)?(native.$name($($argument.native()),*))
                })
            })*
        }
    };
}
pub(crate) use forward;
