package platformtest

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// leaks demands that an error, and every error in it, shows no secret however
// it is printed: neither a setting nor a credential made from one.
func (b *bench) leaks(err error) {
	b.Helper()
	if err == nil {
		return
	}
	b.line.mu.Lock()
	secrets := append([]string{platform.Marker}, b.line.seen...)
	b.line.mu.Unlock()
	for _, s := range b.secrets {
		secrets = append(secrets, s, url.QueryEscape(s), url.PathEscape(s))
	}
	for _, e := range chain(err) {
		said := fmt.Sprintf("%s\n%v\n%+v\n%#v\n%q", e.Error(), e, e, e, e)
		if status := (*wire.StatusError)(nil); errors.As(e, &status) {
			said += string(status.Body) // %#v prints bytes as numbers
		}
		for _, secret := range secrets {
			if secret != "" && strings.Contains(said, secret) {
				b.Errorf("a %T leaks a secret: %s", e, e)
				return
			}
		}
	}
}

// chain is an error and all that it wraps.
func chain(err error) []error {
	all := []error{err}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			all = append(all, chain(inner)...)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			all = append(all, chain(inner)...)
		}
	}
	return all
}
