//go:build unix

package git

import (
	"os/exec"
	"syscall"
)

// apart has the command and its children run in a session of their own: a
// Ctrl-C meant for us does not cut a push short, nobody can ask for a
// passphrase, and all of them can be stopped together.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) } // git takes its lock files away
}

// finish ends what a stopped command left running.
func finish(cmd *exec.Cmd) {
	if cmd.Process != nil && cmd.ProcessState != nil && !cmd.ProcessState.Success() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
