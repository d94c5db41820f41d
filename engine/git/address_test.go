package git

import "testing"

func TestHosted(t *testing.T) {
	for address, want := range map[string][2]string{
		"https://github.com/acme/voice.git":       {"github.com", "acme/voice"},
		"https://github.com/acme/voice":           {"github.com", "acme/voice"},
		"https://x:s3cret@github.com/acme/voice/": {"github.com", "acme/voice"},
		"git@github.com:acme/voice.git":           {"github.com", "acme/voice"},
		"github.com:acme/voice.git":               {"github.com", "acme/voice"},
		"ssh://git@ghe.acme.example:2222/a/b.git": {"ghe.acme.example:2222", "a/b"},
		"/srv/git/voice.git":                      {"", ""},
		`C:\git\voice`:                            {"", ""},
		"../voice.git":                            {"", ""},
		"":                                        {"", ""},
	} {
		if host, name := Hosted(address); host != want[0] || name != want[1] {
			t.Errorf("%s: %q %q", address, host, name)
		}
	}
}

func TestAddress(t *testing.T) {
	_, dir := pair(t)
	sh(t, dir, "remote", "set-url", "origin", "https://ana:s3cret@github.com/acme/voice.git")
	if got, err := open(t, dir).Address(t.Context()); got != "https://github.com/acme/voice.git" || err != nil {
		t.Error(got, err)
	}
}
