package moderate

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// scope is what an expression can speak of.
type scope struct {
	Text     string      `expr:"text"`
	Lang     string      `expr:"lang"`
	Surface  string      `expr:"surface"`
	Platform string      `expr:"platform"`
	Channel  string      `expr:"channel"`
	Length   int         `expr:"length"`
	Links    int         `expr:"links"`
	Mentions int         `expr:"mentions"`
	Capitals int         `expr:"capitals"`
	Emoji    int         `expr:"emoji"`
	Repeats  int         `expr:"repeats"`
	Author   authorScope `expr:"author"`
}

type authorScope struct {
	Age        int  `expr:"age"` // whole days
	Followers  int  `expr:"followers"`
	Trusted    bool `expr:"trusted"`
	SeenBefore bool `expr:"seen_before"`
}

// scopeNames are the names there are, for messages.
var scopeNames = []string{"text", "lang", "surface", "platform", "channel", "length", "links", "mentions", "capitals", "emoji", "repeats", "author",
	"author.age", "author.followers", "author.trusted", "author.seen_before"}

// maxNodes bounds an expression: as it has no loops, it bounds its cost too.
const maxNodes = 100

// An expression is a condition in the small language.
type expression struct {
	program *vm.Program
	needs   []string // the names that it speaks of, in order
}

// compileExpr reads an expression. What it may hold is listed, not what it may
// not: names, plain values, comparisons, and, or, not, and the functions
// listed in grammar.
func compileExpr(src string) (condition, error) {
	g := &grammar{}
	program, err := expr.Compile(src, expr.Env(scope{}), expr.AsBool(), expr.MaxNodes(maxNodes), expr.DisableAllBuiltins(),
		expr.EnableBuiltin("len"), expr.EnableBuiltin("lower"), expr.Patch(g))
	if g.odd != "" {
		return nil, errors.New(g.odd)
	}
	if err != nil {
		return nil, plainly(err)
	}
	slices.Sort(g.names)
	return &expression{program, slices.Compact(g.names)}, nil
}

// plainly is what is wrong with an expression, in one line.
func plainly(err error) error {
	var at *file.Error
	const write = "write a condition, as in links > 2 and author.followers < 5"
	if !errors.As(err, &at) {
		line, _, _ := strings.Cut(err.Error(), "\n")
		if strings.HasPrefix(line, "expected bool") {
			line = "it is no yes or no by itself"
		}
		return errors.New(line + "; " + write)
	}
	if name, is := strings.CutPrefix(at.Message, "unknown name "); is {
		return errors.New(schema.NotKnown("name", name, scopeNames))
	}
	if _, field, is := strings.Cut(at.Message, "authorScope has no field "); is {
		return errors.New(schema.NotKnown("name", "author."+field, scopeNames))
	}
	return fmt.Errorf("%s, at character %d; %s", strings.Replace(at.Message, "unexpected token EOF", "something is missing", 1), at.Column+1, write)
}

// A grammar looks at the nodes of an expression.
type grammar struct {
	names []string
	odd   string // the first thing that has no place here
}

var operators = strings.Fields("and or not && || ! == != < <= > >= + - * / % in contains startsWith endsWith")

// Visit implements ast.Visitor.
func (g *grammar) Visit(n *ast.Node) {
	switch n := (*n).(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.StringNode, *ast.BoolNode, *ast.ConditionalNode, *ast.ArrayNode, *ast.BuiltinNode:
	case *ast.IdentifierNode:
		if n.Value != "author" {
			g.names = append(g.names, n.Value)
		}
	case *ast.MemberNode:
		of, is := n.Node.(*ast.IdentifierNode)
		field, plain := n.Property.(*ast.StringNode)
		if !is || !plain || of.Value != "author" {
			g.refuse("only author has fields; write them as in author.age")
			return
		}
		g.names = append(g.names, "author."+field.Value)
	case *ast.UnaryNode:
		g.operator(n.Operator)
	case *ast.BinaryNode:
		g.operator(n.Operator)
	default:
		g.refuse("it holds more than an expression may; write names, values and comparisons")
	}
}

func (g *grammar) operator(op string) {
	if op == "matches" {
		g.refuse("matches has no place in an expression; write a condition regex: beside it")
	} else if !slices.Contains(operators, op) {
		g.refuse(op + " has no place in an expression; take it out")
	}
}

func (g *grammar) refuse(what string) {
	if g.odd == "" {
		g.odd = what
	}
}

func (e *expression) test(l *look) verdict {
	s := scope{Text: l.item.Text, Lang: l.lang, Surface: l.item.Surface, Platform: l.item.Platform, Channel: l.item.Channel}
	v := yes
	for _, name := range e.needs {
		if !s.fill(name, l) {
			v = l.lacks(name)
		}
	}
	if v == unknown {
		return v
	}
	out, err := expr.Run(e.program, s)
	if err != nil { // a division by zero: nobody knows
		return l.lacks("expr")
	}
	return holds(out == true)
}

// fill gives a name its value; known is false where there is none.
func (s *scope) fill(name string, l *look) (known bool) {
	switch name {
	case "surface":
		return l.item.Surface != ""
	case "platform":
		return l.item.Platform != ""
	case "channel":
		return l.item.Channel != ""
	case "length":
		s.Length = l.number(name)
	case "links":
		s.Links = l.number(name)
	case "mentions":
		s.Mentions = l.number(name)
	case "capitals":
		s.Capitals = l.number(name)
	case "emoji":
		s.Emoji = l.number(name)
	case "repeats":
		s.Repeats = l.number(name)
	case "author.age":
		old, known := l.item.age()
		s.Author.Age = int(old.Hours() / 24)
		return known
	case "author.followers":
		return tell(&s.Author.Followers, l.item.Author.Followers)
	case "author.trusted":
		s.Author.Trusted = l.item.Trusted
	case "author.seen_before":
		return tell(&s.Author.SeenBefore, l.item.SeenBefore)
	}
	return true
}

func tell[T any](to, from *T) (known bool) {
	if from != nil {
		*to = *from
	}
	return from != nil
}
