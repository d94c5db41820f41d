package tend

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// Names call items and people by keyed hashes, and seal what is needed to act.
// Who throws the key away makes everybody in the memory nobody.
type Names struct {
	mac  []byte
	seal cipher.AEAD
}

// shortest is the fewest characters of a key: what can be guessed hides nobody.
const shortest = 20

// NewNames returns the names under a key.
func NewNames(key string) (*Names, error) {
	key = strings.TrimSpace(key)
	if len(key) < shortest {
		return nil, fmt.Errorf("the key is shorter than %d characters and can be guessed; make one with `openssl rand -hex 32`", shortest)
	}
	mac, err := hkdf.Key(sha256.New, []byte(key), nil, "imprimatur moderation names", 32)
	if err != nil {
		return nil, err
	}
	sealing, err := hkdf.Key(sha256.New, []byte(key), nil, "imprimatur moderation seals", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &Names{mac, aead}, err
}

var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// name is 25 letters of a to z and 2 to 7 that stand for a list of words.
func (n *Names) name(words ...string) string {
	h := hmac.New(sha256.New, n.mac)
	var size [8]byte
	for _, w := range words {
		binary.BigEndian.PutUint64(size[:], uint64(len(w)))
		h.Write(size[:])
		h.Write([]byte(w))
	}
	return letters.EncodeToString(h.Sum(nil))[:25]
}

// Item is the name of an item of a channel.
func (n *Names) Item(channel, id string) string { return n.name("item", channel, id) }

func (n *Names) version(i *platform.Item) string { return n.name("version", i.ID, i.Rev)[:13] }

// Page is the name of an address.
func (n *Names) Page(url string) string { return n.name("page", url) }

func (n *Names) author(channel string, a *platform.Author) string {
	return n.name("author", channel, a.ID, "")[:13]
}

func (n *Names) reply(channel, id string) string { return n.name("reply", channel, id) }

// Mark proves that an issue which names an item is one of ours.
func (n *Names) Mark(item string) string { return n.name("mark", item)[:13] }

// A grip is what is needed to act on an item that is not at hand any more, or
// to undo what was done: ids, and no word or handle.
type grip struct {
	ID     string       `json:"id"`
	Rev    string       `json:"rev,omitempty"`
	Root   platform.Ref `json:"root,omitzero"`
	Author string       `json:"author,omitempty"`
	Undo   string       `json:"undo,omitempty"`
	Digest string       `json:"digest,omitempty"` // of a reply
	Secret bool         `json:"private,omitempty"`
}

func gripOf(i *platform.Item) grip {
	root := i.Root
	root.URL = "" // where a handle may stand
	return grip{ID: i.ID, Rev: i.Rev, Root: root, Author: i.Author.ID, Secret: i.Private}
}

func (g *grip) item() platform.Item {
	return platform.Item{ID: g.ID, Rev: g.Rev, Root: g.Root, Private: g.Secret, Author: platform.Author{ID: g.Author}}
}

func (n *Names) close(g grip) string {
	plain, _ := json.Marshal(g) // strings
	nonce := make([]byte, n.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return base64.RawURLEncoding.EncodeToString(n.seal.Seal(nonce, nonce, plain, nil))
}

var errKey = errors.New("what is sealed in the memory cannot be opened: the key is another than it was written with")

func (n *Names) open(sealed string) (grip, error) {
	var g grip
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(raw) < n.seal.NonceSize() {
		return g, errKey
	}
	size := n.seal.NonceSize()
	plain, err := n.seal.Open(nil, raw[:size], raw[size:], nil)
	if err != nil || json.Unmarshal(plain, &g) != nil {
		return g, errKey
	}
	return g, nil
}
