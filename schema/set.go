package schema

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// SetTop returns YAML in which a top-level key has a one-word value. Nothing
// else is changed: not a comment, not a blank.
func SetTop(src []byte, key, value string) ([]byte, error) {
	_, at, err := top(src, key)
	if err != nil {
		return nil, err
	}
	var out []byte
	if at == nil {
		out = bytes.TrimRight(src, "\r\n \t")
		out = append(bytes.Clone(out), '\n')
		out = fmt.Appendf(out, "%s: %s\n", key, value)
	} else {
		out = append(bytes.Clone(src[:at[0]]), value...)
		out = append(out, src[at[1]:]...)
	}
	if now, _, err := top(out, key); err != nil || now != value {
		return nil, fmt.Errorf("%s cannot be changed by a program as it is written; please write %s: %s yourself", key, key, value)
	}
	return out, nil
}

// top is the value of a top-level key, and the bytes it stands at; nil where
// there is no such key.
func top(src []byte, key string) (value string, at []int, err error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		return "", nil, err
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return "", nil, errors.New("the file is not a list of settings")
	}
	pairs := doc.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i].Value != key {
			continue
		}
		v := pairs[i+1]
		line := src
		before := 0
		for range v.Line - 1 {
			n := bytes.IndexByte(line, '\n') + 1
			before += n
			line = line[n:]
		}
		start := before + len(string([]rune(string(line))[:v.Column-1]))
		end := start + len(v.Value)
		if v.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
			end += 2
		}
		if v.Kind != yaml.ScalarNode || end > len(src) || strings.ContainsRune(string(src[start:end]), '\n') {
			return "", nil, fmt.Errorf("%s is not one word", key)
		}
		return v.Value, []int{start, end}, nil
	}
	return "", nil, nil
}
