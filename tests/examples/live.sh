#!/bin/sh
# Runs an example that plays for three seconds on the server of tools/with-pulse.sh, and kills the server
# meanwhile: sh live.sh COMMAND...
printed=$XDG_RUNTIME_DIR/printed
"$@" >"$printed" &
example=$!

# Whether there is anything but silence on the device within a second.
sounds() {
	test -n "$(timeout 1 parec --device=first.monitor --raw --format=float32le 2>/dev/null |
		tr -d '\0' | head -c 1 | od -An -tx1)"
}

fail() {
	echo "$1; the example has printed:" >&2
	cat "$printed" >&2
	kill $example 2>/dev/null
	exit 1
}

# Waits for a line of the example's, for at most five seconds.
says() {
	tries=0
	until grep -q "$1" "$printed"; do
		tries=$((tries + 1))
		[ $tries -le 250 ] || fail "it does not say \"$1\""
		sleep 0.02
	done
}

says 'dB .* ms, .* underruns, load'
sounds || fail "it does not sound"
kill -9 "$(cat "$XDG_RUNTIME_DIR/pid")"
says 'device lost'
says 'restarted'
sounds || fail "it does not sound after the loss"
wait $example || fail "it has failed"
