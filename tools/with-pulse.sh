#!/bin/sh
# Runs a command with a PulseAudio server of its own, which has two null sinks: "first", the default
# one, and "second". A server that is killed, whose number is in $XDG_RUNTIME_DIR/pid, is started
# again. Without PulseAudio, says so and runs nothing.
for program in pulseaudio parec; do
	command -v $program >/dev/null || {
		echo "tests on PulseAudio are skipped: $program is missing (make deps)"
		exit 0
	}
done
folder=$(mktemp -d "${TMPDIR:-/tmp}/perbus-pulse-XXXXXX") || exit 1
export XDG_RUNTIME_DIR="$folder" XDG_CONFIG_HOME="$folder" PULSE_SERVER="unix:$folder/socket"
unset DISPLAY DBUS_SESSION_BUS_ADDRESS PERBUS_AUDIO PULSE_SINK PULSE_SOURCE
cat >"$folder/script" <<END
load-module module-native-protocol-unix auth-anonymous=1 socket=$folder/socket
load-module module-null-sink sink_name=first format=float32le rate=48000 channels=2 norewinds=1
load-module module-null-sink sink_name=second format=float32le rate=48000 channels=2 norewinds=1
set-default-sink first
END

serve() {
	trap 'kill -KILL $server; wait $server; exit' TERM
	while :; do
		rm -f "$folder/socket"
		pulseaudio -n -F "$folder/script" --daemonize=no --exit-idle-time=60 --use-pid-file=no \
			</dev/null >/dev/null 2>"$folder/log" &
		server=$!
		echo $server >"$folder/pid"
		wait $server
	done
}
serve 2>/dev/null &
serving=$!
end() {
	kill $serving
	wait $serving 2>/dev/null
	rm -rf "$folder"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

tries=0
until [ -S "$folder/socket" ]; do
	tries=$((tries + 1))
	[ $tries -le 500 ] || { echo "PulseAudio does not start:" >&2; cat "$folder/log" >&2; exit 1; }
	sleep 0.02
done
"$@"
