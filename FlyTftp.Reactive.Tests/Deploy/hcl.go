// Parses the HCL on standard input with HashiCorp's own parser, which is Terraform's, and writes its blocks as JSON:
//
//	[{"type": "resource", "labels": ["x", "y"], "attributes": {"name": "var.name"}, "blocks": [...]}, ...]
//
// An attribute's value is its source text. What does not parse is told on standard error, with exit code 1.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

type block struct {
	Type       string            `json:"type"`
	Labels     []string          `json:"labels"`
	Attributes map[string]string `json:"attributes"`
	Blocks     []block           `json:"blocks"`
}

func read(body *hclsyntax.Body, source []byte, into block) block {
	into.Attributes, into.Blocks = map[string]string{}, []block{}
	for name, attribute := range body.Attributes {
		into.Attributes[name] = string(attribute.Expr.Range().SliceBytes(source))
	}
	for _, inner := range body.Blocks {
		into.Blocks = append(into.Blocks, read(inner.Body, source, block{Type: inner.Type, Labels: inner.Labels}))
	}
	return into
}

func main() {
	source, err := io.ReadAll(os.Stdin)
	if err == nil {
		file, faults := hclsyntax.ParseConfig(source, "stdin", hcl.InitialPos)
		if !faults.HasErrors() {
			err = json.NewEncoder(os.Stdout).Encode(read(file.Body.(*hclsyntax.Body), source, block{}).Blocks)
		} else {
			err = faults
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
