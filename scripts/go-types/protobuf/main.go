// Writes the numbers that the fields of Kubernetes' API have in protobuf, as JSON: kubectl sends some objects in that form.
// Of each field: its number, then what it holds; lib/sandbox/server/protobuf-types.ts says the form.
//
//	cd test/control-plane/go/kubernetes && go run ../../../../scripts/go-types/protobuf/main.go | brotli -c > ../../../../lib/sandbox/data/protobuf-1.36.json.br
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/client-go/kubernetes/scheme"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var types = map[string][]string{}

func short(t reflect.Type) string {
	parts := strings.Split(t.PkgPath(), "/")
	return parts[len(parts)-2] + "." + parts[len(parts)-1] + "." + t.Name()
}

// What a value is on the wire: a letter for a scalar, `[` and `{` before what a list and a map hold, else the name of a message.
func describe(t reflect.Type, wire string) string {
	switch t.Kind() {
	case reflect.Pointer:
		return describe(t.Elem(), wire)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "[" + describe(t.Elem(), wire)
	case reflect.Map:
		return "{" + describe(t.Elem(), "")
	case reflect.Struct:
		name := short(t)
		if _, seen := types[name]; !seen {
			types[name] = nil
			for i := range t.NumField() {
				f := t.Field(i)
				tag := strings.Split(f.Tag.Get("protobuf"), ",")
				if len(tag) < 2 || tag[0] == "-" {
					continue
				}
				json := strings.Split(f.Tag.Get("json"), ",")[0]
				types[name] = append(types[name], fmt.Sprintf("%s %s %s", tag[1], json, describe(f.Type, tag[0])))
			}
		}
		return name
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int32, reflect.Int64, reflect.Int:
		return "int"
	case reflect.Float64:
		return "double"
	}
	panic("no form for " + t.String())
}

func main() {
	if err := apiextensions.AddToScheme(scheme.Scheme); err != nil {
		panic(err)
	}
	for kind, t := range scheme.Scheme.AllKnownTypes() {
		gv := kind.GroupVersion()
		if (gv.Version == "v1" || gv.String() == "autoscaling/v2") && !strings.HasSuffix(kind.Kind, "List") && !strings.HasSuffix(kind.Kind, "Options") {
			describe(t, "")
		}
	}
	describe(reflect.TypeOf(metav1.DeleteOptions{}), "")
	if err := json.NewEncoder(os.Stdout).Encode(types); err != nil {
		panic(err)
	}
}
