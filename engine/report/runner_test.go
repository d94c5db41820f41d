package report

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

// A runner reads a step's log and files as GitHub's does: after
// https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs,
// ActionCommandManager.cs and FileCommandManager.cs.
type runner struct {
	commands []command
	stopped  string
	text     []string // lines that are no command
}

type command struct {
	name, data string
	fields     map[string]string
}

// known are the commands that the runner acts on.
var known = []string{"add-mask", "stop-commands", "error", "warning", "notice", "debug", "group", "endgroup", "echo", "set-output", "set-env", "add-path",
	"save-state", "add-matcher", "remove-matcher", "internal-set-repo-path"}

func (r *runner) read(log string) {
	for _, line := range strings.FieldsFunc(log, func(c rune) bool { return c == '\n' || c == '\r' }) {
		c, ok := r.parse(line)
		switch {
		case !ok:
			r.text = append(r.text, line)
		case r.stopped != "" && strings.EqualFold(c.name, r.stopped):
			r.stopped = ""
		case r.stopped != "":
			r.text = append(r.text, line)
		case strings.EqualFold(c.name, "stop-commands"):
			r.stopped = c.data
		default:
			r.commands = append(r.commands, c)
		}
	}
}

func (r *runner) acts(name string) bool {
	return slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) }) || r.stopped != "" && strings.EqualFold(name, r.stopped)
}

func (r *runner) parse(line string) (command, bool) {
	trimmed := strings.TrimLeftFunc(line, unicode.IsSpace)
	if rest, ok := strings.CutPrefix(trimmed, "::"); ok {
		if info, data, ok := strings.Cut(rest, "::"); ok {
			name, fields, _ := strings.Cut(info, " ")
			if r.acts(name) {
				return command{name, unescape(data, "%0D", "\r", "%0A", "\n", "%25", "%"),
					properties(strings.TrimSpace(fields), ",", "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")}, true
			}
		}
	}
	old := []string{"%3B", ";", "%0D", "\r", "%0A", "\n", "%5D", "]", "%25", "%"}
	if _, rest, ok := strings.Cut(line, "##["); ok { // the older form, anywhere in a line
		if info, data, ok := strings.Cut(rest, "]"); ok {
			name, fields, _ := strings.Cut(info, " ")
			if r.acts(name) {
				return command{name, unescape(data, old...), properties(fields, ";", old...)}, true
			}
		}
	}
	return command{}, false
}

func properties(s, sep string, escapes ...string) map[string]string {
	all := map[string]string{}
	for pair := range strings.SplitSeq(s, sep) {
		if k, v, ok := strings.Cut(pair, "="); ok && k != "" && v != "" {
			all[strings.ToLower(k)] = unescape(v, escapes...)
		}
	}
	return all
}

// unescape replaces one after the other, as the runner does.
func unescape(s string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, pairs[i], pairs[i+1])
	}
	return s
}

// values reads a file of outputs.
func values(t *testing.T, file string) map[string]string {
	t.Helper()
	all := map[string]string{}
	lines := strings.Split(file, "\n")
	for i := 0; i < len(lines); i++ {
		name, value, equal := strings.Cut(lines[i], "=")
		heredoc, end, here := strings.Cut(lines[i], "<<")
		switch {
		case lines[i] == "":
		case here && (!equal || len(heredoc) < len(name)):
			var body []string
			for i++; ; i++ {
				if i == len(lines) {
					t.Fatalf("the output %q has no end", heredoc)
				}
				if strings.TrimSuffix(lines[i], "\r") == end {
					break
				}
				body = append(body, lines[i])
			}
			all[heredoc] = strings.Join(body, "\n")
		case equal:
			all[name] = value
		default:
			t.Fatalf("%q is no output", lines[i])
		}
	}
	return all
}
