package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
)

// build names this very program: a cache made by another is not read.
func build() string {
	exe, err := os.Executable()
	if err != nil {
		return version
	}
	info, err := os.Stat(exe)
	if err != nil {
		return version
	}
	return fmt.Sprint(version, info.Size(), info.ModTime().UnixNano())
}

// cacheKey is this user's key for signing what is kept in a workspace, made at
// first use. Where it cannot be kept it is good for this run.
func cacheKey() []byte {
	key := []byte(rand.Text())
	dir, err := os.UserCacheDir()
	if err != nil {
		return key
	}
	file := filepath.Join(dir, "imprimatur", "key")
	if kept, err := os.ReadFile(file); err == nil && len(kept) > 0 {
		return kept
	}
	if os.MkdirAll(filepath.Dir(file), 0o700) == nil {
		_ = os.WriteFile(file, key, 0o600)
	}
	return key
}
