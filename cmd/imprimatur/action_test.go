package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A machine runs the scripts of action.yml as a runner does.
type machine struct {
	t      *testing.T
	action string // the action's folder
	env    map[string]string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	for _, name := range []string{"bash", "curl", "tar"} {
		if _, err := exec.LookPath(name); err != nil || runtime.GOOS == "windows" {
			t.Skipf("the action's scripts need bash, curl and tar of a Unix: %v", err)
		}
	}
	m := &machine{t: t, action: t.TempDir()}
	m.env = map[string]string{"ACTION_PATH": m.action, "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64", "RUNNER_TEMP": t.TempDir(), "RUNNER_TOOL_CACHE": t.TempDir(),
		"GITHUB_OUTPUT": filepath.Join(t.TempDir(), "output"), "IMPRIMATUR_DOWNLOADS": "file:///nowhere"}
	for _, name := range []string{"go.mod", "go.sum", "cmd/a.go", "engine/a b.go", "schema/a.go"} {
		m.write(name, name)
	}
	return m
}

func (m *machine) write(name, text string) {
	m.t.Helper()
	name = filepath.Join(m.action, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// run runs a script; nothing of this test's own environment but PATH is there.
func (m *machine) run(script string) (said string, output map[string]string, err error) {
	m.t.Helper()
	cmd := exec.Command("bash", filepath.Join("..", "..", ".github", "action", script))
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	for k, v := range m.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	os.Remove(m.env["GITHUB_OUTPUT"])
	out, err := cmd.CombinedOutput()
	output = map[string]string{}
	src, _ := os.ReadFile(m.env["GITHUB_OUTPUT"])
	for line := range strings.Lines(string(src)) {
		k, v, _ := strings.Cut(strings.TrimSpace(line), "=")
		output[k] = v
	}
	return string(out), output, err
}

// release makes the action a release, whose archive is in a folder of its own.
func (m *machine) release(program string) (archive string) {
	m.t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	w.WriteHeader(&tar.Header{Name: "README.md", Mode: 0o644, Size: 1})
	w.Write([]byte("x"))
	w.WriteHeader(&tar.Header{Name: "imprimatur", Mode: 0o755, Size: int64(len(program))})
	w.Write([]byte(program))
	w.Close()
	z.Close()
	dir := m.t.TempDir()
	m.env["IMPRIMATUR_DOWNLOADS"] = "file://" + dir
	archive = filepath.Join(dir, "v1.2.3", "imprimatur_1.2.3_linux_amd64.tar.gz")
	if err := os.MkdirAll(filepath.Dir(archive), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(archive, b.Bytes(), 0o644); err != nil {
		m.t.Fatal(err)
	}
	m.write(".github/release/checksums.txt", fmt.Sprintf("%x  imprimatur_1.2.3_darwin_arm64.tar.gz\n%x  %s\n", sha256.Sum256(nil), sha256.Sum256(b.Bytes()), filepath.Base(archive)))
	return archive
}

func TestActionFindsRelease(t *testing.T) {
	m := newMachine(t)
	archive := m.release("#!/bin/sh\necho released")
	for range 2 { // downloaded, then at hand
		said, out, err := m.run("find")
		if err != nil || out["how"] != "ready" {
			t.Fatalf("%v %q\n%s", err, out, said)
		}
		if ran, err := exec.Command(out["program"]).CombinedOutput(); err != nil || string(ran) != "released\n" {
			t.Errorf("%v %q", err, ran)
		}
	}
	// the next job has the archive, but not what was in it; the network is gone
	m.env["RUNNER_TEMP"] = t.TempDir()
	if err := os.Remove(archive); err != nil {
		t.Fatal(err)
	}
	if said, out, err := m.run("find"); err != nil || out["how"] != "ready" {
		t.Fatalf("%v %q\n%s", err, out, said)
	}
	// somebody else put another there: it is not run, but fetched again, and built where that fails
	m.env["RUNNER_TEMP"] = t.TempDir()
	kept := filepath.Join(m.env["RUNNER_TOOL_CACHE"], "imprimatur", filepath.Base(archive))
	if err := os.WriteFile(kept, []byte("evil"), 0o644); err != nil {
		t.Fatal(err)
	}
	said, out, err := m.run("find")
	if err != nil || out["how"] != "build" || !strings.Contains(said, "::warning::") {
		t.Fatalf("%v %q\n%s", err, out, said)
	}
	// the download is not what the release says
	if err := os.WriteFile(archive, []byte("evil"), 0o644); err != nil {
		t.Fatal(err)
	}
	said, out, err = m.run("find")
	if err == nil || len(out) > 0 || !strings.Contains(said, "its checksum is another") {
		t.Fatalf("%v %q\n%s", err, out, said)
	}
}

func TestActionFindsSource(t *testing.T) {
	m := newMachine(t)
	_, first, err := m.run("find")
	if err != nil || first["how"] != "build" || first["folder"] != filepath.Dir(first["program"]) || !strings.HasPrefix(first["key"], "imprimatur-linux-amd64-") {
		t.Fatalf("%v %q", err, first)
	}
	if err := os.MkdirAll(first["folder"], 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(first["program"], []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, again, err := m.run("find"); err != nil || again["how"] != "ready" || again["program"] != first["program"] {
		t.Errorf("%v %q", err, again)
	}
	m.write("engine/a b.go", "changed")
	if _, other, err := m.run("find"); err != nil || other["how"] != "build" || other["key"] == first["key"] {
		t.Errorf("%v %q", err, other)
	}
	// there is no release for this machine
	m.release("x")
	m.env["RUNNER_ARCH"] = "ARM"
	if _, out, err := m.run("find"); err != nil || out["how"] != "build" {
		t.Errorf("%v %q", err, out)
	}
}

func TestActionRuns(t *testing.T) {
	m := newMachine(t)
	program := filepath.Join(m.action, "program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nprintf '[%s]' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	m.env["PROGRAM"], m.env["GITHUB_EVENT_PATH"] = program, "/event"
	for _, c := range []struct{ command, workspace, until, strict, shard, want string }{
		{"publish", ".", "", "true", "", "[publish][--yes][--strict][--directory=.]"},
		{"publish", "a\n  b c \n\n", "14m", "false", "2/8", "[publish][--yes][--until=14m][--shard=2/8][--directory=a][--directory=b c]"},
		{"check", "$(touch x); `id` --help", "", "true", "", "[check][--directory=$(touch x); `id` --help]"},
		{"propose", ".", "", "true", "", "[propose][--event=/event][--directory=.]"},
		{"review", ".", "14m; id", "x", "", "[review][--directory=.]"},
	} {
		m.env["COMMAND"], m.env["WORKSPACE"], m.env["UNTIL"], m.env["STRICT"], m.env["SHARD"] = c.command, c.workspace, c.until, c.strict, c.shard
		if said, _, err := m.run("run"); err != nil || said != c.want {
			t.Errorf("%+v: %v %q", c, err, said)
		}
	}
	for _, c := range [][2]string{{"ledger", "true"}, {"", "true"}, {"--help", "true"}, {"publish --plan x", "true"}, {"publish", "yes"}} {
		m.env["COMMAND"], m.env["STRICT"] = c[0], c[1]
		if said, _, err := m.run("run"); err == nil || !strings.HasPrefix(said, "::error::the input ") {
			t.Errorf("%q: %v %q", c, err, said)
		}
	}
}
