// Writes the types that Kubernetes itself works with as JSON, as far as a refusal shows a value of them: those have no names for JSON, and their fields are
// not always where the API has them. lib/sandbox/validate/internal-form.ts says the form.
//
//	cd test/control-plane/go/kubernetes && go run ../../../../scripts/go-types/internal/main.go | brotli -c > ../../../../lib/sandbox/data/internal-types-1.36.json.br
package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"k8s.io/kubernetes/pkg/apis/core"
)

// With a codec of their own, or with names for JSON: they are written as in the API.
var same = []string{"k8s.io/apimachinery/"}

type field struct{ name, text string }

var types = map[string][]field{}

func describe(t reflect.Type) string {
	for _, prefix := range same {
		if strings.HasPrefix(t.PkgPath(), prefix) {
			if t.Kind() == reflect.Struct && (t.Name() == "Quantity" || t.Name() == "IntOrString") {
				return "0"
			}
			if t.Kind() == reflect.String {
				return "''"
			}
			return "="
		}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + describe(t.Elem())
	case reflect.Slice:
		return "[" + describe(t.Elem())
	case reflect.Map:
		return "{" + describe(t.Elem())
	case reflect.Struct:
		name := t.Name()
		if _, seen := types[name]; !seen {
			types[name] = nil
			types[name] = fieldsOf(t)
		}
		return name
	case reflect.String:
		return "''"
	case reflect.Bool:
		return "false"
	default:
		return "0"
	}
}

func fieldsOf(t reflect.Type) []field {
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Tag.Get("json") == "" && f.Type.PkgPath() == t.PkgPath() {
			all = append(all, fieldsOf(f.Type)...)
			continue
		}
		all = append(all, field{f.Name, describe(f.Type)})
	}
	return all
}

func main() {
	describe(reflect.TypeFor[core.PodTemplateSpec]())
	describe(reflect.TypeFor[core.PersistentVolumeClaimSpec]())
	out := map[string]json.RawMessage{}
	for name, fields := range types {
		var b strings.Builder
		for i, f := range fields {
			if i > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, "%q:%q", f.name, f.text)
		}
		out[name] = json.RawMessage("{" + b.String() + "}")
	}
	text, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}
