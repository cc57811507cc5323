module github.com/perbus/perbus/tests/languages/go

go 1.19

require github.com/perbus/perbus/bindings/go v0.0.0

replace github.com/perbus/perbus/bindings/go => ../../../bindings/go
