# What the servers here share; sourced, not run. A script says what its server
# is (NAME, VERSION, DEFAULT_PORT, PORTS) and defines three functions:
#   build   puts the program into the current folder, once for each VERSION
#   launch  prepares $DATA, calls spawn, waits until the server answers
#   enter   makes the account and prints its KEY=VALUE lines
set -euo pipefail
umask 077
ulimit -c 0

ACTION=${1:-} PORT=${2:-$DEFAULT_PORT}
if [[ $# -gt 2 || ! $ACTION =~ ^(start|stop|reset)$ || ! $PORT =~ ^[1-9][0-9]{3,4}$ || $PORT -gt 65000 ]]; then
	echo "usage: $NAME start|stop|reset [PORT]   (1000 to 65000, default $DEFAULT_PORT)" >&2
	exit 2
fi
HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
HOUSE=${XDG_CACHE_HOME:-$HOME/.cache}/imprimatur/servers/$NAME
BUILD=$HOUSE/$VERSION DATA=$HOUSE/data-$PORT

say() { echo "$NAME: $*" >&2; }
http() { curl -fsS --noproxy '*' --max-time 60 "$@"; }
member() { sed -n "s/.*\"$1\" *: *\"\\([^\"]*\\)\".*/\\1/p" | head -n 1; } # one string of a flat JSON object

# The server itself holds this lock from its first moment to its last, so that
# a process id in a file is never taken for a server that is long gone.
running() { [ -d "$DATA" ] && ! flock --nonblock "$DATA/held" true; }

# spawn COMMAND... runs it in the background, in a session of its own, with
# nothing of ours held open.
spawn() {
	setsid flock --no-fork "$DATA/held" "$@" >>"$DATA/log" 2>&1 </dev/null 9>&- &
	echo $! >"$DATA/pid"
	until running; do
		kill -0 "$(cat "$DATA/pid")" 2>/dev/null || { say "did not start"; return 1; }
		sleep 0.05
	done
}

# await SECONDS COMMAND... waits until it succeeds, or the server has died.
await() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		running || { say "ended while starting"; return 1; }
		((SECONDS < end)) || { say "does not answer"; return 1; }
		sleep 0.1
	done
}

# stop ends the server and forgets what it knew.
stop() {
	local pid i
	if running; then
		pid=$(cat "$DATA/pid")
		kill -TERM -- "-$pid" 2>/dev/null || true
		for ((i = 0; i < 100; i++)); do running || break; sleep 0.1; done
		if running; then kill -KILL -- "-$pid" 2>/dev/null || true; fi
	fi
	rm -rf "$DATA"
}

install() {
	local log=$HOUSE/build.log code
	[ -d "$BUILD" ] && return
	say "building $VERSION, this once; the log is $log"
	rm -rf "$BUILD.new"
	mkdir "$BUILD.new"
	set +e
	(set -e; cd "$BUILD.new"; build) >"$log" 2>&1 </dev/null 9>&-
	code=$?
	set -e
	if ((code)); then
		tail -n 30 "$log" >&2
		say "cannot be built"
		exit 1
	fi
	mv "$BUILD.new" "$BUILD"
}

start() {
	local port
	if running; then
		cat "$DATA/lines"
		echo READY
		return
	fi
	install
	stop
	for port in $(seq "$PORT" $((PORT + PORTS - 1))); do
		if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			say "port $port is in use; give another one"
			exit 1
		fi
	done
	mkdir -p "$DATA"
	trap 'tail -n 30 "$DATA/log" >&2; stop' EXIT
	launch
	enter >"$DATA/lines.new"
	mv "$DATA/lines.new" "$DATA/lines"
	trap - EXIT
	cat "$DATA/lines"
	echo READY
}

main() {
	mkdir -p "$HOUSE"
	exec 9>"$HOUSE/lock" # one start or stop at a time
	flock 9
	case $ACTION in
	start) start ;;
	stop) stop ;;
	reset)
		stop
		start
		;;
	esac
}
