package git

import (
	"errors"
	"os/exec"
	"regexp"
	"strings"
)

// What can go wrong, for errors.Is.
var (
	ErrNoGit        = errors.New("git is not installed, or not in PATH")
	ErrNoRepository = errors.New("the folder is not in the work tree of a git repository")
	ErrNoRemote     = errors.New("the repository has no remote to keep the branch on")
	ErrRejected     = errors.New("someone else pushed first")         // the branch is not where it was expected: fetch and try again
	ErrDenied       = errors.New("the remote does not take the push") // a rule or a hook of the remote
	ErrAuth         = errors.New("the remote does not let us in")     // the credentials are missing, wrong, or may not do this
	ErrNetwork      = errors.New("the remote cannot be reached")      // trying again makes sense; a push may have arrived
	ErrRewritten    = errors.New("the branch was rewritten or deleted since it was last read here")
	ErrMissing      = errors.New("an object is missing or damaged")
	ErrFailed       = errors.New("git did not do it")
)

// An Error is what went wrong with git, with its own last words, free of
// credentials.
type Error struct {
	Kind  error  // one of the above
	Doing string // git's subcommand
	Said  string // one line, or ""
	err   error
}

func (e *Error) Error() string {
	s := e.Kind.Error()
	if e.Said != "" {
		s += ": " + e.Said
	}
	return s
}

func (e *Error) Unwrap() []error { return []error{e.Kind, e.err} }

// failure makes an error of a command that did not end well.
func failure(doing string, err error, stderr string) error {
	if errors.Is(err, exec.ErrNotFound) {
		return &Error{Kind: ErrNoGit, err: err}
	}
	e := &Error{Kind: ErrFailed, Doing: doing, Said: Brief(stderr), err: err}
	for _, k := range kinds {
		if k.says.MatchString(stderr) {
			e.Kind = k.kind
			break
		}
	}
	return e
}

// kinds are told by what git says; it says it in English, because we ask it to.
// The first that matches holds.
var kinds = []struct {
	kind error
	says *regexp.Regexp
}{
	{ErrNoRepository, regexp.MustCompile(`not a git repository|must be run in a work tree`)},
	{ErrNoRemote, regexp.MustCompile(`No such remote`)},
	{ErrMissing, regexp.MustCompile(`is corrupt|repository corruption|bad object|(missing|unable to read) (blob|tree|commit|sha1)`)},
	{ErrAuth, regexp.MustCompile(`(?i)Authentication failed|could not read (Username|Password)|terminal prompts disabled|Permission denied \(|` +
		`Host key verification failed|requested URL returned error: 40[13]|Permission to .* denied|access (denied|to .* not granted)|` +
		`repository ('.*' )?not found|Invalid username or (password|token)`)},
	{ErrNetwork, regexp.MustCompile(`(?i)Could not resolve|Failed to connect|Couldn't connect|Connection (refused|reset|timed out|closed)|timed out|early EOF|hung up|` +
		`RPC failed|unexpected disconnect|Empty reply|requested URL returned error: (408|429|5\d\d)|Broken pipe|Network is unreachable|No route to host|` +
		`Operation too slow|kex_exchange_identification|unable to access|\b(TLS|SSL)\b|protocol error|bad line length|invalid index-pack output`)},
	{ErrAuth, regexp.MustCompile(`Could not read from remote repository|does not appear to be a git repository`)}, // ssh says no more than that
}

// Brief is git's standard error as it may stand in a message: its last lines
// as one, without advice, credentials, or what a terminal would act on.
func Brief(stderr string) string {
	var lines []string
	for line := range strings.FieldsFuncSeq(stderr, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line = strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
				return ' '
			}
			return r
		}, line)
		line = strings.Join(strings.Fields(line), " ")
		if line == "" || line == "remote:" || strings.HasPrefix(line, "hint:") || strings.HasPrefix(line, "To ") || strings.HasPrefix(line, "From ") ||
			strings.HasPrefix(line, "error: failed to push some refs") {
			continue
		}
		lines = append(lines, line)
	}
	s := Redact(strings.Join(lines[max(0, len(lines)-6):], "; "))
	if r := []rune(s); len(r) > 600 {
		s = "…" + string(r[len(r)-600:])
	}
	return s
}

var credentials = []*regexp.Regexp{
	regexp.MustCompile(`(://)[^/\s'"]*@`),
	regexp.MustCompile(`(?i)((?:authorization|private-token|proxy-authorization)\s*[:=]\s*(?:(?:basic|bearer|token)\s+)?)[^\s;'"]+`),
	regexp.MustCompile(`(?i)([?&](?:access_token|private_token|token|password|key|sig|signature)=)[^&\s'"]+`),
	regexp.MustCompile(`()\b(?:gh[a-z]_|github_pat_|glpat-|glcbt-|ATBB|ATCTT)[A-Za-z0-9_=.-]{8,}`),
}

// Redact takes credentials out of what git says: those in addresses and
// headers, and those that show what they are.
func Redact(s string) string {
	for _, c := range credentials {
		s = c.ReplaceAllString(s, "${1}[secret]")
	}
	return strings.ReplaceAll(s, "://[secret]", "://")
}
