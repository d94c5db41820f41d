package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"time"
)

// locked does something while no other process of this machine holds the lock
// file, which is made where it is missing.
func locked(ctx context.Context, root *os.Root, file string, do func() error) error {
	if err := root.MkdirAll(path.Dir(file), 0o755); err != nil {
		return unwritable(err)
	}
	f, err := root.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return unwritable(err)
	}
	defer f.Close()
	wait := time.NewTicker(20 * time.Millisecond)
	defer wait.Stop()
	for {
		switch ok, err := tryLock(f); {
		case err != nil:
			return unwritable(err)
		case ok:
			defer unlock(f)
			return do()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the ledger is in use by another run: %w", ctx.Err())
		case <-wait.C:
		}
	}
}

func unwritable(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("cannot write the ledger: %w", err)
}
