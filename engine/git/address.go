package git

import (
	"context"
	"net/url"
	"regexp"
	"strings"
)

// Address is where the remote is, without credentials.
func (r *Repo) Address(ctx context.Context) (string, error) {
	remote, err := r.Remote()
	if err != nil {
		return "", err
	}
	out, err := r.run(ctx, nil, "remote", "get-url", "--", remote)
	if err != nil {
		return "", err
	}
	address := strings.TrimSpace(string(out))
	if u, err := url.Parse(address); err == nil && u.User != nil {
		u.User = nil
		address = u.String()
	}
	return address, nil
}

// short is how ssh writes an address: git@github.com:acme/voice.git.
var short = regexp.MustCompile(`^(?:[^/@:]+@)?([^/@:]+):([^/].*)$`)

// Hosted parts an address into the host and the path on it without .git: of
// git@github.com:acme/voice.git, github.com and acme/voice. Of a folder on this
// machine, both are "".
func Hosted(address string) (host, name string) {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host, name = u.Host, u.Path
	} else if m := short.FindStringSubmatch(address); m != nil && len(m[1]) > 1 { // one letter is a drive
		host, name = m[1], m[2]
	}
	return host, strings.TrimSuffix(strings.Trim(name, "/"), ".git")
}
