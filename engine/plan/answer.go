package plan

import (
	"strconv"
	"strings"
	"unicode"
)

// Answer is what a person can say of an action that asks or was handed off.
type Answer string

// The answers, which are flags of the command resolve.
const (
	AnswerLive  Answer = "live"  // it is there, at an address
	AnswerLost  Answer = "lost"  // it is not there
	AnswerRetry Answer = "retry" // it is not there: try again, however late
)

// A question is what only a person can know, and what they can say.
type question struct {
	why     string
	answers []Answer
	part    int // that it is about; 0: all that is open
}

// anywhere are the answers to an outcome nobody knows.
var anywhere = []Answer{AnswerLive, AnswerLost, AnswerRetry}

func (a Action) ask(q question) (Action, bool) {
	a.Answers, a.Part = q.answers, q.part
	return a.as(Ask, "%s", q.why)
}

// Resolve is the command with which a person answers.
func (a *Action) Resolve() string {
	name := word(a.Post + "@" + a.Channel)
	if a.Part > 0 {
		name += " --part " + strconv.Itoa(a.Part)
	}
	return "imprimatur resolve " + name
}

// Say is the whole of it, with an answer. At is the address that AnswerLive
// needs.
func (a *Action) Say(answer Answer, at string) string {
	s := a.Resolve() + " --" + string(answer)
	if at != "" {
		s += " " + word(at)
	}
	return s
}

// word is s as one word for a shell: servers and file names have their part
// in it.
func word(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune("@/-_.:", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
