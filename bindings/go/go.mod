module github.com/perbus/perbus/bindings/go

go 1.19
