//! A class whose setter does nothing: the least that setting a value can cost.

#[pyo3::pymodule(gil_used = true)]
mod perbus_floor {
    #[pymodule_export]
    use super::Empty;
}

#[pyo3::pyclass(frozen)]
struct Empty;

#[pyo3::pymethods]
impl Empty {
    #[new]
    fn new() -> Self {
        Self
    }

    #[setter]
    fn set_value(&self, value: f64) {
        std::hint::black_box(value);
    }
}
