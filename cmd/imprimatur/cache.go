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

// cacheKey is this user's key for signing caches, made at first use. Without
// a folder to keep it in there is no cache.
func cacheKey() []byte {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	file := filepath.Join(dir, "imprimatur", "key")
	if key, err := os.ReadFile(file); err == nil {
		return key
	}
	key := []byte(rand.Text())
	if os.MkdirAll(filepath.Dir(file), 0o700) != nil || os.WriteFile(file, key, 0o600) != nil {
		return nil
	}
	return key
}
