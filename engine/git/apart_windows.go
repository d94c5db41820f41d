package git

import (
	"os/exec"
	"syscall"
)

// apart keeps a Ctrl-C meant for us from cutting a push short.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP, HideWindow: true}
}

// finish has nothing to do: a child ends when its pipes close.
func finish(*exec.Cmd) {}
